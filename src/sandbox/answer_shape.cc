#include "sandbox/answer_shape.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace cipherform::sandbox {
namespace {

using simdjson::dom::element;

/// The items of an answer, and what stands around them.
struct Items {
  std::vector<std::string> texts;
  bool in_array = false;
  std::string before;  ///< up to and with '['
  std::string after;   ///< from ']' on
};

std::string only_id(element item) {
  element id;
  return item["id"].get(id) ? "{}" : fmt::format(R"({{"id":{}}})", simdjson::minify(id));
}

void read_items(element list, bool ids, Items& items) {
  simdjson::dom::array array;
  if (list.get(array)) return;
  items.in_array = true;
  for (const element item : array) items.texts.push_back(ids ? only_id(item) : simdjson::minify(item));
}

/// A bare array, an object with `data`, or one user.
Items items_of(element root, bool ids) {
  Items items;
  element data;
  if (root.is_array()) {
    items.before = "[";
    items.after = "]";
    read_items(root, ids, items);
  } else if (!root["data"].get(data)) {
    items.before = R"({"data":[)";
    items.after = "]";
    simdjson::dom::object object = root.get_object().value_unsafe();
    for (const auto& [key, value] : object) {
      if (key != "data") items.after += fmt::format(R"(,"{}":{})", key, simdjson::minify(value));
    }
    items.after += '}';
    read_items(data, ids, items);
  } else if (root.is_object()) {
    items.texts.push_back(ids ? only_id(root) : simdjson::minify(root));
  }
  return items;
}

}  // namespace

std::string reshaped(std::string body, Shape shape) {
  simdjson::dom::parser parser;
  element root;
  if (shape == Shape::as_it_is || parser.parse(body).get(root)) return body;
  Items items = items_of(root, shape == Shape::ids);
  if (items.texts.empty()) return body;
  const auto joined = [&] { return fmt::format("{}", fmt::join(items.texts, ",")); };
  switch (shape) {
    case Shape::as_it_is:
      break;
    case Shape::bare:
      return '[' + joined() + ']';
    case Shape::wrapped:
      return R"({"data":[)" + joined() + "]}";
    case Shape::reversed:
      std::ranges::reverse(items.texts);
      return items.before + joined() + items.after;
    case Shape::first:
      return items.texts.front();
    case Shape::ids:
      return items.before + joined() + items.after;
  }
  return body;
}

std::string first_users(std::string_view body, std::size_t count) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(body.data(), body.size()).get(root)) return std::string(body);
  Items items = items_of(root, false);
  if (items.texts.size() <= count) return std::string(body);
  if (count == 0) return {};
  items.texts.resize(count);
  return fmt::format("{}{}{}", items.before, fmt::join(items.texts, ","), items.after);
}

}  // namespace cipherform::sandbox
