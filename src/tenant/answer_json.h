// Reading an answer's JSON field by field, remembering where we are, so that an error can
// name the path: "data[3].groups[0].id is a number, not a string". The only file of this
// module that includes simdjson; it is included by the decoders only.
//
// On-Demand reads forwards and validates only what it is asked for: an object's fields
// are taken in the order in which they come, unknown ones are stepped over. Functions
// return false after a fault, which is kept; nothing may be read after it.
#pragma once

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cipherform/error.h"

namespace cipherform::json {

using simdjson::ondemand::json_type;
using Value = simdjson::ondemand::value;
using RawKey = simdjson::ondemand::raw_json_string;

class AnswerReader {
 public:
  /// Keeps the path in step while something inside a field or an element is read.
  class Step {
   public:
    Step(AnswerReader& reader, std::string_view field) : reader_(reader) { reader_.push({field, 0}); }
    Step(AnswerReader& reader, std::size_t element) : reader_(reader) { reader_.push({{}, element}); }
    ~Step() { --reader_.depth_; }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    AnswerReader& reader_;
  };

  /// Starts reading `body`, which is padded for it. False: it is no JSON object or array.
  bool open(std::string& body);
  bool is_array() const { return is_array_; }
  /// The whole answer, where it is an object: `on_field(RawKey, Value&) -> bool`.
  template <class OnField>
  bool root_object(OnField on_field);
  /// The whole answer, where it is an array: `on_element(Value&) -> bool`.
  template <class OnElement>
  bool root_array(OnElement on_element);

  template <class OnField>
  bool object(Value& value, OnField on_field);
  template <class OnElement>
  bool array(Value& value, OnElement on_element);

  /// A string that must be there, whatever it says.
  bool string(Value& value, std::string_view& out);
  /// A string, or null, which is read as empty.
  bool string_or_null(Value& value, std::string_view& out);
  bool boolean(Value& value, bool& out);
  /// A count, where it is one: "12" and 12.0 pass, all else reads as not given.
  static std::optional<std::uint64_t> lenient_count(Value& value);
  static std::optional<bool> lenient_boolean(Value& value);
  static bool is_null(Value& value);

  bool is_missing(std::string_view field);
  /// Faults what is read now, by its path: fault_here("is empty"); always false.
  bool fault_here(std::string_view problem);
  /// Records a fault; always false.
  bool fault(std::string problem);
  Error error() const;

 private:
  struct Segment {
    std::string_view field;  ///< empty: an element
    std::size_t element;
  };

  void push(Segment segment) {
    if (depth_ < kDeepest) path_[depth_] = segment;
    ++depth_;
  }
  bool broken(simdjson::error_code code);
  bool wrong_type(Value& value, std::string_view expected, simdjson::error_code code);
  bool at_end();
  std::string path() const;
  template <class OnField>
  bool fields(simdjson::simdjson_result<simdjson::ondemand::object> object, OnField& on_field);
  template <class OnElement>
  bool elements(simdjson::simdjson_result<simdjson::ondemand::array> array, OnElement& on_element);

  simdjson::ondemand::parser parser_;
  simdjson::ondemand::document document_;
  bool is_array_ = false;
  static constexpr std::size_t kDeepest = 8;  ///< of what we rely on; below it nothing is read
  std::array<Segment, kDeepest> path_{};
  std::size_t depth_ = 0;
  std::string fault_;
  std::string hint_;
};

template <class OnField>
bool AnswerReader::fields(simdjson::simdjson_result<simdjson::ondemand::object> object, OnField& on_field) {
  for (auto field : object) {
    simdjson::ondemand::field good;
    if (const auto code = std::move(field).get(good); code != simdjson::SUCCESS) return broken(code);
    if (!on_field(good.key(), good.value())) return false;
  }
  return true;
}

template <class OnElement>
bool AnswerReader::elements(simdjson::simdjson_result<simdjson::ondemand::array> array, OnElement& on_element) {
  std::size_t index = 0;
  for (auto element : array) {
    const Step step(*this, index++);
    if (element.error() != simdjson::SUCCESS) return broken(element.error());
    Value good = element.value_unsafe();
    if (!on_element(good)) return false;
  }
  return true;
}

template <class OnField>
bool AnswerReader::root_object(OnField on_field) {
  auto object = document_.get_object();
  if (object.error() != simdjson::SUCCESS) return broken(object.error());
  return fields(object, on_field) && at_end();
}

template <class OnElement>
bool AnswerReader::root_array(OnElement on_element) {
  auto array = document_.get_array();
  if (array.error() != simdjson::SUCCESS) return broken(array.error());
  return elements(array, on_element) && at_end();
}

template <class OnField>
bool AnswerReader::object(Value& value, OnField on_field) {
  auto object = value.get_object();
  if (object.error() != simdjson::SUCCESS) return wrong_type(value, "an object", object.error());
  return fields(object, on_field);
}

template <class OnElement>
bool AnswerReader::array(Value& value, OnElement on_element) {
  auto array = value.get_array();
  if (array.error() != simdjson::SUCCESS) return wrong_type(value, "an array", array.error());
  return elements(array, on_element);
}

}  // namespace cipherform::json
