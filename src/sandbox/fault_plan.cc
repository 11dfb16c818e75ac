// Strict on purpose: a fault that is misspelled and therefore never happens would make a
// test pass that proves nothing.
#include "sandbox/fault_plan.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "sandbox/wire_http.h"

namespace cipherform::sandbox {
namespace {

using simdjson::dom::element;

constexpr std::uint64_t kLongest = 600'000;  ///< ms
constexpr std::uint64_t kMostTimes = 1'000'000'000;
constexpr std::array<std::string_view, 8> kOperations{"list_users", "create",      "get_user",  "add",
                                                      "remove",     "list_groups", "get_group", "other"};

tl::unexpected<Error> wrong(std::string what, const std::string& where, std::string hint = {}) {
  return tl::unexpected(Error{ErrorKind::usage, std::move(what), where, std::move(hint)});
}

std::string child(const std::string& where, std::string_view key) {
  return where.empty() ? std::string(key) : fmt::format("{}.{}", where, key);
}

/// The fields of one object. Each is read once, by name; finish() refuses what is left.
class Fields {
 public:
  static Result<Fields> of(element value, std::string where) {
    Fields fields(std::move(where));
    simdjson::dom::object object;
    if (value.get(object)) return wrong("an object is expected", fields.where_);
    for (const auto& [key, field] : object) {
      const bool twice = std::ranges::find(fields.left_, key, &Field::first) != fields.left_.end();
      if (twice) return wrong("the key is there twice", child(fields.where_, key));
      fields.left_.emplace_back(key, field);
    }
    return fields;
  }

  std::optional<element> take(std::string_view key) {
    const auto found = std::ranges::find(left_, key, &Field::first);
    if (found == left_.end()) return std::nullopt;
    const element value = found->second;
    left_.erase(found);
    return value;
  }

  template <class Number>
  void number(std::string_view key, Number least, Number most, Number& value) {
    const auto field = take(key);
    if (!field) return;
    Number read{};
    if (field->get(read) || !(read >= least && read <= most)) {
      fail(key, fmt::format("a number from {} to {} is expected", least, most));
      return;
    }
    value = read;
  }

  void milliseconds(std::string_view key, std::chrono::milliseconds& value) {
    std::uint64_t count = 0;
    number<std::uint64_t>(key, 0, kLongest, count);
    if (count > 0) value = std::chrono::milliseconds{count};
  }

  void truth(std::string_view key, bool& value) {
    const auto field = take(key);
    if (field && field->get(value)) fail(key, "true or false is expected");
  }

  void text(std::string_view key, std::string& value) {
    const auto field = take(key);
    if (!field) return;
    std::string_view read;
    if (field->get(read)) {
      fail(key, "a string is expected");
      return;
    }
    value = read;
  }

  /// One of `words`, by position an enumerator of `Enum`.
  template <class Enum, std::size_t N>
  void word(std::string_view key, const std::array<std::string_view, N>& words, Enum& value) {
    std::string read;
    text(key, read);
    if (read.empty()) return;
    const auto found = std::ranges::find(words, read);
    if (found == words.end()) {
      fail(key, fmt::format("'{}' is none of {}", read, fmt::join(words.begin() + 1, words.end(), ", ")));
      return;
    }
    value = static_cast<Enum>(found - words.begin());
  }

  void fail(std::string_view key, std::string what, std::string hint = {}) {
    if (!failure_) failure_ = Error{ErrorKind::usage, std::move(what), child(where_, key), std::move(hint)};
  }
  void fail(Error failure) {
    if (!failure_) failure_ = std::move(failure);
  }

  const std::string& where() const { return where_; }

  Result<void> finish() {
    if (failure_) return tl::unexpected(*failure_);
    if (!left_.empty())
      return wrong("this key is not known", child(where_, left_.front().first), "see docs/sandbox.md");
    return {};
  }

 private:
  using Field = std::pair<std::string_view, element>;
  explicit Fields(std::string where) : where_(std::move(where)) {}

