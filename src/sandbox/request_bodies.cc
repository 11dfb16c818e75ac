// Strict on purpose: a property that the reference does not have is refused, as NestJS
// does with forbidNonWhitelisted, so that a client's slip shows here and not in a tenant.
#include "sandbox/request_bodies.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <optional>
#include <utility>

namespace cipherform::sandbox {
namespace {

using simdjson::dom::element;

constexpr std::size_t kMaxFaults = 20;

/// What was wrong with the fields so far; parsing goes on to find the others.
class Faults {
 public:
  void add(std::string message) {
    if (messages_.size() < kMaxFaults) messages_.push_back(std::move(message));
  }
  bool empty() const { return messages_.empty(); }
  Refusal refusal() && { return {400, std::move(messages_)}; }

 private:
  std::vector<std::string> messages_;
};

std::string shown(std::string_view key) {
  return key.size() <= 60 ? std::string(key) : fmt::format("of {} bytes", key.size());
}

void read_groups(element value, const std::string& where, UserDraft& draft, Faults& faults) {
  if (!value.is_array()) {
    faults.add(where + "groups must be an array");
    return;
  }
  const simdjson::dom::array items = value.get_array().value_unsafe();
  for (const element item : items) {
    if (item.is_string()) {
      draft.groups.emplace_back(item.get_string().value_unsafe());
    } else {
      faults.add("each value in " + where + "groups must be a UUID");
    }
  }
}

UserDraft read_user(element value, const std::string& where, Faults& faults) {
  UserDraft draft;
  if (!value.is_object()) {
    faults.add(where.empty() ? "an object or an array is expected" : where + " must be an object");
    return draft;
  }
  const std::string prefix = where.empty() ? where : where + '.';
  bool email = false;
  bool groups = false;
  const simdjson::dom::object fields = value.get_object().value_unsafe();
  for (const auto& [key, field] : fields) {
    if (key == "email" && !std::exchange(email, true)) {
      if (field.is_string()) {
        draft.email = field.get_string().value_unsafe();
      } else {
        faults.add(prefix + "email must be a string");
      }
    } else if (key == "groups" && !std::exchange(groups, true)) {
      read_groups(field, prefix, draft, faults);
    } else {
      faults.add(fmt::format("{}property {} should not exist", prefix, shown(key)));
    }
  }
  if (!email) faults.add(prefix + "email must be a string");
  if (!groups) faults.add(prefix + "groups must be an array");
  return draft;
}

Refusal not_json(simdjson::error_code code) {
  return {400, {fmt::format("the body is not JSON: {}", simdjson::error_message(code))}};
}

tl::expected<CreateUsers, Refusal> read_create_users(element root) {
  Faults faults;
  CreateUsers request;
  request.as_array = root.is_array();
  if (request.as_array) {
    const simdjson::dom::array items = root.get_array().value_unsafe();
    if (items.size() > kMaxUsersPerCreate) {
      return tl::unexpected(
          Refusal{400, {fmt::format("at most {} users can be created at once", kMaxUsersPerCreate)}, "too_many_users"});
    }
    for (const element item : items) {
      request.users.push_back(read_user(item, std::to_string(request.users.size()), faults));
    }
  } else {
    request.users.push_back(read_user(root, {}, faults));
  }
  if (!faults.empty()) return tl::unexpected(std::move(faults).refusal());
  return request;
}

tl::expected<std::string, Refusal> read_group_id(element root) {
  Faults faults;
  std::optional<std::string> id;
  if (!root.is_object()) return tl::unexpected(Refusal{400, {"an object is expected"}});
  const simdjson::dom::object fields = root.get_object().value_unsafe();
  for (const auto& [key, field] : fields) {
    if (key == "groupId" && field.is_string() && !id) {
      id = field.get_string().value_unsafe();
    } else if (key != "groupId") {
      faults.add(fmt::format("property {} should not exist", shown(key)));
    }
  }
  if (!id) faults.add("groupId must be a UUID");
  if (!faults.empty()) return tl::unexpected(std::move(faults).refusal());
  return *std::move(id);
}

}  // namespace

tl::expected<CreateUsers, Refusal> parse_create_users(std::string_view body) {
  simdjson::dom::parser parser;
  element root;
  if (const auto code = parser.parse(body.data(), body.size()).get(root)) return tl::unexpected(not_json(code));
  return read_create_users(root);
}

tl::expected<std::string, Refusal> parse_group_id(std::string_view body) {
  simdjson::dom::parser parser;
  element root;
  if (const auto code = parser.parse(body.data(), body.size()).get(root)) return tl::unexpected(not_json(code));
  return read_group_id(root);
}

}  // namespace cipherform::sandbox
