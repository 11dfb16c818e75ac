// What has to hold before a saved plan is executed: it is for this tenant and this
// declaration, young enough, the one that was approved, and still fits.
#pragma once

#include <filesystem>
#include <vector>

#include "cipherform/plan.h"
#include "cli/console.h"
#include "cli/environment_choice.h"
#include "cli/exit_code.h"

namespace cipherform::cli {

/// Reads and checks the file itself.
Result<Plan> load_plan(const std::filesystem::path& file);

/// What can be said without the tenant: the plan belongs to this environment at this URL, is
/// not older than --max-plan-age, and is the one that --expect-fingerprint names.
/// ErrorKind::stale where it is not.
Result<void> check_plan(const Plan& plan, const Environment& environment, const Invocation& invocation, Time now);

/// ErrorKind::stale where `plan` is not the one that --expect-fingerprint names.
Result<void> check_fingerprint(const Plan& plan, const Invocation& invocation);

/// A saved plan against the tenant of now.
struct PlanComparison {
  LiveState live;
  std::vector<Standing> standings;

  bool conflicts() const;
};

/// Reads the tenant and, beside it, the declaration, which must be the one that the plan was
/// made from. What goes wrong is shown on `console`.
tl::expected<PlanComparison, ExitCode> compare_plan(const Plan& plan, const Invocation& invocation,
                                                    TenantAccess& access, Console& console, Progress& progress,
                                                    const Interruption& interruption);

}  // namespace cipherform::cli
