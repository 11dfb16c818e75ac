// The requests of the API reference. Ids and emails come from a tenant or a file, so they
// are hostile: escaped for the path, escaped for JSON.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "cipherform/tenant.h"

namespace cipherform {
namespace {

constexpr std::string_view kUsers = "/tenants/users";

bool is_unreserved(char c) {  // RFC 3986 section 2.3
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '~' || c == '.';
}

/// One segment of a path. Dots are escaped too where there is nothing else, because "."
/// and ".." would be taken as steps through the path.
std::string segment(std::string_view text) {
  const bool only_dots = text.find_first_not_of('.') == std::string_view::npos;
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) && !only_dots) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json(std::string& out, const NewUser& user) {
  out += R"({"email":)";
  append_json(out, user.email);
  out += R"(,"groups":[)";
  const char* separator = "";
  for (const std::string_view group : user.group_ids) {
    out += separator;
    append_json(out, group);
    separator = ",";
  }
  out += "]}";
}

HttpRequest request(Method method, std::string path, std::string body = {}) {
  HttpRequest made;
  made.method = method;
  made.path = std::move(path);
  made.body = std::move(body);
  return made;
}

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::del:
      return "DELETE";
  }
  return "";
}

HttpRequest list_users_request(std::uint64_t offset, std::uint32_t limit, std::string_view sort) {
  std::string path = fmt::format("{}?limit={}&offset={}", kUsers, limit, offset);
  if (!sort.empty()) path += "&sort=" + segment(sort);
  return request(Method::get, std::move(path));
}

HttpRequest list_groups_request(std::uint64_t offset, std::uint32_t limit) {
  return request(Method::get, fmt::format("/tenants/groups?limit={}&offset={}", limit, offset));
}

HttpRequest create_users_request(std::span<const NewUser> users) {
  std::string body;
  if (users.size() == 1) {
    append_json(body, users.front());
  } else {
    body = "[";
    for (const NewUser& user : users) {
      if (body.size() > 1) body += ',';
      append_json(body, user);
    }
    body += ']';
  }
  return request(Method::post, std::string(kUsers), std::move(body));
}

HttpRequest add_member_request(std::string_view user_id, std::string_view group_id) {
  std::string body = R"({"groupId":)";
  append_json(body, group_id);
  body += '}';
  return request(Method::post, fmt::format("{}/{}/groups", kUsers, segment(user_id)), std::move(body));
}

HttpRequest remove_member_request(std::string_view user_id, std::string_view group_id) {
  return request(Method::del, fmt::format("{}/{}/groups/{}", kUsers, segment(user_id), segment(group_id)));
}

}  // namespace cipherform
