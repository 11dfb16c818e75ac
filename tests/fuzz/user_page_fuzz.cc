// A page of users: decoded completely and as an independent reader sees it, or refused.
#include <string>

#include "cipherform/error.h"
#include "fuzz/json_reading.h"
#include "fuzz/property.h"
#include "tenant/decode.h"

namespace {

using namespace cipherform;
using fuzz::require;

void check_columns(const UserPage& page) {
  require(page.keys.size() == page.users.size(), "every user has a key");
  std::size_t groups = 0;
  for (const UserPage::User& user : page.users) {
    require(user.first_group == groups, "the users' groups follow one another");
    groups += user.group_count;
    fuzz::touch(user.email);
    fuzz::touch(user.status);
  }
  require(groups == page.groups.size(), "every group is some user's");
  for (const RowKey& key : page.keys) {
    require(!key.id.empty(), "every user has an id");
    fuzz::touch(key.id);
    fuzz::touch(key.created_at);
    fuzz::touch(key.updated_at);
  }
  for (const GroupMention& group : page.groups) {
    require(!group.id.empty(), "every group has an id");
    fuzz::touch(group.id);
    fuzz::touch(group.name);
  }
}

void compare(const UserPage& page, simdjson::dom::element root) {
  std::size_t user = 0;
  std::size_t group = 0;
  for (const simdjson::dom::element row : fuzz::array_member(root, "data")) {
    require(user < page.users.size(), "no user is left out");
    require(page.keys[user].id == fuzz::text_member(row, "id"), "the id is the user's");
    require(page.users[user].email == fuzz::text_member(row, "email"), "the email is the user's");
    for (const simdjson::dom::element each : fuzz::array_member(row, "groups")) {
      require(group < page.groups.size(), "no group is left out");
      require(page.groups[group++].id == fuzz::text_member(each, "id"), "the group is the user's");
    }
    ++user;
  }
  require(user == page.users.size() && group == page.groups.size(), "nothing is made up");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static PageDecoder used;  // by every input before: what it remembers must not matter
  PageDecoder fresh;
  std::string body(fuzz::text_of(data, size));
  std::string again = body;
  const auto page = used.users(body);
  const auto same = fresh.users(again);
  require(page.has_value() == same.has_value(), "a used decoder judges like a fresh one");
  if (!page) {
    require(page.error().kind == ErrorKind::answer && !page.error().what.empty(), "a refusal says why");
    require(page.error().what == same.error().what, "a used decoder says the same as a fresh one");
    return 0;
  }
  check_columns(**page);
  require((*page)->groups.size() == (*same)->groups.size() && (*page)->facts.total == (*same)->facts.total &&
              (*page)->facts.has_next == (*same)->facts.has_next,
          "a used decoder reads what a fresh one reads");
  if (const fuzz::JsonTree tree(fuzz::text_of(data, size)); tree.usable()) compare(**page, tree.root());
  return 0;
}
