// RFC 3339 in and out. g++ 12 has neither std::chrono::parse nor std::format.
#include <charconv>

#include "cipherform/model.h"

namespace cipherform {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;

/// RFC 3339 writes years in four digits; an offset or a leap second can lead out of them.
constexpr Time kFirst{sys_days{std::chrono::year{0} / 1 / 1}};
constexpr Time kEnd{sys_days{std::chrono::year{10'000} / 1 / 1}};

/// Reads fixed-width fields off the front of a text.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  std::optional<int> digits(std::size_t width) {
    if (rest_.size() < width) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const char c = rest_[i];
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(width);
    return value;
  }

  bool literal(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<sys_days> read_date(Fields& fields) {
  const auto year = fields.digits(4);
  if (!year || !fields.literal("-")) return std::nullopt;
  const auto month = fields.digits(2);
  if (!month || !fields.literal("-")) return std::nullopt;
  const auto day = fields.digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date};
}

/// Digits after the point; what is finer than a millisecond is cut off.
std::optional<milliseconds> read_fraction(Fields& fields) {
  if (!fields.literal(".")) return milliseconds{0};
  int value = 0;
  int scale = 100;
  bool any = false;
  while (const auto digit = fields.digits(1)) {
    value += *digit * scale;
    scale /= 10;
    any = true;
  }
  if (!any) return std::nullopt;
  return milliseconds{value};
}

std::optional<minutes> read_offset(Fields& fields) {
  if (fields.literal("Zz")) return minutes{0};
  const bool negative = fields.peek() == '-';
  if (!fields.literal("+-")) return std::nullopt;
  const auto hour = fields.digits(2);
  if (!hour || *hour > 23 || !fields.literal(":")) return std::nullopt;
  const auto minute = fields.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  const minutes offset = hours{*hour} + minutes{*minute};
  return negative ? -offset : offset;
}

}  // namespace

std::optional<Time> parse_rfc3339(std::string_view text) {
  Fields fields(text);
  const auto date = read_date(fields);
  if (!date || !fields.literal("Tt ")) return std::nullopt;
  const auto hour = fields.digits(2);
  if (!hour || *hour > 23 || !fields.literal(":")) return std::nullopt;
  const auto minute = fields.digits(2);
  if (!minute || *minute > 59 || !fields.literal(":")) return std::nullopt;
  const auto second = fields.digits(2);
  if (!second || *second > 60) return std::nullopt;  // 60: a leap second, taken as the next minute
  const auto fraction = read_fraction(fields);
  if (!fraction) return std::nullopt;
  const auto offset = read_offset(fields);
  if (!offset || !fields.done()) return std::nullopt;
  const Time time = Time{*date} + hours{*hour} + minutes{*minute} + seconds{*second} + *fraction - *offset;
  return time >= kFirst && time < kEnd ? std::optional(time) : std::nullopt;
}

std::optional<Time> parse_until(std::string_view text) {
  Fields fields(text);
  const auto date = read_date(fields);
  if (date && fields.done()) return Time{*date + days{1}} - milliseconds{1};
  return parse_rfc3339(text);
}

std::string format_rfc3339(Time time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  const auto pad = [](auto value, std::size_t width) {
    std::string text = std::to_string(value);
    return std::string(text.size() < width ? width - text.size() : 0, '0') + text;
  };
  std::string text = pad(static_cast<int>(date.year()), 4) + '-' + pad(static_cast<unsigned>(date.month()), 2) + '-' +
                     pad(static_cast<unsigned>(date.day()), 2) + 'T' + pad(clock.hours().count(), 2) + ':' +
                     pad(clock.minutes().count(), 2) + ':' + pad(clock.seconds().count(), 2);
  if (clock.subseconds().count() != 0) text += '.' + pad(clock.subseconds().count(), 3);
  return text + 'Z';
}

}  // namespace cipherform
