// How long memberships are asked for, seen from the plan's time.
//
// Sources share their details, so each detail is classed once; and one pass over all
// sources, in the order in which they lie in memory, leaves a bit for each membership, so
// that the comparison of people, which jumps about, does not have to read them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cipherform/model.h"
#include "cipherform/plan.h"

namespace cipherform::plan {

/// What ends within this time is worth a finding (product contract section 2).
inline constexpr std::chrono::days kExpiryNotice{14};

class Terms {
 public:
  Terms(const DesiredState& desired, Time as_of);

  /// Whether any source is in force.
  bool active(const DesiredMembership& membership) const {
    const auto sources = desired_.sources_of(membership);
    return std::any_of(sources.begin(), sources.end(),
                       [this](const MembershipSource& source) { return terms_[source.detail] != Term::past; });
  }
  /// Whether every source of one of DesiredState::memberships is in force beyond the notice.
  bool far_from_ending(const DesiredMembership& membership) const {
    return far_[static_cast<std::size_t>(&membership - desired_.memberships.data())];
  }
  /// When the last of the sources ends; nothing: never.
  std::optional<Time> end(const DesiredMembership& membership) const;
  /// Whether an active membership ends within the notice.
  bool ends_soon(const std::optional<Time>& end) const { return end && *end <= notice_; }

  /// The sources in force.
  std::vector<Source> active_sources(const DesiredMembership& membership) const;
  std::vector<Source> all_sources(const DesiredMembership& membership) const;

 private:
  enum class Term : std::uint8_t { far, soon, past };

  const DesiredState& desired_;
  Time notice_;
  std::vector<Term> terms_;  ///< of DesiredState::details
  std::vector<bool> far_;    ///< of DesiredState::memberships
};

/// A time as a declaration has it: the end of a day is the day.
std::string moment(Time time);

}  // namespace cipherform::plan
