// Who holds privileges that nobody wrote down.
#pragma once

#include <vector>

#include "cipherform/model.h"
#include "cipherform/plan.h"
#include "plan/groups.h"
#include "plan/selector.h"
#include "plan/terms.h"

namespace cipherform::plan {

/// Live memberships in privileged groups that nobody declares and that no plan takes away,
/// because the group is additive or not declared. Of authoritative groups the plan itself says
/// what becomes of them.
std::vector<Finding> privileged_undeclared(const DesiredState& desired, const LiveState& live, const Groups& groups,
                                           const Terms& terms, const Selector& selector);

}  // namespace cipherform::plan
