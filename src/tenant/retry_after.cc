// Retry-After: seconds, or one of the three forms of an HTTP-date (RFC 9110, 5.6.7 and
// 10.2.3). Read strictly: what is none of them is as good as no header. One thing more is
// read: decimals, which some limiters send. Who asks for "2.5" is not to be asked before.
#include <algorithm>
#include <array>
#include <charconv>

#include "cipherform/tenant.h"
#include "tenant/retry.h"

namespace cipherform {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// More than anybody waits; keeps the arithmetic far from its limits.
constexpr seconds kMost{std::chrono::hours{24 * 366}};

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Takes the parts of a date off the front of a text; once something does not fit,
/// nothing does.
class DateText {
 public:
  explicit DateText(std::string_view text) : rest_(text) {}

  bool take(std::string_view text) {
    fits_ = fits_ && rest_.starts_with(text);
    if (fits_) rest_.remove_prefix(text.size());
    return fits_;
  }

  template <std::size_t N>
  bool take_one_of(const std::array<std::string_view, N>& names, unsigned& index) {
    const auto found = std::ranges::find_if(names, [&](std::string_view name) { return rest_.starts_with(name); });
    fits_ = fits_ && found != names.end();
    if (!fits_) return false;
    index = static_cast<unsigned>(found - names.begin());
    rest_.remove_prefix(found->size());
    return true;
  }

  bool take_number(std::size_t digits, int& value) {
    fits_ = fits_ && rest_.size() >= digits &&
            std::all_of(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(digits),
                        [](char c) { return c >= '0' && c <= '9'; });
    if (!fits_) return false;
    std::from_chars(rest_.data(), rest_.data() + digits, value);
    rest_.remove_prefix(digits);
    return true;
  }

  bool ended() const { return fits_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool fits_ = true;
};

struct DateParts {
  int year = 0;
  unsigned month = 0;  // 0: January
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

bool take_time(DateText& text, DateParts& parts) {
  return text.take_number(2, parts.hour) && text.take(":") && text.take_number(2, parts.minute) && text.take(":") &&
         text.take_number(2, parts.second);
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<DateParts> imf_fixdate(std::string_view value) {
  DateText text(value);
  DateParts parts;
  unsigned weekday = 0;
  const bool fits = text.take_one_of(kDays, weekday) && text.take(", ") && text.take_number(2, parts.day) &&
                    text.take(" ") && text.take_one_of(kMonths, parts.month) && text.take(" ") &&
                    text.take_number(4, parts.year) && text.take(" ") && take_time(text, parts) && text.take(" GMT") &&
                    text.ended();
  return fits ? std::optional(parts) : std::nullopt;
}

/// "Sunday, 06-Nov-94 08:49:37 GMT"; a year more than 50 years ahead is of the century before.
std::optional<DateParts> rfc850_date(std::string_view value, Time now) {
  DateText text(value);
  DateParts parts;
  unsigned weekday = 0;
  const bool fits = text.take_one_of(kLongDays, weekday) && text.take(", ") && text.take_number(2, parts.day) &&
                    text.take("-") && text.take_one_of(kMonths, parts.month) && text.take("-") &&
                    text.take_number(2, parts.year) && text.take(" ") && take_time(text, parts) && text.take(" GMT") &&
                    text.ended();
  if (!fits) return std::nullopt;
  const int this_year{std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(now)}.year()};
  parts.year += this_year - this_year % 100;
  if (parts.year > this_year + 50) parts.year -= 100;
  return parts;
}

/// "Sun Nov  6 08:49:37 1994"
std::optional<DateParts> asctime_date(std::string_view value) {
  DateText text(value);
  DateParts parts;
  unsigned weekday = 0;
  if (!text.take_one_of(kDays, weekday) || !text.take(" ") || !text.take_one_of(kMonths, parts.month)) return {};
  constexpr std::size_t day_at = 8;  // behind "Sun Nov "
  const bool padded = value.size() > day_at && value[day_at] == ' ';
  const bool fits = text.take(padded ? "  " : " ") && text.take_number(padded ? 1 : 2, parts.day) && text.take(" ") &&
                    take_time(text, parts) && text.take(" ") && text.take_number(4, parts.year) && text.ended();
  return fits ? std::optional(parts) : std::nullopt;
}

std::optional<Time> time_of(const DateParts& parts) {
  const std::chrono::year_month_day date{std::chrono::year{parts.year}, std::chrono::month{parts.month + 1},
                                         std::chrono::day{static_cast<unsigned>(parts.day)}};
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 60) return std::nullopt;
  return Time{std::chrono::sys_days{date}} + hours{parts.hour} + minutes{parts.minute} + seconds{parts.second};
}

std::optional<milliseconds> delta_seconds(std::string_view value) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
  const std::string_view rest = value.substr(static_cast<std::size_t>(end - value.data()));
  const bool has_decimals = rest.size() > 1 && rest.front() == '.' &&
                            std::ranges::all_of(rest.substr(1), [](char c) { return c >= '0' && c <= '9'; });
  if (!rest.empty() && !has_decimals) return std::nullopt;
  if (error == std::errc::result_out_of_range) return kMost;
  milliseconds wait = seconds{std::min(count, kMost.count())};
  milliseconds::rep place = 100;
  for (const char digit : rest.substr(has_decimals ? 1 : 0)) {
    wait += milliseconds{place > 0 ? place * (digit - '0') : (digit > '0' ? 1 : 0)};
    if (place == 0 && digit > '0') break;  // rounded up, once
    place /= 10;
  }
  return std::min<milliseconds>(wait, kMost);
}

}  // namespace

std::optional<Time> parse_http_date(std::string_view value, Time now) {
  auto parts = imf_fixdate(value);
  if (!parts) parts = rfc850_date(value, now);
  if (!parts) parts = asctime_date(value);
  return parts ? time_of(*parts) : std::nullopt;
}

std::optional<milliseconds> parse_retry_after(std::string_view value, Time now) {
  const auto first = value.find_first_not_of(" \t");
  if (first == std::string_view::npos) return std::nullopt;
  value = value.substr(first, value.find_last_not_of(" \t") - first + 1);
  if (value.front() >= '0' && value.front() <= '9') return delta_seconds(value);
  const auto time = parse_http_date(value, now);
  if (!time) return std::nullopt;
  return std::clamp<milliseconds>(*time - now, milliseconds{0}, kMost);
}

}  // namespace cipherform
