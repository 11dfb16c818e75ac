// Counting, and sentences with the numbers.
#include "plan/guardrails.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "plan/tenant_after.h"

namespace cipherform::plan {
namespace {

constexpr std::size_t kFewestForPercent = 10;
constexpr std::size_t kMostNamed = 20;

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// The first of them, and how many more there are.
template <class Names>
std::string listed(const Names& names) {
  std::string list;
  std::size_t named = 0;
  for (const auto& name : names) {
    if (named == kMostNamed) break;
    list += fmt::format("{}{}", named == 0 ? "" : ", ", name);
    ++named;
  }
  if (names.size() > named) list += fmt::format(" and {} more", names.size() - named);
  return list;
}

std::string_view domain_of(std::string_view email) {
  const auto at = email.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : email.substr(at + 1);
}

std::set<std::string_view> groups_that_need_reasons(const DesiredState& desired) {
  std::set<std::string_view> names;
  for (const DesiredGroup& group : desired.groups) {
    if (group.require_reason) names.insert(group.name);
  }
  return names;
}

bool has_reason(const Grant& grant) {
  return std::any_of(grant.sources.begin(), grant.sources.end(),
                     [](const Source& source) { return !source.reason.empty(); });
}

/// Calls `visit(email, grant)` for every grant of the plan.
template <class Visit>
void for_each_grant(const Plan& plan, Visit visit) {
  for (const Action& action : plan.actions) {
    if (const auto* create = std::get_if<CreateUser>(&action.change)) {
      for (const Grant& grant : create->grants) visit(create->email, grant);
    } else if (const auto* add = std::get_if<AddMember>(&action.change)) {
      visit(add->email, add->grant);
    }
  }
}

/// Calls `visit(user, group)` for what is declared in force, needs a reason and has none.
template <class Visit>
void for_each_declared_without_reason(const Proposal& proposal, Visit visit) {
  const DesiredState& desired = proposal.desired;
  std::vector<bool> demanding(desired.groups.size(), false);
  for (std::uint32_t i = 0; i < demanding.size(); ++i) {
    const std::uint32_t group = proposal.groups.of_desired[i];
    demanding[i] = group != kNone && (desired.groups[i].require_reason || proposal.groups.all[group].privileged);
  }
  // What stays after a promotion is what the target's own plan judges.
  if (!proposal.plan.selection.everything() || proposal.plan.promoted_from) return;
  if (std::find(demanding.begin(), demanding.end(), true) == demanding.end()) return;
  for (const DesiredUser& user : desired.users) {
    for (const DesiredMembership& membership : desired.memberships_of(user)) {
      if (!demanding[membership.group] || !proposal.terms.active(membership)) continue;
      const auto sources = proposal.terms.active_sources(membership);
      const bool explained =
          std::any_of(sources.begin(), sources.end(), [](const Source& source) { return !source.reason.empty(); });
      if (!explained) visit(user, proposal.groups.all[proposal.groups.of_desired[membership.group]]);
    }
  }
}

/// What is left is acknowledged by one flag, or not at all.
void acknowledge_by(std::vector<GuardrailHit>& hits, const std::string& flag) {
  for (GuardrailHit& hit : hits) hit.acknowledgement = flag;
}

void append(std::vector<GuardrailHit>& hits, std::optional<GuardrailHit> hit) {
  if (hit) hits.push_back(std::move(*hit));
}

void append(std::vector<GuardrailHit>& hits, std::vector<GuardrailHit> more) {
  std::move(more.begin(), more.end(), std::back_inserter(hits));
}

}  // namespace

std::optional<GuardrailHit> check_max_removals(const Proposal& proposal) {
  const Guardrails& limits = proposal.desired.guardrails;
  const std::uint32_t removals = proposal.plan.counts().remove;
  const std::size_t memberships = proposal.live.memberships.size();
  std::vector<std::string> broken;
  if (limits.max_removals_count && removals > *limits.max_removals_count) {
    broken.push_back(fmt::format("more than {}", *limits.max_removals_count));
  }
  if (limits.max_removals_percent && memberships >= kFewestForPercent &&
      100.0 * removals > *limits.max_removals_percent * static_cast<double>(memberships)) {
    broken.push_back(fmt::format("{:.1f} % of the tenant's {}, more than {} %",
                                 100.0 * removals / static_cast<double>(memberships), memberships,
                                 *limits.max_removals_percent));
  }
  if (broken.empty()) return std::nullopt;
  std::string message = counted(removals, "membership", "memberships") + " would be removed: " + broken.front();
  if (broken.size() > 1) message += "; " + broken.back();
  return GuardrailHit{GuardrailKind::max_removals, std::move(message), fmt::format("removals={}", removals)};
}

std::optional<GuardrailHit> check_max_creates(const Proposal& proposal) {
  const auto& limit = proposal.desired.guardrails.max_creates;
  const std::uint32_t creates = proposal.plan.counts().create;
  if (!limit || creates <= *limit) return std::nullopt;
  return GuardrailHit{GuardrailKind::max_creates,
                      fmt::format("{} would be created: more than {}", counted(creates, "user", "users"), *limit),
                      fmt::format("creates={}", creates)};
}

std::vector<GuardrailHit> check_max_members(const Proposal& proposal) {
  const auto& declared = proposal.desired.groups;
  if (std::none_of(declared.begin(), declared.end(), [](const DesiredGroup& g) { return g.max_members.has_value(); })) {
    return {};
  }
  const std::vector<std::uint64_t> members = members_after(proposal);
  std::vector<GuardrailHit> hits;
  for (std::uint32_t i = 0; i < declared.size(); ++i) {
    const std::uint32_t group = proposal.groups.of_desired[i];
    if (!declared[i].max_members || group == kNone || members[group] <= *declared[i].max_members) continue;
    hits.push_back({GuardrailKind::max_members,
                    fmt::format("{} would have {}: more than {}", declared[i].name,
                                counted(members[group], "member", "members"), *declared[i].max_members),
                    {}});
  }
  acknowledge_by(hits, fmt::format("members={}", hits.size()));
  return hits;
}

std::vector<GuardrailHit> check_separate_duties(const Proposal& proposal) {
  std::vector<GuardrailHit> hits;
  std::size_t total = 0;
  for (const std::vector<std::string>& set : proposal.desired.guardrails.separate_duties) {
    const std::vector<std::string> people = people_in_several(proposal, set);
    if (people.empty()) continue;
    total += people.size();
    hits.push_back({GuardrailKind::separate_duties,
                    fmt::format("{} would be in more than one of {}: {}", counted(people.size(), "person", "people"),
                                listed(set), listed(people)),
                    {}});
  }
  acknowledge_by(hits, fmt::format("duties={}", total));
  return hits;
}

std::optional<GuardrailHit> check_allowed_domains(const Proposal& proposal) {
  const std::vector<std::string>& allowed = proposal.desired.guardrails.allowed_domains;
  if (allowed.empty()) return std::nullopt;
  std::map<std::string, std::string_view> outside;  // by email key
  for_each_grant(proposal.plan, [&](const std::string& email, const Grant& grant) {
    if (grant.fallback) return;  // nobody asks for it, it only makes a removal possible
    std::string key = email_key(email);
    if (std::find(allowed.begin(), allowed.end(), domain_of(key)) == allowed.end())
      outside.emplace(std::move(key), email);
  });
  if (outside.empty()) return std::nullopt;
  std::vector<std::string_view> emails;
  emails.reserve(outside.size());
  for (const auto& [key, email] : outside) emails.push_back(email);
  return GuardrailHit{GuardrailKind::allowed_domains,
                      fmt::format("{} outside the allowed domains ({}) would be given a group: {}",
                                  counted(emails.size(), "person", "people"), listed(allowed), listed(emails)),
                      fmt::format("domains={}", emails.size())};
}

std::optional<GuardrailHit> check_privileged_reason(const Proposal& proposal) {
  const std::set<std::string_view> strict = groups_that_need_reasons(proposal.desired);
  std::set<std::pair<std::string, std::string_view>> unexplained;  // email key and group
  std::vector<std::string> named;
  const auto take = [&](std::string_view email, std::string_view group, std::string_view word) {
    if (unexplained.emplace(email_key(email), group).second)
      named.push_back(fmt::format("{} {} {}", email, word, group));
  };
  for_each_grant(proposal.plan, [&](const std::string& email, const Grant& grant) {
    if ((grant.privileged || strict.contains(grant.group.name)) && !has_reason(grant)) {
      take(email, grant.group.name, "to");
    }
  });
  for_each_declared_without_reason(
      proposal, [&](const DesiredUser& user, const Group& group) { take(user.email, group.name, "in"); });
  if (named.empty()) return std::nullopt;
  return GuardrailHit{
      GuardrailKind::privileged_reason,
      fmt::format("{} a reason and {} none: {}", counted(named.size(), "membership needs", "memberships need"),
                  named.size() == 1 ? "has" : "have", listed(named)),
      fmt::format("reasons={}", named.size())};
}

std::vector<GuardrailHit> check_guardrails(const Proposal& proposal) {
  std::vector<GuardrailHit> hits;
  append(hits, check_max_removals(proposal));
  append(hits, check_max_creates(proposal));
  append(hits, check_max_members(proposal));
  append(hits, check_separate_duties(proposal));
  append(hits, check_allowed_domains(proposal));
  append(hits, check_privileged_reason(proposal));
  return hits;
}

}  // namespace cipherform::plan
