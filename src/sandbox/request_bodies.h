// Request bodies, checked for shape only; whether they make sense is the tenant's to say.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sandbox/emulated_tenant.h"

namespace cipherform::sandbox {

/// Largest body that is read.
inline constexpr std::size_t kMaxBodyBytes = std::size_t{1} << 20;

/// {email, groups:[…]}, or an array of at most kMaxUsersPerCreate of them.
tl::expected<CreateUsers, Refusal> parse_create_users(std::string_view body);
/// {groupId}: the group's id, not yet known to be a UUID.
tl::expected<std::string, Refusal> parse_group_id(std::string_view body);

}  // namespace cipherform::sandbox
