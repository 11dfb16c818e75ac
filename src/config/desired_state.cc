// One environment of a declaration: the columns of all of them, compacted in place, so
// that no user is held twice.
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "cipherform/config.h"
#include "config/resolve.h"

namespace cipherform {
namespace {

/// Compacts the columns of `data` to what holds in the environment of `bit`.
class Narrowing {
 public:
  Narrowing(Declaration::Data& data, std::uint64_t bit) : data_(&data), bit_(bit) {}

  void run() {
    DesiredState& state = data_->all;
    std::vector<bool> named(state.groups.size(), false);
    std::uint32_t users = 0;
    for (std::uint32_t u = 0; u < state.users.size(); ++u) {
      DesiredUser user = state.users[u];
      const std::uint32_t first = memberships_;
      if ((data_->users_in[u] & bit_) != 0) keep_memberships(user, named);
      user.first_membership = first;
      user.membership_count = memberships_ - first;
      if (user.membership_count != 0) state.users[users++] = user;
    }
    state.users.resize(users);
    state.memberships.resize(memberships_);
    state.sources.resize(sources_);
    keep_groups(named);
  }

 private:
  void keep_memberships(const DesiredUser& user, std::vector<bool>& named) {
    DesiredState& state = data_->all;
    for (std::uint32_t m = user.first_membership; m < user.first_membership + user.membership_count; ++m) {
      DesiredMembership membership = state.memberships[m];
      if ((data_->groups_in[membership.group] & bit_) == 0) continue;
      const std::uint32_t first = sources_;
      for (std::uint32_t s = membership.first_source; s < membership.first_source + membership.source_count; ++s) {
        const MembershipSource source = state.sources[s];
        if ((data_->details_in[source.detail] & bit_) != 0) state.sources[sources_++] = source;
      }
      membership.first_source = first;
      membership.source_count = sources_ - first;
      if (membership.source_count == 0) continue;
      named[membership.group] = true;
      state.memberships[memberships_++] = membership;
    }
  }

  /// Declared groups that exist here, and those that somebody is in.
  void keep_groups(const std::vector<bool>& named) {
    DesiredState& state = data_->all;
    std::vector<std::uint32_t> moved(state.groups.size(), 0);
    std::uint32_t groups = 0;
    for (std::uint32_t g = 0; g < state.groups.size(); ++g) {
      const bool declared_here = data_->group_is_declared[g] && (data_->groups_in[g] & bit_) != 0;
      if (!declared_here && !named[g]) continue;
      moved[g] = groups;
      state.groups[groups++] = state.groups[g];
    }
    state.groups.resize(groups);
    for (DesiredMembership& membership : state.memberships) membership.group = moved[membership.group];
  }

  Declaration::Data* data_;
  std::uint64_t bit_;
  std::uint32_t memberships_ = 0;
  std::uint32_t sources_ = 0;
};

}  // namespace

DesiredState Declaration::desired_state(std::string_view environment) && {
  const std::unique_ptr<Data> data = std::move(data_);
  for (std::size_t i = 0; i < data->environments.size(); ++i) {
    Environment& chosen = data->environments[i];
    if (chosen.name != environment) continue;
    Narrowing(*data, std::uint64_t{1} << i).run();
    data->all.environment = chosen.name;
    data->all.base_url = chosen.url;
    data->all.group_ids = std::move(chosen.group_ids);
    return std::move(data->all);
  }
  // An empty state would read as "nobody should be anywhere".
  throw std::invalid_argument("no such environment: " + std::string(environment));
}

}  // namespace cipherform
