// Plans as lines of text, so that a test's expectation reads like the rule it pins.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cipherform/plan.h"

namespace cipherform::plan_tests {

inline constexpr std::string_view kNow = "2026-01-01T00:00:00Z";

using Lines = std::vector<std::string>;

/// The plan at kNow; fails the test (and returns an empty plan) if there is none.
Plan plan_of(const DesiredState& desired, const LiveState& live, Selection selection = {});
/// "group 'Eng' is … [where] (hint)" of each error; fails the test if there is a plan.
Lines errors_of(const DesiredState& desired, const LiveState& live);

/// "create ada@x.com in Admins*, Eng", "add ada@x.com to Eng", "remove ada@x.com from
/// Eng", "remove ada@x.com from Eng, expired". A star marks a privileged grant, a tilde a
/// fallback.
std::string line_of(const Change& change);
Lines actions(const Plan& plan);
/// line_of(change) + " [cause]".
Lines blocked(const Plan& plan);
/// "unmanaged_user ada@x.com", "expires_soon ada@x.com in Eng".
Lines findings(const Plan& plan);
/// Only those of one kind, as "subject" or "subject in group".
Lines findings(const Plan& plan, FindingKind kind);
/// "message" or "message [removals=1]".
Lines hits(const Plan& plan);

}  // namespace cipherform::plan_tests
