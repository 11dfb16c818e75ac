// Plans built by hand: rendering is tested without the planner.
#pragma once

#include <string>
#include <vector>

#include "cipherform/plan.h"

namespace cipherform::samples {

/// A plan for `qa` with nothing in it, made 2027-01-19T09:30:00Z from a proved listing.
Plan empty_plan();
/// Every kind of action, cause, block, finding and guardrail hit.
Plan rich_plan();
/// A removal that would take the last group, and nothing else.
Plan blocked_plan();
/// A listing without proof: one add, and removals of `people` persons withheld.
Plan unproved_plan(unsigned people);
/// Findings of every kind, many of those that come in masses.
Plan plan_with_many_findings();
/// A drift since 2027-01-15T08:00:00Z: one change of each kind; people who appeared, declared or
/// not, and vanished.
Plan drift_plan();
/// Names that try to act on a terminal, a CI log or a reader.
Plan hostile_plan();
/// Names that try to become markup, script or style of a page, or properties of an object.
Plan markup_plan();
/// For `prod`, from `qa`: grants with and without a place in the declaration, a removal, what is
/// blocked and left out, a skipped stage, a source that was not proved.
Plan promotion();
/// `people` persons of two adds and one removal each.
Plan large_plan(unsigned people);

/// For reports: ada and cleo created, bob added to Admins and Engineering and removed
/// from Contractors, dan removed from Engineering. Six actions in that order.
Plan plan_to_report();

}  // namespace cipherform::samples