  std::string where_;
  std::vector<Field> left_;
  std::optional<Error> failure_;
};

void read_operations(Fields& fields, FaultRule& rule) {
  const auto value = fields.take("operation");
  if (!value) return;
  std::vector<element> items{*value};
  if (simdjson::dom::array array; !value->get(array)) items.assign(array.begin(), array.end());
  for (const element item : items) {
    std::string_view word;
    if (item.get(word) || std::ranges::find(kOperations, word) == kOperations.end()) {
      fields.fail("operation", fmt::format("one or several of {} are expected", fmt::join(kOperations, ", ")));
      return;
    }
    rule.operations.emplace_back(word);
  }
}

Result<void> read_match(element value, const std::string& where, FaultRule& rule) {
  auto fields = Fields::of(value, where);
  if (!fields) return tl::unexpected(fields.error());
  fields->text("method", rule.method);
  read_operations(*fields, rule);
  fields->number<std::uint64_t>("nth", 1, kMostTimes, rule.nth);
  fields->number<std::uint64_t>("every", 1, kMostTimes, rule.every);
  fields->number<double>("probability", 0, 1, rule.probability);
  std::uint64_t times = kMostTimes;
  fields->number<std::uint64_t>("times", 1, kMostTimes, times);
  if (times < kMostTimes) rule.times = times;
  return fields->finish();
}

/// {"Name": "value", …}
void read_headers(Fields& fields, Fault& fault) {
  const auto value = fields.take("headers");
  if (!value) return;
  auto headers = Fields::of(*value, child(fields.where(), "headers"));
  if (!headers) {
    fields.fail(headers.error());
    return;
  }
  const simdjson::dom::object object = value->get_object().value_unsafe();
  for (const auto& [name, content] : object) {
    std::string text;
    headers->text(name, text);
    if (!is_header_name(name) || !is_header_value(text)) headers->fail(name, "this cannot be a header");
    if (name == "Content-Length" || name == "Transfer-Encoding") {
      headers->fail(name, "the sandbox writes this header by itself", "content_length makes it wrong");
    }
    fault.headers.emplace_back(name, std::move(text));
  }
  if (auto finished = headers->finish(); !finished) fields.fail(finished.error());
}

/// A string stands for itself, anything else for its JSON.
void read_body(Fields& fields, Fault& fault) {
  const auto value = fields.take("body");
  if (!value) return;
  std::string_view text;
  fault.body = value->get(text) ? simdjson::minify(*value) : std::string(text);
}

void read_answer(Fields& fields, Fault& fault) {
  std::uint64_t status = 0;
  fields.number<std::uint64_t>("status", 200, 599, status);
  if (status != 0) fault.status = static_cast<unsigned>(status);
  std::uint64_t interim = 0;
  fields.number<std::uint64_t>("interim", 100, 199, interim);
  if (interim != 0) fault.interim = static_cast<unsigned>(interim);
  read_body(fields, fault);
  read_headers(fields, fault);
  constexpr std::uint64_t none = kMostTimes;
  std::uint64_t retry_after = none;
  fields.number<std::uint64_t>("retry_after", 0, 86'400, retry_after);
  if (retry_after != none) fault.retry_after = std::chrono::seconds{retry_after};
  fields.truth("retry_after_as_date", fault.retry_after_as_date);
  static constexpr std::array<std::string_view, 6> shapes{"as_it_is", "bare", "wrapped", "reversed", "first", "ids"};
  fields.word("shape", shapes, fault.shape);
  fields.truth("html", fault.html);
}

void read_delivery(Fields& fields, Fault& fault) {
  fields.milliseconds("answer_after_ms", fault.answer_after);
  static constexpr std::array<std::string_view, 4> cuts{"nowhere", "before", "in_head", "in_body"};
  fields.word("close", cuts, fault.cut);
  fields.truth("reset", fault.reset);
  fields.truth("hang", fault.hang);
  static constexpr std::array<std::string_view, 4> lengths{"right", "longer", "shorter", "malformed"};
  fields.word("content_length", lengths, fault.length);
  fields.milliseconds("drip_ms", fault.drip);
}

Result<void> read_fault(element value, const std::string& where, Fault& fault) {
  auto fields = Fields::of(value, where);
  if (!fields) return tl::unexpected(fields.error());
  read_answer(*fields, fault);
  read_delivery(*fields, fault);
  fields->milliseconds("execute_after_ms", fault.execute_after);
  constexpr std::uint64_t all = 100;  // no create has more
  std::uint64_t only_first = all;
  fields->number<std::uint64_t>("execute_only_first", 0, all, only_first);
  if (only_first < all) fault.only_first = only_first;
  // An answer that the plan gives is most often a refusal.
  const bool executes = !fault.status || fault.execute_after.count() > 0 || fault.only_first;
  fault.execute = executes;
  fields->truth("execute", fault.execute);
  if (!fault.execute && (fault.execute_after.count() > 0 || fault.only_first)) {
    fields->fail("execute", "is false, although another key says how to execute");
  }
  if (!fault.execute && !fault.answers_without_executing()) {
    fields->fail("execute", "is false, but nothing says what to answer", "add status, hang, or close: before");
  }
  if (fault.reset && fault.cut == Cut::nowhere) fields->fail("reset", "needs close");
  if (fault.retry_after_as_date && !fault.retry_after) fields->fail("retry_after_as_date", "needs retry_after");
  return fields->finish();
}

Result<FaultRule> read_rule(element value, const std::string& where) {
  auto fields = Fields::of(value, where);
  if (!fields) return tl::unexpected(fields.error());
  FaultRule rule;
  if (const auto match = fields->take("match")) {
    if (auto read = read_match(*match, child(where, "match"), rule); !read) return tl::unexpected(read.error());
  }
  const auto fault = fields->take("fault");
  if (!fault) return wrong("the rule has no fault", where);
  if (auto read = read_fault(*fault, child(where, "fault"), rule.fault); !read) return tl::unexpected(read.error());
  if (auto finished = fields->finish(); !finished) return tl::unexpected(finished.error());
  return rule;
}

Result<FaultPlan> read_plan(element root) {
  auto fields = Fields::of(root, {});
  if (!fields) return tl::unexpected(fields.error());
  FaultPlan plan;
  fields->number<std::uint64_t>("seed", 0, kMostTimes, plan.seed);
  simdjson::dom::array rules;
  const auto value = fields->take("rules");
  if (!value || value->get(rules)) return wrong("a fault plan has an array of rules", "rules");
  for (const element item : rules) {
    auto rule = read_rule(item, fmt::format("rules[{}]", plan.rules.size()));
    if (!rule) return tl::unexpected(rule.error());
    plan.rules.push_back(*std::move(rule));
  }
  if (auto finished = fields->finish(); !finished) return tl::unexpected(finished.error());
  return plan;
}

}  // namespace

Result<FaultPlan> parse_fault_plan(std::string_view json) {
  simdjson::dom::parser parser;
  element root;
  if (const auto code = parser.parse(json.data(), json.size()).get(root)) {
    return wrong(fmt::format("this is not JSON: {}", simdjson::error_message(code)), {});
  }
  return read_plan(root);
}

}  // namespace cipherform::sandbox
