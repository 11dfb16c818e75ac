// What a comparison does otherwise where it compares with another tenant: some grants are held
// back, each with its reason, and sentences name that tenant and not the declaration.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plan/difference.h"

namespace cipherform::plan {

/// The grants that can be made; the others are blocked or found.
std::vector<Grant> Difference::without_withheld(const Person& person, const DesiredUser& user,
                                                std::vector<Grant> grants) {
  if (grants.empty()) return grants;
  const auto index = static_cast<std::uint32_t>(&user - desired_.users.data());
  if (const auto held = promotion_->held.find(index); held != promotion_->held.end()) {
    for (const Grant& grant : grants) {
      find(FindingKind::not_promoted, person.email, grant.group.name,
           fmt::format("{} does not get {}: {}", person.email, grant.group.name, held->second));
    }
    return {};
  }
  const bool is_created = person.live == nullptr;
  if (domain_is_refused(person.key)) {
    block_grants(person, is_created, std::move(grants), BlockCause::domain_refused,
                 fmt::format("the domain of {} is not allowed in {}", person.email, desired_.environment));
    return {};
  }
  const auto absent =
      std::stable_partition(grants.begin(), grants.end(), [](const Grant& grant) { return !grant.group.id.empty(); });
  std::vector<Grant> blocked(std::make_move_iterator(absent), std::make_move_iterator(grants.end()));
  grants.erase(absent, grants.end());
  if (blocked.empty()) return grants;
  const bool is_left_out = is_created && grants.empty();
  std::string names;
  for (const Grant& grant : blocked) names += (names.empty() ? "" : ", ") + grant.group.name;
  if (is_left_out) {
    block_grants(person, true, std::move(blocked), BlockCause::group_absent,
                 fmt::format("{} has no group {}", desired_.environment, names));
    return grants;
  }
  for (Grant& grant : blocked) {
    const std::string message = fmt::format("{} has no group {}", desired_.environment, grant.group.name);
    std::vector<Grant> one;
    one.push_back(std::move(grant));
    block_grants(person, false, std::move(one), BlockCause::group_absent, message);
  }
  return grants;
}

/// `is_created`: the tenant does not have the person, and all that would be given is blocked.
void Difference::block_grants(const Person& person, bool is_created, std::vector<Grant> grants, BlockCause cause,
                              const std::string& message) {
  if (is_created) {
    block(person, CreateUser{std::string{person.email}, std::move(grants)}, cause, message);
    return;
  }
  const std::string user_id{person.live == nullptr ? std::string_view{} : person.live->id};
  for (Grant& grant : grants) {
    block(person, AddMember{user_id, std::string{person.email}, std::move(grant)}, cause, message);
  }
}

/// Whoever limits a person, a group or a membership to some environments means it.
bool Difference::is_limited(const DesiredMembership& membership) const {
  return promotion_ != nullptr &&
         promotion_->limited[static_cast<std::size_t>(&membership - desired_.memberships.data())];
}

void Difference::find_left_out(const Person& person, const Group& group, std::string_view why) {
  find(FindingKind::not_promoted, person.email, group.name,
       fmt::format("{} is in {} in {}, but {}", person.email, group.name, promotion_->from, why));
}

bool Difference::domain_is_refused(std::string_view key) const {
  const std::vector<std::string>& allowed = desired_.guardrails.allowed_domains;
  return !allowed.empty() && std::find(allowed.begin(), allowed.end(), key.substr(key.rfind('@') + 1)) == allowed.end();
}

std::string Difference::asked_for() const {
  return promotion_ == nullptr ? "declared" : fmt::format("in {}", promotion_->from);
}

std::string Difference::not_asked_for() const { return "not " + asked_for(); }

/// Why nothing may be removed; empty where it may.
std::string_view Difference::why_unproved() const {
  if (!live_.proof.complete) {
    return live_.proof.reason.empty() ? "the user list was not proved complete" : std::string_view{live_.proof.reason};
  }
  return promotion_ == nullptr ? std::string_view{} : promotion_->unproved;
}

}  // namespace cipherform::plan
