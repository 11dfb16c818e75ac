// Retry-After: whatever a server sends, the wait is nothing, or between 0 and a year and a
// day; and what is a date or a number means what it says.
// Input: the clock (8 bytes), a second time (8 bytes), the header's value.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstring>
#include <string>

#include "cipherform/tenant.h"
#include "fuzz/property.h"

namespace {

using namespace cipherform;
using fuzz::require;
using std::chrono::milliseconds;

constexpr milliseconds kMost = std::chrono::hours{24 * 366};
constexpr std::int64_t kYear9999 = 253'402'300'799'000;

/// Between 1970 and 9999: what a clock can say.
Time time_from(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return Time{milliseconds{static_cast<std::int64_t>(value % kYear9999)}};
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(Time time) {
  constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[std::chrono::weekday{day}.c_encoding()],
                     unsigned{date.day()}, months[unsigned{date.month()} - 1], int{date.year()}, clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

void check_number(std::string_view value, milliseconds wait) {
  std::uint64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (end != value.data() + value.size() || error != std::errc{}) return;
  const bool most = seconds >= std::uint64_t{366} * 24 * 3600;
  require(wait == (most ? kMost : milliseconds{1000 * static_cast<std::int64_t>(seconds)}), "a number is seconds");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 16) return 0;
  const Time now = time_from(data);
  const Time then = time_from(data + 8);
  const std::string_view value = fuzz::text_of(data + 16, size - 16);
  if (const auto wait = parse_retry_after(value, now)) {
    require(*wait >= milliseconds{0} && *wait <= kMost, "a wait is from 0 to 366 days");
    require(!value.empty(), "nothing is no wait");
    if (value.front() >= '0' && value.front() <= '9') check_number(value, *wait);
    require(parse_retry_after(value, now) == wait, "the same header means the same wait");
    require(parse_retry_after(" \t" + std::string(value) + "\t ", now) == wait, "white space around it means nothing");
  }
  const Time second = std::chrono::floor<std::chrono::seconds>(then);
  require(parse_retry_after(http_date(second), now) == std::clamp<milliseconds>(second - now, milliseconds{0}, kMost),
          "an HTTP-date is waited for");
  return 0;
}
