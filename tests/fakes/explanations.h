// Explanations built by hand: their forms are tested without the planner.
#pragma once

#include "cipherform/explain.h"

namespace cipherform::fakes {

/// As of 2027-01-19T09:30:00Z: every verdict, every kind of source, a finding, a guardrail.
Explanation rich_explanation();
/// Somebody who is to be created.
Explanation newcomer_explanation();
/// Two users with one email, one of them without anything to say.
Explanation duplicate_explanation();
/// A user without an email, in one group.
Explanation nameless_explanation();
/// Names that try to act on a terminal, a CI log or a reader.
Explanation hostile_explanation();

}  // namespace cipherform::fakes
