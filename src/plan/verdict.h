// What a plan does about one membership, and a sentence about why.
#pragma once

#include "cipherform/explain.h"
#include "plan/person_plan.h"

namespace cipherform::plan {

/// What a verdict depends on beside the explained group itself.
struct VerdictTerms {
  const PersonPlan& plan;
  std::string_view environment;
  bool has_email = true;     ///< the account
  bool is_selected = true;   ///< by --target and --exclude
  bool is_fallback = false;  ///< the group is the fallback group
};

/// Sets the verdict of a group of which everything else is known, its sentence, and what
/// the plan has about it. The plan alone decides whether a membership changes.
void judge(ExplainedGroup& group, const VerdictTerms& terms);

}  // namespace cipherform::plan
