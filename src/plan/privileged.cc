// Privileged groups are few and small: their members are picked out of one pass over the
// memberships, and only they are looked up in the declaration, which is sorted by email key.
#include "plan/privileged.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "plan/email_keys.h"

namespace cipherform::plan {
namespace {

/// Of Groups::all: privileged, and nobody is removed from it.
std::vector<bool> open_privileges(const Groups& groups) {
  std::vector<bool> open(groups.all.size(), false);
  for (std::size_t i = 0; i < open.size(); ++i) open[i] = groups.all[i].privileged && !groups.all[i].authoritative;
  return open;
}

bool is_declared(const DesiredState& desired, const Terms& terms, std::string_view key, std::uint32_t desired_group) {
  if (desired_group == kNone) return false;
  const auto found = std::lower_bound(desired.users.begin(), desired.users.end(), key,
                                      [](const DesiredUser& user, std::string_view k) { return user.key < k; });
  if (found == desired.users.end() || found->key != key) return false;
  const auto memberships = desired.memberships_of(*found);
  return std::any_of(memberships.begin(), memberships.end(), [&](const DesiredMembership& membership) {
    return membership.group == desired_group && terms.active(membership);
  });
}

}  // namespace

std::vector<Finding> privileged_undeclared(const DesiredState& desired, const LiveState& live, const Groups& groups,
                                           const Terms& terms, const Selector& selector) {
  std::vector<Finding> findings;
  const std::vector<bool> open = open_privileges(groups);
  if (std::find(open.begin(), open.end(), true) == open.end()) return findings;
  EmailKeys keys;
  for (const LiveUser& user : live.users) {
    for (const std::uint32_t index : live.memberships_of(user)) {
      if (!open[index]) continue;
      const Group& group = groups.all[index];
      const std::string key{keys.of(user.email)};
      if (!selected(selector.of_email(key), group.match)) continue;
      if (!key.empty() && is_declared(desired, terms, key, group.desired)) continue;
      const std::string_view who = user.email.empty() ? user.id : user.email;
      findings.push_back({FindingKind::privileged_undeclared, std::string{who}, std::string{group.name},
                          fmt::format("{} is in {}, which gives privileges, and nobody declares it", who, group.name)});
    }
  }
  return findings;
}

}  // namespace cipherform::plan
