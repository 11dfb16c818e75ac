// Times, sources and numbers as people say them. Raw: whoever prints them escapes them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/plan.h"

namespace cipherform {

/// "until 2027-01-31 (in 12 days)"; seen from `now`.
std::string until_phrase(Time until, Time now);
/// "ends 2027-01-31 (in 12 days)", "ended 2026-01-31 (3 days ago)"; seen from `now`.
std::string end_phrase(Time end, Time now);
/// "3 days ago"; seen from `now`.
std::string ago_phrase(Time then, Time now);
/// "ended 2027-01-31 (3 days ago)": when the last of the sources ended.
std::string expired_phrase(std::span<const Source> sources, Time now);
/// "groups/eng.yaml:4:7 via team platform and users/ada.yaml:2:5"; all of few, else some
/// "and 7 more". Empty for none.
std::string origin_phrase(std::span<const Source> sources);
/// The reasons given, each once.
std::string reasons_phrase(std::span<const Source> sources);
/// "12 s", "6 min", "2 h 47 min"; never less than `seconds`.
std::string estimate_phrase(std::uint32_t seconds);

/// The globs of one option as it was given: "--group Eng*". Of a selection: "--target …", "--exclude …".
std::vector<std::string> limits_of(std::string_view option, std::span<const std::string> globs);
std::vector<std::string> limits_of(const Selection& selection);
/// "✓ 2 days ago" where the stage has converged, else "✗"; seen from `now`.
std::string stage_phrase(const Stage& stage, Time now);

/// "a", "a and b", "a, b and c".
std::string listed(std::span<const std::string> items);
/// 12411 → "12,411".
std::string grouped_digits(std::uint64_t number);
/// "1 change", "12,411 changes".
std::string counted(std::uint64_t number, std::string_view singular, std::string_view plural);

}  // namespace cipherform
