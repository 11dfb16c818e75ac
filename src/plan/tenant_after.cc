// The live memberships with the plan's changes laid over them. Plans are small beside
// tenants: the changes go into tables by user, and the tenant is passed over once.
#include "plan/tenant_after.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace cipherform::plan {
namespace {

using GroupIndexes = std::unordered_map<std::string_view, std::uint32_t>;

GroupIndexes indexes_by_id(const Groups& groups) {
  GroupIndexes indexes;
  for (std::uint32_t i = 0; i < groups.all.size(); ++i) indexes.emplace(groups.all[i].id, i);
  return indexes;
}

/// Which group names a group goes by: the declared one and the live one may differ.
bool is_named(const Proposal& proposal, std::uint32_t group, std::string_view name) {
  return proposal.groups.all[group].name == name ||
         (group < proposal.live.groups.size() && proposal.live.groups[group].name == name);
}

/// For each group its place in `names`, or kNone.
std::vector<std::uint32_t> places_in(const Proposal& proposal, const std::vector<std::string>& names) {
  std::vector<std::uint32_t> places(proposal.groups.all.size(), kNone);
  for (std::uint32_t group = 0; group < places.size(); ++group) {
    for (std::uint32_t place = 0; place < names.size() && places[group] == kNone; ++place) {
      if (is_named(proposal, group, names[place])) places[group] = place;
    }
  }
  return places;
}

/// What the plan does to one live user's memberships.
struct UserChanges {
  std::vector<std::uint32_t> added;
  std::vector<std::uint32_t> removed;
};

class ChangesByUser {
 public:
  explicit ChangesByUser(const Proposal& proposal) : indexes_(indexes_by_id(proposal.groups)) {
    for (const Action& action : proposal.plan.actions) {
      if (const auto* add = std::get_if<AddMember>(&action.change)) {
        changes_[add->user_id].added.push_back(indexes_.at(add->grant.group.id));
      } else if (const auto* removal = std::get_if<RemoveMember>(&action.change)) {
        changes_[removal->user_id].removed.push_back(indexes_.at(removal->group.id));
      }
    }
  }

  const UserChanges& of(std::string_view user_id) const {
    static const UserChanges none;
    if (changes_.empty()) return none;
    const auto found = changes_.find(user_id);
    return found == changes_.end() ? none : found->second;
  }
  std::uint32_t index_of(std::string_view group_id) const { return indexes_.at(group_id); }

 private:
  GroupIndexes indexes_;
  std::unordered_map<std::string_view, UserChanges> changes_;
};

/// Counts the different places of one person's groups, reusing its marks.
class PlacesSeen {
 public:
  PlacesSeen(const std::vector<std::uint32_t>& places, std::size_t names) : places_(places), person_of_(names, 0) {}

  void start() {
    ++person_;
    count_ = 0;
  }
  void see(std::uint32_t group) {
    const std::uint32_t place = places_[group];
    if (place == kNone || person_of_[place] == person_) return;
    person_of_[place] = person_;
    ++count_;
  }
  bool several() const { return count_ > 1; }

 private:
  const std::vector<std::uint32_t>& places_;
  std::vector<std::uint32_t> person_of_;
  std::uint32_t person_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace

std::vector<std::uint64_t> members_after(const Proposal& proposal) {
  const GroupIndexes indexes = indexes_by_id(proposal.groups);
  std::vector<std::uint64_t> members(proposal.groups.all.size(), 0);
  for (const std::uint32_t group : proposal.live.memberships) ++members[group];
  for (const Action& action : proposal.plan.actions) {
    if (const auto* create = std::get_if<CreateUser>(&action.change)) {
      for (const Grant& grant : create->grants) ++members[indexes.at(grant.group.id)];
    } else if (const auto* add = std::get_if<AddMember>(&action.change)) {
      ++members[indexes.at(add->grant.group.id)];
    } else if (const auto* removal = std::get_if<RemoveMember>(&action.change)) {
      --members[indexes.at(removal->group.id)];
    }
  }
  return members;
}

std::vector<std::string> people_in_several(const Proposal& proposal, const std::vector<std::string>& names) {
  const std::vector<std::uint32_t> places = places_in(proposal, names);
  const ChangesByUser changes(proposal);
  PlacesSeen seen(places, names.size());
  std::vector<std::string> people;
  for (const LiveUser& user : proposal.live.users) {
    const UserChanges& change = changes.of(user.id);
    seen.start();
    for (const std::uint32_t group : proposal.live.memberships_of(user)) {
      if (std::find(change.removed.begin(), change.removed.end(), group) == change.removed.end()) seen.see(group);
    }
    for (const std::uint32_t group : change.added) seen.see(group);
    if (seen.several()) people.emplace_back(user.email.empty() ? user.id : user.email);
  }
  for (const Action& action : proposal.plan.actions) {
    const auto* create = std::get_if<CreateUser>(&action.change);
    if (create == nullptr) continue;
    seen.start();
    for (const Grant& grant : create->grants) seen.see(changes.index_of(grant.group.id));
    if (seen.several()) people.push_back(create->email);
  }
  std::sort(people.begin(), people.end());
  return people;
}

}  // namespace cipherform::plan
