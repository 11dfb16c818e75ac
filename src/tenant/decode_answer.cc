// The answers to changes: the users that a create made, and the words of an error.
#include <algorithm>
#include <utility>

#include "cipherform/tenant.h"
#include "tenant/answer_json.h"

namespace cipherform {
namespace {

using json::AnswerReader;
using json::RawKey;
using json::Value;
using Step = AnswerReader::Step;

constexpr std::size_t kLongestMessage = 500;

struct Created {
  CreatedUser user;
  bool has_id = false;
  bool has_groups = false;
};

bool keep_group(AnswerReader& reader, std::string_view id, CreatedUser& user) {
  if (id.empty()) return reader.fault_here("is empty");
  user.group_ids.emplace_back(id);
  return true;
}

/// An element of a created user's groups: an object with an id, or just the id.
bool read_created_group(AnswerReader& reader, Value& value, CreatedUser& user) {
  json::json_type type{};
  std::string_view id;
  if (value.type().get(type) == simdjson::SUCCESS && type == json::json_type::string) {
    return reader.string(value, id) && keep_group(reader, id, user);
  }
  const bool read = reader.object(value, [&](RawKey name, Value& field) {
    if (!name.unsafe_is_equal("id")) return true;
    const Step step(reader, "id");
    return reader.string(field, id);
  });
  if (!read) return false;
  if (id.data() == nullptr) return reader.is_missing("id");
  const Step step(reader, "id");
  return keep_group(reader, id, user);
}

bool read_created_field(AnswerReader& reader, RawKey name, Value& value, Created& created) {
  std::string_view text;
  if (name.unsafe_is_equal("id")) {
    const Step step(reader, "id");
    if (!reader.string(value, text)) return false;
    if (text.empty()) return reader.fault_here("is empty");  // it would go into a path
    created.has_id = true;
    created.user.id = text;
  } else if (name.unsafe_is_equal("email")) {
    const Step step(reader, "email");
    if (!reader.string_or_null(value, text)) return false;
    created.user.email = text;
  } else if (name.unsafe_is_equal("groups")) {
    const Step step(reader, "groups");
    if (std::exchange(created.has_groups, true)) return reader.fault_here("comes twice");
    return AnswerReader::is_null(value) ||
           reader.array(value, [&](Value& group) { return read_created_group(reader, group, created.user); });
  }
  return true;
}

bool keep(AnswerReader& reader, Created created, std::vector<CreatedUser>& users) {
  if (!created.has_id) return reader.is_missing("id");
  users.push_back(std::move(created.user));
  return true;
}

bool read_created_users(AnswerReader& reader, Value& value, std::vector<CreatedUser>& users);

bool read_created_user(AnswerReader& reader, Value& value, std::vector<CreatedUser>& users) {
  Created created;
  return reader.object(value, [&](RawKey name, Value& field) {
    return read_created_field(reader, name, field, created);
  }) && keep(reader, std::move(created), users);
}

bool read_created_users(AnswerReader& reader, Value& value, std::vector<CreatedUser>& users) {
  json::json_type type{};
  if (value.type().get(type) == simdjson::SUCCESS && type == json::json_type::array) {
    return reader.array(value, [&](Value& user) { return read_created_user(reader, user, users); });
  }
  return read_created_user(reader, value, users);
}

bool read_root(AnswerReader& reader, std::vector<CreatedUser>& users) {
  if (reader.is_array()) {
    return reader.root_array([&](Value& user) { return read_created_user(reader, user, users); });
  }
  Created bare;
  bool wrapped = false;
  const bool read = reader.root_object([&](RawKey name, Value& value) {
    if (!name.unsafe_is_equal("data")) return read_created_field(reader, name, value, bare);
    const Step step(reader, "data");
    if (std::exchange(wrapped, true)) return reader.fault_here("comes twice");
    return read_created_users(reader, value, users);
  });
  return read && (wrapped || keep(reader, std::move(bare), users));
}

/// The NestJS shape: `message` as a text or a list of them, else `error`.
std::string nest_message(std::string_view body) {
  AnswerReader reader;
  std::string padded(body);
  if (!reader.open(padded) || reader.is_array()) return {};
  std::string message;
  std::string error;
  const auto append = [&](Value& value) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) return true;
    if (!message.empty()) message += "; ";
    message += text;
    return true;
  };
  const bool read = reader.root_object([&](RawKey name, Value& value) {
    json::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    if (name.unsafe_is_equal("message"))
      return type == json::json_type::array ? reader.array(value, append) : append(value);
    std::string_view text;
    if (name.unsafe_is_equal("error") && type == json::json_type::string && reader.string(value, text)) error = text;
    return true;
  });
  if (!read) return {};
  return message.empty() ? error : message;
}

/// Runs of white space and control bytes become one space.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte != 0x7F) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
    if (line.size() > kLongestMessage) break;
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (line.size() <= kLongestMessage) return line;
  constexpr std::string_view ellipsis = "…";
  std::size_t end = kLongestMessage - ellipsis.size();
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80) --end;  // not inside a character
  return line.substr(0, end).append(ellipsis);
}

}  // namespace

Result<std::vector<CreatedUser>> decode_created_users(std::string_view body) {
  AnswerReader reader;
  std::string padded(body);
  std::vector<CreatedUser> users;
  if (!reader.open(padded) || !read_root(reader, users)) return tl::unexpected(reader.error());
  return users;
}

bool is_json_or_nothing(std::string_view body) {
  if (body.empty()) return true;
  simdjson::dom::parser parser;
  return parser.parse(body.data(), body.size()).error() == simdjson::SUCCESS;
}

std::string decode_error_message(std::string_view body) {
  std::string message = one_line(nest_message(body));
  return message.empty() ? one_line(body.substr(0, 4 * kLongestMessage)) : message;
}

}  // namespace cipherform
