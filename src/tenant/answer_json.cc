#include "tenant/answer_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

namespace cipherform::json {
namespace {

constexpr std::size_t kShown = 40;

std::string_view name_of(json_type type) {
  switch (type) {
    case json_type::array:
      return "an array";
    case json_type::object:
      return "an object";
    case json_type::number:
      return "a number";
    case json_type::string:
      return "a string";
    case json_type::boolean:
      return "a boolean";
    case json_type::null:
      return "null";
  }
  return "";
}

}  // namespace

bool AnswerReader::open(std::string& body) {
  depth_ = 0;
  fault_.clear();
  hint_.clear();
  const auto start = body.find_first_not_of(" \t\r\n");
  if (start == std::string::npos) return fault("the answer is empty, not JSON");
  is_array_ = body[start] == '[';
  if (!is_array_ && body[start] != '{') {
    hint_ = "check the environment's url: something else than the API may have answered";
    if (body[start] == '<') return fault("the answer is HTML or XML, not JSON");
    return fault(fmt::format("the answer is not JSON: it starts with '{}'", body.substr(start, kShown)));
  }
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  const auto code = parser_.iterate(body).get(document_);
  return code == simdjson::SUCCESS || broken(code);
}

bool AnswerReader::at_end() {
  return document_.current_location().error() == simdjson::OUT_OF_BOUNDS ||
         fault("the answer is malformed JSON: something follows its end");
}

bool AnswerReader::string(Value& value, std::string_view& out) {
  const auto code = value.get_string().get(out);
  return code == simdjson::SUCCESS || wrong_type(value, "a string", code);
}

bool AnswerReader::string_or_null(Value& value, std::string_view& out) {
  out = {};
  return is_null(value) || string(value, out);
}

bool AnswerReader::boolean(Value& value, bool& out) {
  const auto code = value.get_bool().get(out);
  return code == simdjson::SUCCESS || wrong_type(value, "a boolean", code);
}

std::optional<std::uint64_t> AnswerReader::lenient_count(Value& value) {
  json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return std::nullopt;
  if (type == json_type::string) {  // a database's 64-bit count often comes as text
    std::string_view text;
    std::uint64_t count = 0;
    if (value.get_string().get(text) != simdjson::SUCCESS || text.empty()) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(count) : std::nullopt;
  }
  if (type != json_type::number) return std::nullopt;
  std::uint64_t count = 0;
  if (value.get_uint64().get(count) == simdjson::SUCCESS) return count;
  double number = 0;
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (value.get_double().get(number) != simdjson::SUCCESS || !(number >= 0 && number <= kExact)) return std::nullopt;
  return number == std::floor(number) ? std::optional(static_cast<std::uint64_t>(number)) : std::nullopt;
}

std::optional<bool> AnswerReader::lenient_boolean(Value& value) {
  bool out = false;
  return value.get_bool().get(out) == simdjson::SUCCESS ? std::optional(out) : std::nullopt;
}

bool AnswerReader::is_null(Value& value) {
  bool null = false;
  return value.is_null().get(null) == simdjson::SUCCESS && null;
}

bool AnswerReader::is_missing(std::string_view field) {
  const Step step(*this, field);
  return fault_here("is missing");
}

bool AnswerReader::fault_here(std::string_view problem) { return fault(fmt::format("{} {}", path(), problem)); }

bool AnswerReader::fault(std::string problem) {
  if (fault_.empty()) fault_ = std::move(problem);
  return false;
}

Error AnswerReader::error() const { return Error{ErrorKind::answer, fault_, {}, hint_, false}; }

bool AnswerReader::wrong_type(Value& value, std::string_view expected, simdjson::error_code code) {
  json_type type{};
  const bool known = value.type().get(type) == simdjson::SUCCESS;
  if (known && name_of(type) != expected) {
    return fault(fmt::format("{} is {}, not {}", path(), name_of(type), expected));
  }
  if (code == simdjson::STRING_ERROR) {
    return fault(fmt::format("the answer is malformed JSON: the string {} has a broken escape", path()));
  }
  return broken(code);
}

bool AnswerReader::broken(simdjson::error_code code) {
  const std::string at = depth_ == 0 ? std::string() : " at " + path();
  switch (code) {
    case simdjson::UTF8_ERROR:
      return fault("the answer is not JSON: it has bytes that are not UTF-8");
    case simdjson::UNCLOSED_STRING:
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return fault("the answer is not complete JSON: it is cut off" + at);
    case simdjson::UNESCAPED_CHARS:
      return fault("the answer is malformed JSON: a string has a control character");
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
      return fault("the answer is too long to be read as JSON");
    case simdjson::DEPTH_ERROR:
      return fault("the answer is nested too deeply to be read as JSON" + at);
    default:
      return fault("the answer is malformed JSON" + at);
  }
}

std::string AnswerReader::path() const {
  std::string text;
  for (const Segment& segment : std::span(path_).first(std::min(depth_, kDeepest))) {
    if (segment.field.empty()) {
      text += fmt::format("[{}]", segment.element);
    } else {
      if (!text.empty()) text += '.';
      text += segment.field;
    }
  }
  return text.empty() ? "the answer" : text;
}

}  // namespace cipherform::json
