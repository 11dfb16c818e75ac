// Plans for the tests of the saved form, made by the planner from two states.
#pragma once

#include "cipherform/plan.h"

namespace cipherform::plan_tests {

/// Every kind of action, cause, finding and most guardrails.
Plan rich_plan();
/// An unproved listing, two users with one email, a last membership.
Plan blocked_plan();
Plan empty_plan();
/// Made with targets and excludes.
Plan selected_plan();
/// What `drift` shows: somebody came, somebody came who is declared, somebody went.
Plan drift_plan();
/// Names and reasons that want to break out of whatever they are put in.
Plan hostile_plan();

}  // namespace cipherform::plan_tests
