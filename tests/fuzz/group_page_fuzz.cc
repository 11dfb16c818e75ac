// A page of groups: decoded completely and as an independent reader sees it, or refused.
#include <string>

#include "cipherform/error.h"
#include "fuzz/json_reading.h"
#include "fuzz/property.h"
#include "tenant/decode.h"

namespace {

using namespace cipherform;
using fuzz::require;

bool makes_administrators(simdjson::dom::element group) {
  for (const simdjson::dom::element role : fuzz::array_member(group, "roles")) {
    const std::string_view type = fuzz::text_member(role, "type");
    if (type == "ADMIN" || type == "OWNER") return true;
  }
  return false;
}

void compare(const GroupPage& page, simdjson::dom::element root) {
  std::size_t group = 0;
  for (const simdjson::dom::element row : fuzz::array_member(root, "data")) {
    require(group < page.groups.size(), "no group is left out");
    require(page.keys[group].id == fuzz::text_member(row, "id"), "the id is the group's");
    require(page.groups[group].name == fuzz::text_member(row, "name"), "the name is the group's");
    require(page.groups[group].privileged || !makes_administrators(row), "a group of administrators is privileged");
    ++group;
  }
  require(group == page.groups.size(), "nothing is made up");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static PageDecoder used;  // by every input before: what it remembers must not matter
  PageDecoder fresh;
  std::string body(fuzz::text_of(data, size));
  std::string again = body;
  const auto page = used.groups(body);
  const auto same = fresh.groups(again);
  require(page.has_value() == same.has_value(), "a used decoder judges like a fresh one");
  if (!page) {
    require(page.error().kind == ErrorKind::answer && !page.error().what.empty(), "a refusal says why");
    require(page.error().what == same.error().what, "a used decoder says the same as a fresh one");
    return 0;
  }
  require((*page)->keys.size() == (*page)->groups.size(), "every group has a key");
  for (const RowKey& key : (*page)->keys) {
    require(!key.id.empty(), "every group has an id");
    fuzz::touch(key.id);
  }
  for (const GroupPage::Group& group : (*page)->groups) fuzz::touch(group.name);
  if (const fuzz::JsonTree tree(fuzz::text_of(data, size)); tree.usable()) compare(**page, tree.root());
  return 0;
}
