// The rules of the API reference ("The four operations of the seed", "How the product
// behaves"), and a strict choice wherever the reference says "unknown": what the
// sandbox lets pass, a real tenant should too.
#include "sandbox/emulated_tenant.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace cipherform::sandbox {
namespace {

/// A request that is wrong a thousand times is told so this often.
constexpr std::size_t kMaxFaults = 20;

Refusal refuse(unsigned status, std::string message, std::string_view rule = {}) {
  return {status, {std::move(message)}, rule};
}

/// "email", or "3.email" for an element of an array, as class-validator names them.
std::string field(const CreateUsers& request, std::size_t user, std::string_view name) {
  return request.as_array ? fmt::format("{}.{}", user, name) : std::string(name);
}

}  // namespace

UserRecord record_of(const UserAddition::User& user) {
  return {.id = user.id,
          .email = user.email,
          .status = "Invited",
          .owner = false,
          .invitations = 1,
          .created_at = user.created_at,
          .updated_at = user.created_at,
          .groups = user.groups};
}

std::optional<std::uint32_t> EmulatedTenant::find_group(const Uuid& id) const {
  const auto found = std::find_if(groups_.begin(), groups_.end(), [&](const Group& group) { return group.id == id; });
  if (found == groups_.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - groups_.begin());
}

std::optional<std::uint32_t> EmulatedTenant::find_group_name(std::string_view name) const {
  const auto found =
      std::find_if(groups_.begin(), groups_.end(), [&](const Group& group) { return group.name == name; });
  if (found == groups_.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - groups_.begin());
}

tl::expected<void, std::string> EmulatedTenant::add_group(Group group) {
  if (group.name.empty()) return tl::unexpected(std::string("a group has no name"));
  if (groups_.size() == kMaxGroups) return tl::unexpected(fmt::format("there are more than {} groups", kMaxGroups));
  if (find_group_name(group.name)) return tl::unexpected(fmt::format("group '{}' is there twice", group.name));
  if (find_group(group.id)) return tl::unexpected(fmt::format("group id {} is there twice", to_string(group.id)));
  groups_.push_back(std::move(group));
  members_.emplace_back();
  return {};
}

tl::expected<void, std::string> EmulatedTenant::add_user(const UserRecord& record) {
  const auto fail = [&](std::string_view what) {
    return tl::unexpected(fmt::format("user '{}' {}", record.email, what));
  };
  if (users_.size() == kMaxUsers) return tl::unexpected(fmt::format("there are more than {} users", kMaxUsers));
  if (!record.email.empty() && !is_email(record.email)) return fail("does not have an email address");
  if (users_.find_email(record.email)) return fail("is there twice (emails are compared without case)");
  if (users_.find(record.id)) return fail("has an id that another user has");
  if (record.groups.empty()) return fail("is in no group; a user must belong to at least one");
  if (record.groups.back() >= groups_.size()) return fail("is in a group that does not exist");
  if (users_.size() > 0 && record.created_at <= users_.last_created_at()) return fail("is older than the one before");
  append(record);
  return {};
}

void EmulatedTenant::append(const UserRecord& record) {
  for (const std::uint32_t group : record.groups) members_[group].push_back(users_.size());
  users_.append(record);
}

tl::expected<std::uint32_t, Refusal> EmulatedTenant::user_of(std::string_view id) const {
  const auto uuid = parse_uuid(id);
  if (!uuid) return tl::unexpected(refuse(400, "Validation failed (uuid is expected)"));
  const auto user = users_.find(*uuid);
  if (!user) return tl::unexpected(refuse(404, fmt::format("User {} not found", to_string(*uuid))));
  return *user;
}

tl::expected<std::uint32_t, Refusal> EmulatedTenant::group_of(std::string_view id) const {
  const auto uuid = parse_uuid(id);
  if (!uuid) return tl::unexpected(refuse(400, "Validation failed (uuid is expected)"));
  const auto group = find_group(*uuid);
  if (!group) return tl::unexpected(refuse(404, fmt::format("Group {} not found", to_string(*uuid))));
  return *group;
}

