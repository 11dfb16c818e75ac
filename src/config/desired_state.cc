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

/// Compacts `state`, the columns of `data`, to what holds in the environment of `bit`.
class Narrowing {
 public:
  Narrowing(const Declaration::Data& data, DesiredState& state, std::uint64_t bit)
      : data_(&data), state_(&state), bit_(bit) {}

  void run() {
    DesiredState& state = *state_;
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
    DesiredState& state = *state_;
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
    DesiredState& state = *state_;
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

  const Declaration::Data* data_;
  DesiredState* state_;
  std::uint64_t bit_;
  std::uint32_t memberships_ = 0;
  std::uint32_t sources_ = 0;
};

}  // namespace

namespace {

std::size_t index_of(const Declaration::Data& data, std::string_view environment) {
  for (std::size_t i = 0; i < data.environments.size(); ++i) {
    if (data.environments[i].name == environment) return i;
  }
  // An empty state would read as "nobody should be anywhere".
  throw std::invalid_argument("no such environment: " + std::string(environment));
}

/// `columns` are those of `data` itself, or a copy of them.
DesiredState narrowed(const Declaration::Data& data, DesiredState columns, std::size_t environment) {
  const Environment& chosen = data.environments[environment];
  Narrowing(data, columns, std::uint64_t{1} << environment).run();
  columns.environment = chosen.name;
  columns.base_url = chosen.url;
  columns.group_ids = chosen.group_ids;
  columns.mapping = chosen.mapping;
  columns.guardrails = data.guardrails[environment];
  to_tenant_words(columns);
  return columns;
}

/// All but the arena that holds the strings.
DesiredState copy_of_columns(const DesiredState& all) {
  DesiredState copy;
  copy.files = all.files;
  copy.groups = all.groups;
  copy.users = all.users;
  copy.memberships = all.memberships;
  copy.sources = all.sources;
  copy.details = all.details;
  copy.digest = all.digest;
  return copy;
}

}  // namespace

DesiredState Declaration::desired_state(std::string_view environment) && {
  const std::unique_ptr<Data> data = std::move(data_);
  return narrowed(*data, std::move(data->all), index_of(*data, environment));
}

DesiredState Declaration::desired_state(std::string_view environment) const& {
  return narrowed(*data_, copy_of_columns(data_->all), index_of(*data_, environment));
}

}  // namespace cipherform
