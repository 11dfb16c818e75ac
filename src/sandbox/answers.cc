// JSON by appending. Everything that came from outside passes append_json_string, but
// for emails: is_email lets nothing through that JSON would have to escape.
#include "sandbox/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "sandbox/json_text.h"

namespace cipherform::sandbox {
namespace {

constexpr std::chrono::hours kConnectedAfter{1};
constexpr unsigned kMaxDevicesOfGroup = 5;

void append_id(std::string& out, const Uuid& id) {
  out += '"';
  append_uuid(out, id);
  out += '"';
}

std::string role_text(std::size_t role, Time made_at) {
  std::string out = R"({"id":)";
  append_id(out, make_uuid(IdKind::role, role));
  out += R"(,"createdAt":)";
  append_json_time(out, made_at);
  out += R"(,"updatedAt":)";
  append_json_time(out, made_at);
  std::string name(kRoleTypes[role]);
  std::transform(name.begin() + 1, name.end(), name.begin() + 1,
                 [](char c) { return static_cast<char>(c - 'A' + 'a'); });
  fmt::format_to(std::back_inserter(out), R"(,"name":"{}","description":"{} role","deleteable":false,"type":"{}"}})",
                 name, name, kRoleTypes[role]);
  return out;
}

/// The fields that a group has wherever it stands.
void append_group_start(std::string& out, const Group& group) {
  out += R"({"id":)";
  append_id(out, group.id);
  out += R"(,"name":)";
  append_json_string(out, group.name);
  if (!group.description.empty()) {
    out += R"(,"description":)";
    append_json_string(out, group.description);
  }
  out += R"(,"createdAt":)";
  append_json_time(out, group.created_at);
  out += R"(,"updatedAt":)";
  append_json_time(out, group.created_at);
}

}  // namespace

std::string_view reason_of(unsigned status) {
  static constexpr auto reasons = std::to_array<std::pair<unsigned, std::string_view>>({
      {100, "Continue"},
      {102, "Processing"},
      {103, "Early Hints"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {413, "Payload Too Large"},
      {422, "Unprocessable Entity"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
  });
  const auto found = std::ranges::find(reasons, status, &std::pair<unsigned, std::string_view>::first);
  return found == reasons.end() ? "Error" : found->second;
}

TenantWriter::TenantWriter(const EmulatedTenant& tenant) {
  const Time made_at = tenant.groups().empty() ? Time{} : tenant.groups().front().created_at;
  for (std::size_t role = 0; role < kRoleTypes.size(); ++role) roles_.push_back(role_text(role, made_at));
  for (const Group& group : tenant.groups()) {
    GroupText text;
    text.role = group.role;
    append_group_start(text.in_user, group);
    text.in_user += '}';
    append_group_start(text.before_users, group);
    text.before_users += R"(,"roles":[)" + roles_[group.role] + R"(],"users":[)";
    text.after_users = fmt::format(R"(],"maxDevices":{},"isSamlDefaultGroup":{},"idpMapping":[)", kMaxDevicesOfGroup,
                                   group.saml_default);
    for (std::size_t i = 0; i < group.idp_mapping.size(); ++i) {
      if (i > 0) text.after_users += ',';
      append_json_string(text.after_users, group.idp_mapping[i]);
    }
    text.after_users += fmt::format(R"(],"deleteable":{}}})", !group.saml_default);
    groups_.push_back(std::move(text));
  }
}

void TenantWriter::append_user(std::string& out, const UserRecord& user) const {
  out += R"({"id":)";
  append_id(out, user.id);
  out += R"(,"createdAt":)";
  append_json_time(out, user.created_at);
  out += R"(,"updatedAt":)";
  append_json_time(out, user.updated_at);
  if (user.status == "Active") {
    out += R"(,"lastConnection":)";
    append_json_time(out, user.created_at + kConnectedAfter);
  }
  if (!user.email.empty()) {
    out += R"(,"email":")";
    out += user.email;
    out += '"';
  }
  out += R"(,"status":)";
  append_json_string(out, user.status);
  out +=
      user.owner ? R"(,"isOwner":true,"maxDevices":null,"roles":[)" : R"(,"isOwner":false,"maxDevices":null,"roles":[)";
  unsigned roles = user.owner ? 1U << kOwnerRole : 0;
  for (const std::uint32_t group : user.groups) roles |= 1U << groups_[group].role;
  for (std::size_t role = 0; role < roles_.size(); ++role) {
    if ((roles >> role & 1U) == 0) continue;
    out += roles_[role];
    out += ',';
  }
  if (roles != 0) out.pop_back();
  out += R"(],"groups":[)";
  for (const std::uint32_t group : user.groups) {
    out += groups_[group].in_user;
    out += ',';
  }
  out.back() = ']';  // a user is in at least one group
  out += R"(,"devices":[]})";
}

void TenantWriter::append_group(std::string& out, const EmulatedTenant& tenant, std::uint32_t group) const {
  out += groups_[group].before_users;
  const auto members = tenant.members(group);
  const auto shown = members.first(std::min(members.size(), kMembersShown));
  for (const std::uint32_t user : shown) {
    out += R"({"id":)";
    append_id(out, tenant.users().id(user));
    if (const std::string_view email = tenant.users().email(user); !email.empty()) {
      out += R"(,"email":")";
      out += email;
      out += '"';
    }
    out += "},";
  }
  if (!shown.empty()) out.pop_back();
  out += groups_[group].after_users;
}

void append_page_end(std::string& out, const PageRequest& page, std::uint64_t returned, std::uint64_t total) {
  fmt::format_to(std::back_inserter(out), R"(],"total":{},"page":{},"limit":{},"hasNext":{},"hasPrevious":{}}})", total,
                 page.offset / page.limit, page.limit,
                 page.offset < total && page.offset + returned<total, page.offset> 0);
}

std::string error_body(const Refusal& refusal) {
  std::string out = fmt::format(R"({{"statusCode":{},"message":)", refusal.status);
  if (refusal.messages.size() == 1) {
    append_json_string(out, refusal.messages.front());
  } else {
    out += '[';
    for (const std::string& message : refusal.messages) {
      append_json_string(out, message);
      out += ',';
    }
    out.back() = ']';
  }
  out += R"(,"error":")";
  out += reason_of(refusal.status);
  out += R"("})";
  return out;
}

}  // namespace cipherform::sandbox
