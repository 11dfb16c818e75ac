// The emulated tenant: its state, and the rules by which it may change. No HTTP, no
// JSON, no clock, no lock. A change is a value: checked first, then stored by whoever
// keeps a database, then applied, which cannot fail.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "cipherform/model.h"
#include "sandbox/user_table.h"
#include "sandbox/uuid.h"

namespace cipherform::sandbox {

/// The role types of the API reference; a role is its position here. The first is the
/// owner's, which no group can give.
inline constexpr std::array<std::string_view, 7> kRoleTypes{"OWNER",   "ADMIN",   "DEFAULT", "BASIC",
                                                            "BILLING", "AUDITOR", "SUPPORT"};
inline constexpr std::uint8_t kOwnerRole = 0;
inline constexpr std::size_t kMaxUsersPerCreate = 100;
/// A user's group count is kept in 16 bits.
inline constexpr std::size_t kMaxGroups = 10'000;
inline constexpr std::uint64_t kMaxUsers = 50'000'000;

struct Group {
  Uuid id;
  std::string name;
  std::uint8_t role = 0;  ///< indexes kRoleTypes
  std::string description;
  std::vector<std::string> idp_mapping;
  bool saml_default = false;
  Time created_at{};
};

/// Why a request is not executed: an HTTP status and NestJS-style messages.
struct Refusal {
  unsigned status = 400;
  std::vector<std::string> messages;  ///< at least one
  std::string_view rule{};            ///< the rule of the tenant that it would break, as statistics name it
};

/// A user as asked for by Create New Users.
struct UserDraft {
  std::string email;
  std::vector<std::string> groups;
};
struct CreateUsers {
  std::vector<UserDraft> users;
  bool as_array = false;  ///< messages then begin with the element's position
};

/// Users that may be added, with everything decided.
struct UserAddition {
  struct User {
    Uuid id;
    std::string email;
    std::vector<std::uint32_t> groups;
    Time created_at{};
  };
  std::vector<User> users;
};
/// The record of a user just created: invited once.
UserRecord record_of(const UserAddition::User& user);

/// A membership that may be given or taken.
struct MembershipChange {
  std::uint32_t user = 0;
  std::uint32_t group = 0;
  bool joins = false;
  Time updated_at{};
};

class EmulatedTenant {
 public:
  const std::vector<Group>& groups() const { return groups_; }
  const UserTable& users() const { return users_; }
  /// The group's members, in the order of their creation.
  std::span<const std::uint32_t> members(std::uint32_t group) const { return members_[group]; }
  std::optional<std::uint32_t> find_group(const Uuid& id) const;
  std::optional<std::uint32_t> find_group_name(std::string_view name) const;

  void reserve(std::size_t users) { users_.reserve(users); }
  /// For a tenant that is being set up; the error says what is wrong with it.
  tl::expected<void, std::string> add_group(Group group);
  tl::expected<void, std::string> add_user(const UserRecord& record);

  /// All of the users or none.
  tl::expected<UserAddition, Refusal> check_create(const CreateUsers& request, Time now) const;
  tl::expected<MembershipChange, Refusal> check_join(std::uint32_t user, std::string_view group_id, Time now) const;
  tl::expected<MembershipChange, Refusal> check_leave(std::uint32_t user, std::string_view group_id, Time now) const;
  /// The user of a path segment.
  tl::expected<std::uint32_t, Refusal> user_of(std::string_view id) const;
  tl::expected<std::uint32_t, Refusal> group_of(std::string_view id) const;

  /// The change must come from a check of this very state.
  void apply(const UserAddition& addition);
  void apply(const MembershipChange& change);

 private:
  void append(const UserRecord& record);
  std::vector<std::string> find_faults(const CreateUsers& request) const;
  std::vector<std::string> find_conflicts(const CreateUsers& request) const;

  std::vector<Group> groups_;
  std::vector<std::vector<std::uint32_t>> members_;
  UserTable users_;
};

}  // namespace cipherform::sandbox
