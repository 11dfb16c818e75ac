// Limits on what one plan may do, each a pure function over the plan and the states.
#pragma once

#include <optional>
#include <vector>

#include "cipherform/model.h"
#include "cipherform/plan.h"
#include "plan/groups.h"
#include "plan/terms.h"

namespace cipherform::plan {

/// What a guardrail looks at. The plan has its actions; its hits are not made yet.
struct Proposal {
  const Plan& plan;
  const DesiredState& desired;
  const LiveState& live;
  const Groups& groups;
  const Terms& terms;
};

/// All hits, by kind.
std::vector<GuardrailHit> check_guardrails(const Proposal& proposal);

/// More memberships removed than a count, or than a share of the tenant's; the share is
/// not judged in a tenant of fewer than 10, where one removal is a tenth.
std::optional<GuardrailHit> check_max_removals(const Proposal& proposal);
std::optional<GuardrailHit> check_max_creates(const Proposal& proposal);
// Each hit carries the flag that acknowledges it, with a number: of removals, of creates, of
// groups that are too large, of people, of memberships. Hits of one kind share the flag and
// the sum, so that one flag covers exactly what was there to be seen.

/// Declared groups that would have too many members after the plan, whoever put them there.
std::vector<GuardrailHit> check_max_members(const Proposal& proposal);
/// People who would be in more than one group of a set after the plan, whoever put them there.
std::vector<GuardrailHit> check_separate_duties(const Proposal& proposal);
/// People who would be given a declared group and whose email is in no allowed domain.
std::optional<GuardrailHit> check_allowed_domains(const Proposal& proposal);
/// Memberships in privileged groups, and in those that require it, without a reason: grants, and
/// what is declared and stays. What is left out by --target and stays is not judged.
std::optional<GuardrailHit> check_privileged_reason(const Proposal& proposal);

}  // namespace cipherform::plan
