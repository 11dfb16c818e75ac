// A plan from two states, where the first need not be the declaration.
#pragma once

#include <vector>

#include "cipherform/plan.h"
#include "plan/promoted_state.h"

namespace cipherform::plan {

/// That the desired state is what another tenant has.
struct Promotion {
  const PromotionRules& rules;
  std::vector<Finding> findings;  ///< what was found while it was made
  PromotedFrom from;
};

/// cipherform::make_plan, or with `promotion` that of a promotion.
tl::expected<Plan, std::vector<Error>> make_plan(const DesiredState& desired, const LiveState& live,
                                                 const PlanOptions& options, std::optional<Promotion> promotion);

}  // namespace cipherform::plan
