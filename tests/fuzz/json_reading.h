// An independent reader of the API's answers: the whole document as a tree, where ours
// goes through it once. Both must see the same in what they both accept.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace cipherform::fuzz {

class JsonTree {
 public:
  /// Nothing to compare where the text is not JSON as a whole (ours steps over what it does
  /// not need), or has escapes (ours compares keys as they are written).
  explicit JsonTree(std::string_view text) {
    usable_ = text.find('\\') == std::string_view::npos &&
              parser_.parse(text.data(), text.size()).get(root_) == simdjson::SUCCESS;
  }
  bool usable() const { return usable_; }
  simdjson::dom::element root() const { return root_; }

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
  bool usable_ = false;
};

/// The last member of that name, which is the one that counts.
inline std::optional<simdjson::dom::element> member(simdjson::dom::element of, std::string_view name) {
  std::optional<simdjson::dom::element> found;
  simdjson::dom::object object;
  if (of.get(object) != simdjson::SUCCESS) return found;
  for (const auto field : object) {
    if (field.key == name) found = field.value;
  }
  return found;
}

/// The text of a member; empty where there is none, or it is no text.
inline std::string_view text_member(simdjson::dom::element of, std::string_view name) {
  std::string_view text;
  if (const auto found = member(of, name)) {
    if (found->get(text) != simdjson::SUCCESS) return {};
  }
  return text;
}

/// The elements of an array member; empty where it is none.
inline simdjson::dom::array array_member(simdjson::dom::element of, std::string_view name) {
  simdjson::dom::array array;
  if (const auto found = member(of, name)) {
    if (found->get(array) != simdjson::SUCCESS) return {};
  }
  return array;
}

}  // namespace cipherform::fuzz
