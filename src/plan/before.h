// What the tenant looked like where a plan touches it, so that a form can show before and
// after without the tenant at hand.
#pragma once

#include <vector>

#include "cipherform/model.h"
#include "cipherform/plan.h"
#include "plan/groups.h"

namespace cipherform::plan {

/// The live users of the plan's actions and blocked actions: by email key, then id.
std::vector<PersonBefore> people_before(const Plan& plan, const LiveState& live, const Groups& groups);
/// The groups of the plan's actions: by name.
std::vector<GroupBefore> groups_before(const Plan& plan, const LiveState& live, const Groups& groups);

}  // namespace cipherform::plan
