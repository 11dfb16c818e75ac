// The tenant as JSON, in the shapes of the API reference. What does not change while
// the sandbox runs (groups, roles) is written once; a user is a few appends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/emulated_tenant.h"
#include "sandbox/paging.h"

namespace cipherform::sandbox {

/// Writes objects of one tenant, whose groups may not change any more.
class TenantWriter {
 public:
  explicit TenantWriter(const EmulatedTenant& tenant);

  void append_user(std::string& out, const UserRecord& user) const;
  void append_group(std::string& out, const EmulatedTenant& tenant, std::uint32_t group) const;

 private:
  /// A group as it stands in a user, and the two halves around a group's users.
  struct GroupText {
    std::uint8_t role = 0;
    std::string in_user;
    std::string before_users;
    std::string after_users;
  };
  std::vector<std::string> roles_;  ///< by position in kRoleTypes
  std::vector<GroupText> groups_;
};

/// Members that a Group's `users` shows.
inline constexpr std::size_t kMembersShown = 100;
/// What the bytes of a page are guessed as, to reserve them at once.
inline constexpr std::size_t kUserBytes = 1024;

/// The rest of a PaginatedResponse, after "data":[…].
void append_page_end(std::string& out, const PageRequest& page, std::uint64_t returned, std::uint64_t total);

/// "Bad Request" for 400; "Error" for a status that neither sandbox nor fault plans are known to answer.
std::string_view reason_of(unsigned status);

/// NestJS's error body: {"statusCode":400,"message":"…" or ["…"],"error":"Bad Request"}.
std::string error_body(const Refusal& refusal);

}  // namespace cipherform::sandbox
