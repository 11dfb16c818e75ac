// Columns and indexes behind the terse states of tests.
#include "fakes/states.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace cipherform::fakes {
namespace {

constexpr std::uint32_t kGroupsFile = 0;
constexpr std::uint32_t kUsersFile = 1;

std::uint32_t size_of(const auto& container) { return static_cast<std::uint32_t>(container.size()); }

}  // namespace

std::string group_id(std::string_view name) {
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return fmt::format("9{:07x}-0000-4000-8000-{:012x}", hash >> 36U, hash & 0xffffffffffffULL);
}

std::string user_id(std::uint32_t ordinal) { return fmt::format("10000000-0000-4000-8000-{:012}", ordinal); }

Time time_of(std::string_view text) {
  const auto time = parse_until(text);
  if (!time) throw std::invalid_argument("not a time: " + std::string{text});
  return *time;
}

Membership Membership::until(std::string_view time) && {
  end = time_of(time);
  return std::move(*this);
}

Membership Membership::reason(std::string text) && {
  reason_text = std::move(text);
  return std::move(*this);
}

Membership Membership::team(std::string name) && {
  team_name = std::move(name);
  return std::move(*this);
}

Desired& Desired::environment(std::string name, std::string base_url) {
  environment_ = std::move(name);
  base_url_ = std::move(base_url);
  return *this;
}

Desired& Desired::group(std::string name) { return group(std::move(name), GroupOptions{}); }

Desired& Desired::group(std::string name, GroupOptions options) {
  groups_.push_back({std::move(name), options, {kGroupsFile, size_of(groups_) + 1, 3}});
  return *this;
}

Desired& Desired::additive(std::string name) {
  return group(std::move(name), GroupOptions{.authority = Authority::additive});
}

Desired& Desired::user(std::string email, std::vector<Membership> memberships) {
  const std::string key = email_key(email);
  auto user = std::find_if(users_.begin(), users_.end(), [&](const User& u) { return email_key(u.email) == key; });
  if (user == users_.end()) {
    users_.push_back({std::move(email), {kUsersFile, size_of(users_) + 1, 12}, {}});
    user = std::prev(users_.end());
  }
  for (Membership& membership : memberships) {
    user->sources.push_back({std::move(membership), {kUsersFile, user->at.line, 20 + size_of(user->sources)}});
  }
  return *this;
}

Desired& Desired::called(std::string name, std::string own) {
  mapping_.group_names[std::move(name)] = std::move(own);
  return *this;
}

Desired& Desired::pin(std::string name, std::string id) {
  group_ids_[std::move(name)] = std::move(id);
  return *this;
}

Desired& Desired::guardrails(Guardrails guardrails) {
  guardrails_ = std::move(guardrails);
  return *this;
}

std::vector<Desired::Group> Desired::groups_with_named_ones() const {
  std::vector<Group> groups = groups_;
  for (const User& user : users_) {
    for (const Source& source : user.sources) {
      const bool known = std::any_of(groups.begin(), groups.end(),
                                     [&](const Group& group) { return group.name == source.membership.group; });
      if (!known) groups.push_back({source.membership.group, {.authority = Authority::additive}, source.at});
    }
  }
  std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.name < b.name; });
  return groups;
}

void Desired::append_user(DesiredState& state, const User& user) const {
  DesiredUser column;
  column.email = state.strings.store(user.email);
  column.key = state.strings.store(email_key(user.email));
  column.at = user.at;
  column.first_membership = size_of(state.memberships);
  for (std::uint32_t group = 0; group < state.groups.size(); ++group) {
    DesiredMembership membership{.group = group, .first_source = size_of(state.sources)};
    for (const Source& source : user.sources) {
      const Membership& asked = source.membership;
      if (asked.group != state.groups[group].name) continue;
      std::uint32_t detail = 0;
      if (!asked.team_name.empty() || !asked.reason_text.empty() || asked.end) {
        detail = size_of(state.details);
        state.details.push_back(
            {state.strings.store(asked.team_name), state.strings.store(asked.reason_text), asked.end});
      }
      state.sources.push_back({source.at, detail});
    }
    membership.source_count = size_of(state.sources) - membership.first_source;
    if (membership.source_count != 0) state.memberships.push_back(membership);
  }
  column.membership_count = size_of(state.memberships) - column.first_membership;
  state.users.push_back(column);
}

DesiredState Desired::build() const {
  DesiredState state;
  state.environment = environment_;
  state.base_url = base_url_;
  state.files = {"groups.yaml", "users.yaml"};
  for (const Group& group : groups_with_named_ones()) {
    state.groups.push_back({state.strings.store(group.name), group.options.authority, group.options.require_reason,
                            group.options.max_members, group.at});
  }
  state.details.emplace_back();
  std::vector<User> users = users_;
  std::sort(users.begin(), users.end(),
            [](const User& a, const User& b) { return email_key(a.email) < email_key(b.email); });
  for (const User& user : users) append_user(state, user);
  state.group_ids = group_ids_;
  state.mapping = mapping_;
  state.guardrails = guardrails_;
  state.digest = std::string(64, 'd');
  return state;
}

Live& Live::group(std::string name) { return group(std::move(name), GroupOptions{}); }

Live& Live::group(std::string name, GroupOptions options) {
  if (options.id.empty()) options.id = group_id(name);
  groups_.push_back({std::move(name), std::move(options)});
  return *this;
}

std::uint32_t Live::index_of(const std::string& group) {
  const auto found = std::find_if(groups_.begin(), groups_.end(),
                                  [&](const Group& g) { return g.name == group || g.options.id == group; });
  if (found != groups_.end()) return static_cast<std::uint32_t>(found - groups_.begin());
  this->group(group);
  return size_of(groups_) - 1;
}

Live& Live::user(std::string email, std::vector<std::string> groups) {
  return user(std::move(email), std::move(groups), UserOptions{});
}

Live& Live::user(std::string email, std::vector<std::string> groups, UserOptions options) {
  if (options.id.empty()) options.id = user_id(size_of(users_) + 1);
  User user{std::move(email), std::move(options), {}};
  for (const std::string& group : groups) user.groups.push_back(index_of(group));
  users_.push_back(std::move(user));
  return *this;
}

Live& Live::unproved(std::string reason) {
  unproved_ = std::move(reason);
  return *this;
}

Live& Live::groups_not_listed() {
  groups_listed_ = false;
  return *this;
}

LiveState Live::build() const {
  LiveState state;
  for (const Group& group : groups_) {
    state.groups.push_back({state.strings.store(group.options.id), state.strings.store(group.name),
                            group.options.privileged, group.options.identity_managed});
  }
  for (const User& user : users_) {
    LiveUser column;
    column.id = state.strings.store(user.options.id);
    column.email = state.strings.store(user.email);
    column.status_text = state.strings.store(user.options.status);
    column.status = parse_user_status(user.options.status);
    column.is_owner = user.options.owner;
    column.first_membership = size_of(state.memberships);
    state.memberships.insert(state.memberships.end(), user.groups.begin(), user.groups.end());
    column.membership_count = size_of(user.groups);
    state.users.push_back(column);
  }
  state.proof = {.complete = !unproved_, .reason = unproved_.value_or(""), .pages = 1, .requests = 1, .passes = 1};
  state.groups_listed = groups_listed_;
  return state;
}

}  // namespace cipherform::fakes
