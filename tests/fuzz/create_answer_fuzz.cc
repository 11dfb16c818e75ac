// The answer to a create: users with what is needed to send for them again, or a refusal.
#include <string>

#include "cipherform/tenant.h"
#include "fuzz/json_reading.h"
#include "fuzz/property.h"

namespace {

using namespace cipherform;
using fuzz::require;
using simdjson::dom::element;

bool is_array(element value) { return value.type() == simdjson::dom::element_type::ARRAY; }

/// Without `data`, or with it once: what else there is does not make a user.
void compare(const std::vector<CreatedUser>& users, element root) {
  const element rows = fuzz::member(root, "data").value_or(root);
  if (!is_array(rows)) {
    require(users.size() == 1, "an object is one user");
    require(users.front().id == fuzz::text_member(rows, "id"), "the id is the user's");
    return;
  }
  std::size_t at = 0;
  for (const element row : simdjson::dom::array(rows)) {
    require(at < users.size(), "no user is left out");
    require(users[at].id == fuzz::text_member(row, "id"), "the id is the user's");
    require(users[at].email == fuzz::text_member(row, "email"), "the email is the user's");
    ++at;
  }
  require(at == users.size(), "nobody is made up");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body = fuzz::text_of(data, size);
  const auto users = decode_created_users(body);
  if (!users) {
    require(users.error().kind == ErrorKind::answer && !users.error().what.empty(), "a refusal says why");
    return 0;
  }
  for (const CreatedUser& user : *users) {
    require(!user.id.empty(), "every user has an id: it goes into a path");
    for (const std::string& group : user.group_ids) require(!group.empty(), "every group has an id");
  }
  if (const fuzz::JsonTree tree(body); tree.usable()) compare(*users, tree.root());
  return 0;
}
