// Scalars are typed by YAML 1.2's core schema (10.3.2), not by YAML 1.1: `no` is a string.
#include "config/yaml_tree.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace cipherform::config {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// [0-9]+ | 0o[0-7]+ | 0x[0-9a-fA-F]+, the first with a sign.
bool is_integer(std::string_view text) {
  if (text.size() > 2 && text.starts_with("0x")) return std::all_of(text.begin() + 2, text.end(), is_hex);
  if (text.size() > 2 && text.starts_with("0o")) {
    return std::all_of(text.begin() + 2, text.end(), [](char c) { return c >= '0' && c <= '7'; });
  }
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && count_digits(text) == text.size();
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?, infinities, NaN.
bool is_number(std::string_view text) {
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return true;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (is_one_of(text, {".inf", ".Inf", ".INF"})) return true;
  const std::size_t whole = count_digits(text);
  text.remove_prefix(whole);
  std::size_t fraction = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = count_digits(text);
    text.remove_prefix(fraction);
  }
  if (whole + fraction == 0) return false;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && count_digits(text) == text.size();
}

}  // namespace

ScalarType scalar_type(const Value& scalar) {
  const std::string_view text = scalar.text;
  if (!scalar.plain) return ScalarType::string;
  if (text.empty()) return ScalarType::null;
  const char front = text.front();
  if (is_digit(front) || front == '-' || front == '+' || front == '.') {
    if (is_integer(text)) return ScalarType::integer;
    return is_number(text) ? ScalarType::number : ScalarType::string;
  }
  if (text.size() > 5) return ScalarType::string;
  if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) return ScalarType::boolean;
  if (is_one_of(text, {"null", "Null", "NULL", "~"})) return ScalarType::null;
  return ScalarType::string;
}

std::string_view describe(const Value& node) {
  switch (node.kind) {
    case Value::Kind::invalid:
      return "invalid";
    case Value::Kind::null:
      return "null";
    case Value::Kind::sequence:
      return "a list";
    case Value::Kind::map:
      return "a map";
    case Value::Kind::scalar:
      break;
  }
  switch (scalar_type(node)) {
    case ScalarType::string:
      return "a string";
    case ScalarType::integer:
      return "a number";
    case ScalarType::number:
      return "a decimal number";
    case ScalarType::boolean:
      return "true or false";
    case ScalarType::null:
      break;
  }
  return "null";
}

std::byte* ValueArena::allocate(std::size_t size) {
  size = (size + alignof(Value) - 1) & ~(alignof(Value) - 1);
  if (used_ + size > kChunk) {
    if (!chunks_.empty()) ++chunk_;
    if (chunk_ == chunks_.size()) chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(kChunk));
    used_ = 0;
  }
  std::byte* const place = chunks_[chunk_].get() + used_;
  used_ += size;
  return place;
}

Value* ValueArena::node() { return new (allocate(sizeof(Value))) Value; }

Value* ValueArena::copy(const Value& node) {
  auto* const made = new (allocate(sizeof(Value))) Value(node);
  made->next = nullptr;
  return made;
}

std::string_view ValueArena::store(std::string_view text) {
  if (text.empty()) return {};
  std::byte* const place = allocate(text.size());
  std::memcpy(place, text.data(), text.size());
  return {reinterpret_cast<const char*>(place), text.size()};
}

void ValueArena::rewind(Mark mark) {
  chunk_ = mark.chunk;
  used_ = mark.used;
}

}  // namespace cipherform::config
