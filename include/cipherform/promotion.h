// What one tenant has, as a plan for another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cipherform/error.h"
#include "cipherform/model.h"
#include "cipherform/plan.h"

namespace cipherform {

/// One side of a promotion.
struct PromotionSide {
  const DesiredState& desired;  ///< what is declared for it
  const LiveState& live;
};

struct PromotionOptions {
  PlanOptions plan;
  bool all_groups = false;          ///< also groups that are not declared for the target; nobody is removed from those
  std::vector<std::string> groups;  ///< globs over declared names; none: all
  /// The target and, before it, what each promotes from: {"qa", "staging", "prod"}. Of one
  /// element where any environment may be promoted to the target.
  std::vector<std::string> stages;
  /// What the ledger has of the source's tenant: what another one has behind its name is not
  /// to be given to people here. The target's is in `plan`.
  std::optional<KnownTenant> known_source = {};
};

/// The plan that makes the target's memberships of its declared groups equal to those that
/// `from` has. Pure. A group that is declared additive only gains; one that `from` does not have
/// is left as it is. Fails as make_plan does, and where --group or the selection matches nothing
/// or a group of `from` cannot be told from another. docs/plan-forms.md says what is blocked.
tl::expected<Plan, std::vector<Error>> plan_promotion(const PromotionSide& from, const PromotionSide& to,
                                                      const PromotionOptions& options);

}  // namespace cipherform
