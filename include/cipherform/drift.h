// Drift: what became of a tenant since it was as declared. A plan says what differs from the
// declaration; beside it stands who appeared or vanished since the last apply that converged.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "cipherform/model.h"
#include "cipherform/plan.h"

namespace cipherform {

/// Who was in the tenant at the end of the last apply that converged.
struct LastConverged {
  Time at{};
  /// Email keys, and the ids of those without an email; sorted.
  std::span<const std::string> people;
};

/// Makes of `plan`, which is the difference of the two states, what `cipherform drift` shows:
/// sets Plan::drift and adds findings about who appeared or vanished since `last`, of those
/// whom the plan's selection matches (somebody who vanished: by the email). Where that cannot
/// be judged, because no apply has converged (`last` is nothing) or the user list is not
/// proved complete, one finding says so. Pure.
void add_drift(Plan& plan, const DesiredState& desired, const LiveState& live,
               const std::optional<LastConverged>& last);

}  // namespace cipherform
