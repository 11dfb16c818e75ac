// Typed access to the members of a JSON document. The first thing wrong is kept with its
// path, and reading goes on over defaults, which nobody sees: that keeps reading code a
// plain list of fields.
#pragma once

#include <fmt/format.h>
#include <simdjson.h>

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cipherform/plan.h"
#include "plan/words.h"

namespace cipherform::plan {

/// Knows where in the document it is, and the first thing that is wrong.
class JsonReader {
 public:
  bool failed() const { return error_.has_value(); }
  Error error() && { return std::move(*error_); }

  /// `key` is about a member of where the reader is; empty: where it is itself.
  void fail(std::string_view key, std::string what) {
    if (!failed()) {
      error_ = {ErrorKind::plan, std::move(what), path_to(key), "nothing was changed; make a new plan", false};
    }
  }

  /// A member that must be there.
  template <class Type>
  Type get(const simdjson::dom::object& in, std::string_view key, std::string_view type_name) {
    Type value{};
    const auto error = in.at_key(key).get(value);
    if (error == simdjson::NO_SUCH_FIELD) {
      fail(key, fmt::format("{} is missing", type_name));
    } else if (error != simdjson::SUCCESS) {
      fail(key, fmt::format("this is not {}", type_name));
    }
    return value;
  }
  static bool has(const simdjson::dom::object& in, std::string_view key) {
    return in.at_key(key).error() == simdjson::SUCCESS;
  }

  std::string text(const simdjson::dom::object& in, std::string_view key) {
    return std::string{get<std::string_view>(in, key, "a string")};
  }
  std::string optional_text(const simdjson::dom::object& in, std::string_view key) {
    return has(in, key) ? text(in, key) : "";
  }
  bool flag(const simdjson::dom::object& in, std::string_view key) { return get<bool>(in, key, "true or false"); }
  std::uint32_t number(const simdjson::dom::object& in, std::string_view key) {
    const auto value = get<std::uint64_t>(in, key, "a whole number");
    if (value > std::numeric_limits<std::uint32_t>::max()) fail(key, fmt::format("{} is too large", value));
    return static_cast<std::uint32_t>(value);
  }
  Time time(const simdjson::dom::object& in, std::string_view key) {
    const std::optional<Time> time = parse_rfc3339(get<std::string_view>(in, key, "a string"));
    if (!time) fail(key, "this is not an RFC 3339 time");
    return time.value_or(Time{});
  }
  std::optional<Time> optional_time(const simdjson::dom::object& in, std::string_view key) {
    if (!has(in, key)) return std::nullopt;
    return time(in, key);
  }
  template <class Enum>
  Enum one_of(const simdjson::dom::object& in, std::string_view key) {
    const auto text = get<std::string_view>(in, key, "a string");
    const auto value = from_word<Enum>(text);
    if (!value) fail(key, fmt::format("'{}' is not known", text));
    return value.value_or(Enum{});
  }
  void expect(const simdjson::dom::object& in, std::string_view key, std::string_view text) {
    const auto found = get<std::string_view>(in, key, "a string");
    if (found != text) fail(key, fmt::format("'{}' does not fit the change, which makes it '{}'", found, text));
  }
  void expect_null(const simdjson::dom::object& in, std::string_view key) {
    const auto value = get<simdjson::dom::element>(in, key, "null");
    if (!failed() && !value.is_null()) fail(key, "this is not null");
  }

  std::vector<std::string_view> texts(const simdjson::dom::object& in, std::string_view key) {
    std::vector<std::string_view> values;
    const auto elements = get<simdjson::dom::array>(in, key, "an array");
    if (failed()) return values;
    for (const simdjson::dom::element each : elements) {
      std::string_view value;
      if (each.get(value) != simdjson::SUCCESS) fail(key, "this is not an array of strings");
      values.push_back(value);
    }
    return values;
  }

  template <class Read>
  auto within(const simdjson::dom::object& in, std::string_view key, Read read) {
    const auto inner = get<simdjson::dom::object>(in, key, "an object");
    path_.push_back({key, std::nullopt});
    auto value = failed() ? decltype(read(inner)){} : read(inner);
    path_.pop_back();
    return value;
  }
  /// Reads the objects of an array; stops at the first that is wrong.
  template <class Read>
  auto each(const simdjson::dom::object& in, std::string_view key, Read read) {
    std::vector<decltype(read(std::declval<const simdjson::dom::object&>()))> values;
    const auto elements = get<simdjson::dom::array>(in, key, "an array");
    if (failed()) return values;
    values.reserve(elements.size());
    path_.push_back({key, 0});
    for (const simdjson::dom::element each : elements) {
      simdjson::dom::object inner;
      if (each.get(inner) != simdjson::SUCCESS) fail({}, "this is not an object");
      if (failed()) break;
      values.push_back(read(inner));
      ++*path_.back().index;
    }
    path_.pop_back();
    return values;
  }

 private:
  struct Segment {
    std::string_view key;
    std::optional<std::size_t> index;
  };

  std::string path_to(std::string_view key) const {
    std::string path;
    const auto append = [&path](std::string_view name) {
      if (!path.empty()) path += '.';
      path += name;
    };
    for (const Segment& segment : path_) {
      append(segment.key);
      if (segment.index) path += fmt::format("[{}]", *segment.index);
    }
    if (!key.empty()) append(key);
    return path;
  }

  std::vector<Segment> path_;
  std::optional<Error> error_;
};

}  // namespace cipherform::plan
