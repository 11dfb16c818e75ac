// The plan's people go into a table by id; the tenant is passed over once and looked up in
// it. The same for groups, of which there are few.
#include "plan/before.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "plan/key_index.h"

namespace cipherform::plan {
namespace {

/// Ids of all live users whom the plan names, each as often as it names them.
std::vector<std::string_view> user_ids(const Plan& plan) {
  std::vector<std::string_view> ids;
  const auto take = [&ids](const Change& change) {
    if (const std::string_view id = user_id_of(change); !id.empty()) ids.push_back(id);
  };
  for (const Action& action : plan.actions) take(action.change);
  for (const BlockedAction& blocked : plan.blocked) take(blocked.change);
  return ids;
}

PersonBefore person_before(const LiveUser& user, const LiveState& live, const Groups& groups) {
  PersonBefore person{std::string{user.id}, std::string{user.email}, {}};
  for (const std::uint32_t group : live.memberships_of(user)) person.groups.emplace_back(groups.all[group].name);
  std::sort(person.groups.begin(), person.groups.end());
  return person;
}

/// The groups that changes give or take, each once.
struct TouchedGroups {
  std::vector<GroupBefore> before;
  std::unordered_map<std::string_view, std::uint32_t> place_of;  ///< by id, in `before`

  void operator()(const CreateUser& create) {
    for (const Grant& grant : create.grants) take(grant.group);
  }
  void operator()(const AddMember& add) { take(add.grant.group); }
  void operator()(const RemoveMember& removal) { take(removal.group); }

 private:
  void take(const GroupRef& group) {
    if (place_of.emplace(group.id, static_cast<std::uint32_t>(before.size())).second) before.push_back({group.name, 0});
  }
};

}  // namespace

std::vector<PersonBefore> people_before(const Plan& plan, const LiveState& live, const Groups& groups) {
  std::vector<std::pair<std::string, PersonBefore>> found;  // with the email key
  const std::vector<std::string_view> ids = user_ids(plan);
  if (ids.empty()) return {};
  const KeyIndex wanted(ids.size(), [&ids](std::uint32_t i) { return ids[i]; });
  for (const LiveUser& user : live.users) {
    if (wanted.find(user.id) == kNone) continue;
    found.emplace_back(email_key(user.email), person_before(user, live, groups));
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second.user_id) < std::tie(b.first, b.second.user_id);
  });
  std::vector<PersonBefore> people;
  people.reserve(found.size());
  for (auto& [key, person] : found) people.push_back(std::move(person));
  return people;
}

std::vector<GroupBefore> groups_before(const Plan& plan, const LiveState& live, const Groups& groups) {
  TouchedGroups touched;
  for (const Action& action : plan.actions) std::visit(touched, action.change);
  std::vector<GroupBefore>& before = touched.before;
  if (before.empty()) return {};  // a plan that finds nothing to do passes over no membership
  std::vector<std::uint32_t> place_of(groups.all.size(), kNone);
  for (std::size_t i = 0; i < groups.all.size(); ++i) {
    if (const auto found = touched.place_of.find(groups.all[i].id); found != touched.place_of.end()) {
      place_of[i] = found->second;
    }
  }
  for (const std::uint32_t group : live.memberships) {
    if (place_of[group] != kNone) ++before[place_of[group]].members;
  }
  std::stable_sort(before.begin(), before.end(),
                   [](const GroupBefore& a, const GroupBefore& b) { return a.name < b.name; });
  return std::move(before);
}

}  // namespace cipherform::plan