std::vector<std::string> EmulatedTenant::find_faults(const CreateUsers& request) const {
  std::vector<std::string> faults;
  for (std::size_t i = 0; i < request.users.size() && faults.size() < kMaxFaults; ++i) {
    const UserDraft& draft = request.users[i];
    if (!is_email(draft.email)) faults.push_back(field(request, i, "email") + " must be an email");
    const std::string groups = field(request, i, "groups");
    if (draft.groups.empty()) faults.push_back(groups + " must contain at least 1 elements");
    std::vector<std::uint32_t> known;
    for (const std::string& text : draft.groups) {
      if (faults.size() >= kMaxFaults) break;
      const auto id = parse_uuid(text);
      const auto group = id ? find_group(*id) : std::nullopt;
      if (!id) {
        faults.push_back("each value in " + groups + " must be a UUID");
      } else if (!group) {
        faults.push_back(fmt::format("{}: group {} does not exist", groups, to_string(*id)));
      } else if (std::find(known.begin(), known.end(), *group) != known.end()) {
        faults.push_back(fmt::format("{}: group {} is there twice", groups, to_string(*id)));
      } else {
        known.push_back(*group);
      }
    }
  }
  return faults;
}

std::vector<std::string> EmulatedTenant::find_conflicts(const CreateUsers& request) const {
  std::vector<std::string> conflicts;
  std::unordered_set<std::string> seen;
  for (const UserDraft& draft : request.users) {
    if (users_.find_email(draft.email)) {
      conflicts.push_back(fmt::format("User with email {} already exists", draft.email));
    } else if (!seen.insert(email_key(draft.email)).second) {
      conflicts.push_back(fmt::format("Email {} is in the request twice", draft.email));
    }
  }
  return conflicts;
}

tl::expected<UserAddition, Refusal> EmulatedTenant::check_create(const CreateUsers& request, Time now) const {
  if (request.users.empty()) return tl::unexpected(refuse(400, "at least 1 user is expected"));
  if (request.users.size() > kMaxUsersPerCreate) {
    return tl::unexpected(
        refuse(400, fmt::format("at most {} users can be created at once", kMaxUsersPerCreate), "too_many_users"));
  }
  if (auto faults = find_faults(request); !faults.empty()) return tl::unexpected(Refusal{400, std::move(faults)});
  if (auto conflicts = find_conflicts(request); !conflicts.empty()) {
    return tl::unexpected(Refusal{409, std::move(conflicts), "existing_email"});
  }
  if (users_.size() + request.users.size() > kMaxUsers) return tl::unexpected(refuse(400, "the tenant is full"));

  UserAddition addition;
  Time last = users_.last_created_at();
  for (const UserDraft& draft : request.users) {
    // Creation times order the listing, so no two users share one.
    last = std::max(now, last + std::chrono::milliseconds{1});
    UserAddition::User user{.id = make_uuid(IdKind::user, users_.size() + addition.users.size()),
                            .email = draft.email,
                            .groups = {},
                            .created_at = last};
    for (const std::string& text : draft.groups) {
      const auto id = parse_uuid(text);
      const auto group = id ? find_group(*id) : std::nullopt;
      if (group) user.groups.push_back(*group);
    }
    std::sort(user.groups.begin(), user.groups.end());
    addition.users.push_back(std::move(user));
  }
  return addition;
}

tl::expected<MembershipChange, Refusal> EmulatedTenant::check_join(std::uint32_t user, std::string_view group_id,
                                                                   Time now) const {
  if (!is_uuid(group_id)) return tl::unexpected(refuse(400, "groupId must be a UUID"));
  const auto group = group_of(group_id);
  if (!group) return tl::unexpected(group.error());
  if (users_.is_member(user, *group))
    return tl::unexpected(refuse(409, "User is already a member of the group", "existing_member"));
  return MembershipChange{user, *group, true, std::max(now, users_.updated_at(user))};
}

tl::expected<MembershipChange, Refusal> EmulatedTenant::check_leave(std::uint32_t user, std::string_view group_id,
                                                                    Time now) const {
  const auto group = group_of(group_id);
  if (!group) return tl::unexpected(group.error());
  if (!users_.is_member(user, *group))
    return tl::unexpected(refuse(404, "User is not a member of the group", "absent_member"));
  if (users_.groups(user).size() == 1) {
    return tl::unexpected(refuse(400, "a user must belong to at least one group", "last_group"));
  }
  return MembershipChange{user, *group, false, std::max(now, users_.updated_at(user))};
}

void EmulatedTenant::apply(const UserAddition& addition) {
  for (const UserAddition::User& user : addition.users) append(record_of(user));
}

void EmulatedTenant::apply(const MembershipChange& change) {
  auto& members = members_[change.group];
  const auto place = std::lower_bound(members.begin(), members.end(), change.user);
  if (change.joins) {
    members.insert(place, change.user);
    users_.join(change.user, change.group, change.updated_at);
  } else {
    members.erase(place);
    users_.leave(change.user, change.group, change.updated_at);
  }
}

}  // namespace cipherform::sandbox
