// Pages of users and groups. Only what we rely on is read
// (schemas/cipherscale-api.openapi.yaml); unknown fields are stepped over, and of a
// group's `users`, which can be long, nothing is looked at.
#include <utility>

#include "tenant/answer_json.h"
#include "tenant/decode.h"

namespace cipherform {
namespace {

using json::AnswerReader;
using json::RawKey;
using json::Value;
using Step = AnswerReader::Step;

/// The key of a row is read here, so that both kinds of row have one meaning of it.
/// Nothing: the field is another.
std::optional<bool> read_key_field(AnswerReader& reader, RawKey name, Value& value, RowKey& key) {
  if (name.unsafe_is_equal("id")) {
    const Step step(reader, "id");
    return reader.string(value, key.id);
  }
  if (name.unsafe_is_equal("createdAt")) {
    const Step step(reader, "createdAt");
    return reader.string_or_null(value, key.created_at);
  }
  if (name.unsafe_is_equal("updatedAt")) {
    const Step step(reader, "updatedAt");
    return reader.string_or_null(value, key.updated_at);
  }
  return std::nullopt;
}

bool check_id(AnswerReader& reader, std::string_view id) {
  if (id.data() == nullptr) return reader.is_missing("id");
  const Step step(reader, "id");
  return !id.empty() || reader.fault_here("is empty");
}

/// A page: `on_row(Value&)` for each element of `data`, and what it says about itself.
template <class OnRow>
bool read_page(AnswerReader& reader, std::string& body, PageFacts& facts, OnRow on_row) {
  facts = {};
  if (!reader.open(body)) return false;
  if (reader.is_array()) return reader.fault("the answer is an array, not an object");
  bool has_data = false;
  const bool read = reader.root_object([&](RawKey name, Value& value) {
    if (name.unsafe_is_equal("data")) {
      const Step step(reader, "data");
      if (std::exchange(has_data, true)) return reader.fault_here("comes twice");
      return reader.array(value, on_row);
    }
    if (name.unsafe_is_equal("total")) facts.total = AnswerReader::lenient_count(value);
    if (name.unsafe_is_equal("hasNext")) facts.has_next = AnswerReader::lenient_boolean(value);
    return true;
  });
  return read && (has_data || reader.is_missing("data"));
}

bool read_group_mention(AnswerReader& reader, Value& value, GroupMention& group) {
  const bool read = reader.object(value, [&](RawKey name, Value& field) {
    if (name.unsafe_is_equal("id")) {
      const Step step(reader, "id");
      return reader.string(field, group.id);
    }
    if (name.unsafe_is_equal("name")) {
      const Step step(reader, "name");
      return reader.string_or_null(field, group.name);
    }
    return true;
  });
  return read && check_id(reader, group.id);
}

/// What a user must have, beside its id.
struct UserFields {
  bool status = false;
  bool is_owner = false;
  bool groups = false;
};

bool read_user_field(AnswerReader& reader, RawKey name, Value& value, UserPage& page, UserPage::User& user,
                     UserFields& seen) {
  if (name.unsafe_is_equal("email")) {
    const Step step(reader, "email");
    return reader.string_or_null(value, user.email);
  }
  if (name.unsafe_is_equal("status")) {
    const Step step(reader, "status");
    seen.status = true;
    return reader.string(value, user.status);
  }
  if (name.unsafe_is_equal("isOwner")) {
    const Step step(reader, "isOwner");
    seen.is_owner = true;
    return reader.boolean(value, user.is_owner);
  }
  if (name.unsafe_is_equal("groups")) {
    const Step step(reader, "groups");
    if (std::exchange(seen.groups, true)) return reader.fault_here("comes twice");
    return reader.array(value, [&](Value& group) {
      ++user.group_count;
      return read_group_mention(reader, group, page.groups.emplace_back());
    });
  }
  return true;
}

bool read_user(AnswerReader& reader, Value& value, UserPage& page) {
  RowKey& key = page.keys.emplace_back();
  UserPage::User& user = page.users.emplace_back();
  user.first_group = static_cast<std::uint32_t>(page.groups.size());
  UserFields seen;
  const bool read = reader.object(value, [&](RawKey name, Value& field) {
    if (const auto done = read_key_field(reader, name, field, key)) return *done;
    return read_user_field(reader, name, field, page, user, seen);
  });
  if (!read || !check_id(reader, key.id)) return false;
  if (!seen.status) return reader.is_missing("status");
  if (!seen.is_owner) return reader.is_missing("isOwner");
  return seen.groups || reader.is_missing("groups");
}

/// A role that makes its group's members administrators (API reference, "How the product
/// behaves"). The type's spelling is the documented one.
bool read_role(AnswerReader& reader, Value& value, bool& privileged) {
  bool has_type = false;
  const bool read = reader.object(value, [&](RawKey name, Value& field) {
    if (!name.unsafe_is_equal("type")) return true;
    const Step step(reader, "type");
    has_type = true;
    std::string_view type;
    if (!reader.string(field, type)) return false;
    privileged = privileged || type == "ADMIN" || type == "OWNER";
    return true;
  });
  return read && (has_type || reader.is_missing("type"));
}

struct GroupFields {
  bool name = false;
  bool roles = false;
};

bool read_group_field(AnswerReader& reader, RawKey name, Value& value, GroupPage::Group& group, GroupFields& seen) {
  if (name.unsafe_is_equal("name")) {
    const Step step(reader, "name");
    seen.name = true;
    return reader.string(value, group.name);
  }
  if (name.unsafe_is_equal("roles")) {
    const Step step(reader, "roles");
    seen.roles = true;
    return reader.array(value, [&](Value& role) { return read_role(reader, role, group.privileged); });
  }
  if (name.unsafe_is_equal("isSamlDefaultGroup")) {
    const Step step(reader, "isSamlDefaultGroup");
    bool is_default = false;
    if (!AnswerReader::is_null(value) && !reader.boolean(value, is_default)) return false;
    group.identity_managed = group.identity_managed || is_default;
    return true;
  }
  if (name.unsafe_is_equal("idpMapping")) {
    const Step step(reader, "idpMapping");
    return AnswerReader::is_null(value) || reader.array(value, [&](Value&) {
      group.identity_managed = true;
      return true;
    });
  }
  return true;
}

bool read_group(AnswerReader& reader, Value& value, GroupPage& page) {
  RowKey& key = page.keys.emplace_back();
  GroupPage::Group& group = page.groups.emplace_back();
  GroupFields seen;
  const bool read = reader.object(value, [&](RawKey name, Value& field) {
    if (const auto done = read_key_field(reader, name, field, key)) return *done;
    return read_group_field(reader, name, field, group, seen);
  });
  if (!read || !check_id(reader, key.id)) return false;
  if (!seen.name) return reader.is_missing("name");
  return seen.roles || reader.is_missing("roles");
}

}  // namespace

struct PageDecoder::State {
  AnswerReader reader;
  UserPage users;
  GroupPage groups;
};

PageDecoder::PageDecoder() : state_(std::make_unique<State>()) {}
PageDecoder::~PageDecoder() = default;

Result<const UserPage*> PageDecoder::users(std::string& body) {
  UserPage& page = state_->users;
  page.keys.clear();
  page.users.clear();
  page.groups.clear();
  AnswerReader& reader = state_->reader;
  const bool read = read_page(reader, body, page.facts, [&](Value& row) { return read_user(reader, row, page); });
  if (!read) return tl::unexpected(reader.error());
  return &page;
}

Result<const GroupPage*> PageDecoder::groups(std::string& body) {
  GroupPage& page = state_->groups;
  page.keys.clear();
  page.groups.clear();
  AnswerReader& reader = state_->reader;
  const bool read = read_page(reader, body, page.facts, [&](Value& row) { return read_group(reader, row, page); });
  if (!read) return tl::unexpected(reader.error());
  return &page;
}

}  // namespace cipherform
