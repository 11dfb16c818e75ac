// One person's turnover, in three steps that always run in this order:
//
//   what is missing, what is too much   (memberships against memberships)
//   what may not go                     (owners, protected, additive, not selected)
//   what must stay                      (an unproved list; never without a group)
//
// A removal that falls out of a later step counts as a membership kept.
#include "plan/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plan/email_keys.h"

namespace cipherform::plan {
namespace {

std::string joined(const std::vector<std::string_view>& names) {
  std::string list;
  for (const std::string_view name : names) list += fmt::format("{}{}", list.empty() ? "" : ", ", name);
  return list;
}

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

Difference::Difference(const DesiredState& desired, const LiveState& live, const Groups& groups, const Terms& terms,
                       const Selector& selector, const People& people, const PromotionRules* promotion)
    : desired_(desired),
      live_(live),
      groups_(groups),
      terms_(terms),
      selector_(selector),
      people_(people),
      promotion_(promotion),
      wanted_(groups.all.size(), nullptr) {}

void Difference::absent(const DesiredUser& user) {
  const Person person = person_of(user.email, user.key, nullptr);
  std::vector<Grant> grants = missing_grants(person, user);
  if (grants.empty()) return;
  find_about_grants(person, grants);
  drafts_.creates.push_back({person.key, CreateUser{std::string{user.email}, std::move(grants)}});
}

void Difference::declared(const DesiredUser& user, const LiveUser& live_user) {
  const Person person = person_of(user.email, user.key, &live_user);
  find_status(person, user);
  Turnover turnover;
  turnover.grants = missing_grants(person, user);
  turnover.removals = surplus(person, &user);
  settle(person, std::move(turnover));
}

void Difference::unmanaged(const LiveUser& live_user) {
  EmailKeys keys;
  std::string_view key = keys.of(live_user.email);
  if (key.data() != live_user.email.data()) key = drafts_.keys.store(key);
  const Person person = person_of(live_user.email, key, &live_user);
  if (any_selected(person)) {
    find(FindingKind::unmanaged_user, person.email, {}, fmt::format("{} is {}", person.email, not_asked_for()));
  }
  settle(person, {{}, surplus(person, nullptr)});
}

void Difference::without_email(const LiveUser& live_user) {
  const Person person = person_of({}, {}, &live_user);
  if (!any_selected(person)) return;
  std::vector<std::string_view> judged;
  for (const std::uint32_t group : live_.memberships_of(live_user)) {
    if (groups_.all[group].authoritative) judged.push_back(groups_.all[group].name);
  }
  std::sort(judged.begin(), judged.end());
  std::string message = fmt::format("user {} has no email and cannot be {}", live_user.id,
                                    promotion_ == nullptr ? "declared" : "compared");
  if (!judged.empty()) {
    message += fmt::format("; whether the user belongs in {} cannot be judged, so nothing is removed", joined(judged));
  }
  find(FindingKind::user_without_email, live_user.id, {}, std::move(message));
}

Difference::Person Difference::person_of(std::string_view email, std::string_view key,
                                         const LiveUser* live_user) const {
  Person person{email, key, selector_.of_email(key), live_user, nullptr};
  if (const auto found = people_.duplicates.find(key); found != people_.duplicates.end()) {
    person.duplicate = &found->second;
  }
  return person;
}

bool Difference::is_selected(const Person& person, std::uint32_t group) const {
  return selected(person.match, groups_.all[group].match);
}

bool Difference::any_selected(const Person& person) const {
  const auto memberships = live_.memberships_of(*person.live);
  return std::any_of(memberships.begin(), memberships.end(), [&](std::uint32_t group) {
    return is_selected(person, group) && (promotion_ == nullptr || groups_.all[group].judged);
  });
}

Grant Difference::grant_of(std::uint32_t group, const DesiredMembership& membership) const {
  const Group& to = groups_.all[group];
  Grant grant;
  grant.group = {std::string{to.id}, std::string{to.name}};
  grant.privileged = to.privileged;
  grant.sources = terms_.active_sources(membership);
  grant.until = terms_.end(membership);
  return grant;
}

RemoveMember Difference::removal_of(const Person& person, const Removal& removal) const {
  const Group& from = groups_.all[removal.group];
  RemoveMember change;
  change.user_id = person.live->id;
  change.email = person.email;
  change.group = {std::string{from.id}, std::string{from.name}};
  if (removal.expired != nullptr) {
    change.cause = RemovalCause::expired;
    change.sources = terms_.all_sources(*removal.expired);
  } else if (promotion_ != nullptr) {
    change.cause = RemovalCause::not_in_source;
  }
  return change;
}

/// The selected memberships that are asked for now and not there, by group name.
std::vector<Grant> Difference::missing_grants(const Person& person, const DesiredUser& user) {
  const auto live_memberships =
      person.live == nullptr ? std::span<const std::uint32_t>{} : live_.memberships_of(*person.live);
  std::vector<Grant> grants;
  for (const DesiredMembership& membership : desired_.memberships_of(user)) {
    const std::uint32_t group = groups_.of_desired[membership.group];
    if (!terms_.active(membership)) {
      if (promotion_ == nullptr || group == kNone || !is_selected(person, group)) continue;
      find_left_out(person, groups_.all[group],
                    "the membership ended " + moment(terms_.end(membership).value_or(Time{})));
      continue;
    }
    if (!is_selected(person, group)) continue;
    if (std::find(live_memberships.begin(), live_memberships.end(), group) == live_memberships.end()) {
      if (is_limited(membership)) {
        find_left_out(person, groups_.all[group],
                      fmt::format("the declaration has that membership for {} and not for {}", promotion_->from,
                                  desired_.environment));
      } else {
        grants.push_back(grant_of(group, membership));
      }
    } else {
      find_ending(person, group, terms_.end(membership));
    }
  }
  return promotion_ == nullptr ? grants : without_withheld(person, user, std::move(grants));
}

/// The live memberships that may and should go, by group name. `user` is null for
/// somebody who is not declared.
std::vector<Difference::Removal> Difference::surplus(const Person& person, const DesiredUser* user) {
  const auto declared = user == nullptr ? std::span<const DesiredMembership>{} : desired_.memberships_of(*user);
  const auto mark = [&](bool set) {
    for (const DesiredMembership& membership : declared) {
      const std::uint32_t group = groups_.of_desired[membership.group];
      if (group != kNone) wanted_[group] = set ? &membership : nullptr;
    }
  };
  mark(true);
  std::vector<Removal> removals;
  for (const std::uint32_t group : live_.memberships_of(*person.live)) {
    const DesiredMembership* const membership = wanted_[group];
    if (membership != nullptr && terms_.active(*membership)) continue;
    if (!is_selected(person, group)) continue;
    if (groups_.all[group].authoritative) {
      if (!withheld(person, group)) removals.push_back({group, membership});
    } else if (membership != nullptr) {
      find(FindingKind::expired_not_removed, person.email, groups_.all[group].name,
           fmt::format("{} stays in {}, which is additive, although the membership ended {}", person.email,
                       groups_.all[group].name, moment(terms_.end(*membership).value_or(Time{}))));
    } else if (groups_.all[group].judged) {
      find(FindingKind::not_in_source, person.email, groups_.all[group].name,
           fmt::format("{} stays in {}, which only gains, although not in it in {}", person.email,
                       groups_.all[group].name, promotion_->from));
    }
  }
  mark(false);
  std::sort(removals.begin(), removals.end(), [this](const Removal& a, const Removal& b) {
    return name_before(groups_.all[a.group], groups_.all[b.group]);
  });
  return removals;
}

/// Whether a removal is held back because of who it is about, or in what; then it is said.
bool Difference::withheld(const Person& person, std::uint32_t group) {
  std::string_view why;
  if (person.live->is_owner) {
    why = "owners never lose a group";
  } else if (contains(desired_.guardrails.protected_users, person.key)) {
    why = "the user is protected";
  } else if (groups_.all[group].is_protected) {
    why = "the group is protected";
  } else {
    return false;
  }
  find(FindingKind::removal_withheld, person.email, groups_.all[group].name,
       fmt::format("{} keeps {}: {}", person.email, groups_.all[group].name, why));
  return true;
}

void Difference::settle(const Person& person, Turnover turnover) {
  auto& [grants, removals] = turnover;
  if (person.duplicate != nullptr) {
    for (Grant& grant : grants) {
      block(person, AddMember{std::string{person.live->id}, std::string{person.email}, std::move(grant)},
            BlockCause::duplicate_email, *person.duplicate);
    }
    for (const Removal& removal : removals) {
      block(person, removal_of(person, removal), BlockCause::duplicate_email, *person.duplicate);
    }
    return;
  }
  if (const std::string_view unproved = why_unproved(); !unproved.empty()) {
    for (const Removal& removal : removals) {
      block(person, removal_of(person, removal), BlockCause::unproved_listing, std::string{unproved});
    }
    removals.clear();
  }
  keep_in_a_group(person, turnover);
  find_about_grants(person, grants);
  for (Grant& grant : grants) {
    drafts_.adds.push_back(
        {person.key, AddMember{std::string{person.live->id}, std::string{person.email}, std::move(grant)}});
  }
  for (const Removal& removal : removals) drafts_.removes.push_back({person.key, removal_of(person, removal)});
}

/// Nobody may be left without a group. A removal of the last one goes by way of the
/// fallback group; without one, one membership stays: the last by name that gives no
/// privileges.
void Difference::keep_in_a_group(const Person& person, Turnover& turnover) {
  auto& [grants, removals] = turnover;
  if (removals.empty() || !grants.empty() || removals.size() < person.live->membership_count) return;
  if (groups_.fallback != kNone) {
    const auto there = std::find_if(removals.begin(), removals.end(),
                                    [this](const Removal& removal) { return removal.group == groups_.fallback; });
    if (there != removals.end()) {
      removals.erase(there);
      return;
    }
    const Group& fallback = groups_.all[groups_.fallback];
    Grant grant;
    grant.group = {std::string{fallback.id}, std::string{fallback.name}};
    grant.privileged = fallback.privileged;
    grant.fallback = true;
    grants.push_back(std::move(grant));
    return;
  }
  const auto last_ordinary = std::find_if(removals.rbegin(), removals.rend(), [this](const Removal& removal) {
    return !groups_.all[removal.group].privileged;
  });
  const auto kept = last_ordinary == removals.rend() ? std::prev(removals.end()) : std::prev(last_ordinary.base());
  block(person, removal_of(person, *kept), BlockCause::last_membership,
        fmt::format("it would leave {} in no group, and no fallback_group is set", person.email));
  removals.erase(kept);
}

void Difference::block(const Person& person, Change change, BlockCause cause, std::string message) {
  drafts_.blocked.push_back({person.key, {std::move(change), cause, std::move(message)}});
}

void Difference::find(FindingKind kind, std::string_view subject, std::string_view group, std::string message) {
  drafts_.findings.push_back({kind, std::string{subject}, std::string{group}, std::move(message)});
}

/// Whether a declared user can use what is declared.
void Difference::find_status(const Person& person, const DesiredUser& user) {
  const bool deactivated = person.live->status == UserStatus::deactivated;
  if (!deactivated && person.live->status != UserStatus::expired) return;
  const auto memberships = desired_.memberships_of(user);
  const bool concerned = std::any_of(memberships.begin(), memberships.end(), [&](const DesiredMembership& membership) {
    return terms_.active(membership) && is_selected(person, groups_.of_desired[membership.group]);
  });
  if (!concerned) return;
  if (deactivated) {
    find(FindingKind::deactivated_user, person.email, {},
         fmt::format("{} is {}, but deactivated in the tenant", person.email, asked_for()));
  } else {
    find(FindingKind::expired_invitation, person.email, {},
         fmt::format("{} is {}, but did not accept the invitation in time", person.email, asked_for()));
  }
}

void Difference::find_ending(const Person& person, std::uint32_t group, const std::optional<Time>& end) {
  if (!terms_.ends_soon(end)) return;
  const std::string_view name = groups_.all[group].name;
  find(FindingKind::expires_soon, person.email, name,
       fmt::format("the membership of {} in {} ends {}", person.email, name, moment(*end)));
}

void Difference::find_about_grants(const Person& person, const std::vector<Grant>& grants) {
  for (const Grant& grant : grants) {
    if (terms_.ends_soon(grant.until)) {
      find(FindingKind::expires_soon, person.email, grant.group.name,
           fmt::format("the membership of {} in {} ends {}", person.email, grant.group.name, moment(*grant.until)));
    }
    if (grant.privileged) {
      find(FindingKind::privileged_grant, person.email, grant.group.name,
           fmt::format("{} gets {}, which gives privileges", person.email, grant.group.name));
    }
  }
}

}  // namespace cipherform::plan
