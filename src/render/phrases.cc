// Wording only. All times are relative to the plan's own, so that the same plan reads the
// same whenever it is shown.
#include "render/phrases.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <optional>
#include <set>
#include <vector>

namespace cipherform {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr std::size_t kMostListed = 3;

/// The coarsest unit that still says something: 12 days rather than 0 months or 288 hours.
std::string duration_phrase(milliseconds duration) {
  struct Unit {
    milliseconds from;
    milliseconds length;
    std::string_view name;
  };
  static constexpr std::array kUnits = std::to_array<Unit>({
      {days{730}, days{365}, "years"},
      {days{91}, days{30}, "months"},
      {hours{48}, days{1}, "days"},
      {minutes{120}, hours{1}, "hours"},
      {minutes{2}, minutes{1}, "minutes"},
  });
  for (const Unit& unit : kUnits) {
    if (duration >= unit.from) return fmt::format("{} {}", duration / unit.length, unit.name);
  }
  return "a minute";
}

/// The end of a day, which is what a date without a time means in a declaration, is
/// printed as the date that was written.
std::string moment_phrase(Time time) {
  const std::string text = format_rfc3339(time);
  const bool end_of_day = std::chrono::ceil<days>(time) - time == milliseconds{1};
  return end_of_day ? text.substr(0, text.find('T')) : text;
}

/// The first items, and how many more there are. `total` items exist; `items` has at
/// least the first kMostListed of them.
std::string listed_up_to_most(std::vector<std::string> items, std::size_t total) {
  if (total > kMostListed) {
    items.resize(kMostListed - 1);
    items.push_back(fmt::format("{} more", grouped_digits(total - items.size())));
  }
  return listed(items);
}

}  // namespace

std::string until_phrase(Time until, Time now) {
  if (until < now) return fmt::format("until {} ({} ago)", moment_phrase(until), duration_phrase(now - until));
  return fmt::format("until {} (in {})", moment_phrase(until), duration_phrase(until - now));
}

std::string end_phrase(Time end, Time now) {
  if (end < now) return fmt::format("ended {} ({} ago)", moment_phrase(end), duration_phrase(now - end));
  return fmt::format("ends {} (in {})", moment_phrase(end), duration_phrase(end - now));
}

std::string ago_phrase(Time then, Time now) {
  if (now - then < std::chrono::minutes{1}) return "just now";
  return duration_phrase(now - then) + " ago";
}

std::vector<std::string> limits_of(std::string_view option, std::span<const std::string> globs) {
  std::vector<std::string> limits;
  for (const std::string& glob : globs) limits.push_back(fmt::format("{} {}", option, glob));
  return limits;
}

std::vector<std::string> limits_of(const Selection& selection) {
  std::vector<std::string> limits = limits_of("--target", selection.targets);
  std::ranges::move(limits_of("--exclude", selection.excludes), std::back_inserter(limits));
  return limits;
}

std::string stage_phrase(const Stage& stage, Time now) {
  return stage.converged_at ? "✓ " + ago_phrase(*stage.converged_at, now) : "✗";
}

std::string expired_phrase(std::span<const Source> sources, Time now) {
  std::optional<Time> ended;
  for (const Source& source : sources) ended = std::max(ended, source.until);
  return ended ? end_phrase(*ended, now) : "ended";
}

std::string origin_phrase(std::span<const Source> sources) {
  std::vector<std::string> items;
  for (const Source& source : sources.first(std::min(sources.size(), kMostListed))) {
    if (!source.promoted_from.empty()) {
      items.push_back("promoted from " + source.promoted_from);
      continue;
    }
    items.push_back(fmt::format("{}:{}:{}", source.file, source.line, source.column));
    if (!source.team.empty()) items.back() += " via team " + source.team;
  }
  return listed_up_to_most(std::move(items), sources.size());
}

std::string reasons_phrase(std::span<const Source> sources) {
  std::vector<std::string> reasons;
  std::set<std::string_view> seen;
  for (const Source& source : sources) {
    if (!source.reason.empty() && seen.insert(source.reason).second) reasons.push_back(source.reason);
  }
  const std::size_t total = reasons.size();
  return listed_up_to_most(std::move(reasons), total);
}

std::string estimate_phrase(std::uint32_t seconds) {
  if (seconds < 120) return fmt::format("{} s", seconds);
  const std::uint32_t whole_minutes = seconds / 60 + (seconds % 60 == 0 ? 0 : 1);
  if (whole_minutes < 120) return fmt::format("{} min", whole_minutes);
  if (whole_minutes % 60 == 0) return fmt::format("{} h", whole_minutes / 60);
  return fmt::format("{} h {} min", whole_minutes / 60, whole_minutes % 60);
}

std::string listed(std::span<const std::string> items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0) text += i + 1 == items.size() ? " and " : ", ";
    text += items[i];
  }
  return text;
}

std::string grouped_digits(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string counted(std::uint64_t number, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", grouped_digits(number), number == 1 ? singular : plural);
}

}  // namespace cipherform
