// From a project to a plan: the declaration is parsed while the tenant is read.
#pragma once

#include <optional>
#include <vector>

#include "cipherform/plan.h"
#include "cli/console.h"
#include "cli/environment_choice.h"
#include "cli/exit_code.h"

namespace cipherform::cli {

/// All environments of the project. Errors are shown on `console`.
std::optional<std::vector<Environment>> environments_of(const Invocation& invocation, Console& console);
/// The environment that `invocation` works on. Errors are shown on `console`.
std::optional<Environment> environment_of(const Invocation& invocation, Console& console);

/// The way into the tenant for a command that only reads: with what the ledger knows of it, so
/// that a list without users is not believed. Sends nothing.
Result<TenantAccess> open_to_read(const Environment& environment, const Invocation& invocation,
                                  const Variables& variables);

/// Both sides of a comparison, before one environment is taken out of the declaration.
struct BothSides {
  Declaration declaration;
  LiveState live;
};
/// Parses the declaration while the tenant is read. What goes wrong is shown on `console`.
tl::expected<BothSides, ExitCode> read_both_sides(const Invocation& invocation, TenantAccess& access, Console& console,
                                                  Progress& progress, const Interruption& interruption);
/// The plan from two states; a selection is taken as it is.
tl::expected<Plan, std::vector<Error>> plan_of(const Invocation& invocation, const DesiredState& desired,
                                               const LiveState& live, const TenantAccess& access);
/// The plan from two states, after a look at the selection. What goes wrong is shown on `console`.
tl::expected<Plan, ExitCode> plan_states(const Invocation& invocation, const DesiredState& desired,
                                         const LiveState& live, const TenantAccess& access, Console& console);

/// The plan for `access`'s environment. What goes wrong is shown on `console`.
tl::expected<Plan, ExitCode> plan_environment(const Invocation& invocation, TenantAccess& access, Console& console,
                                              Progress& progress, const Interruption& interruption);

/// A plan, and the tenant that it was made for.
struct PlannedTenant {
  Plan plan;
  LiveState live;
};
tl::expected<PlannedTenant, ExitCode> plan_tenant(const Invocation& invocation, TenantAccess& access, Console& console,
                                                  Progress& progress, const Interruption& interruption);

/// What a plan needs to know of `identity`.
std::optional<KnownTenant> known_tenant(const std::optional<TenantIdentity>& identity);

/// What --as-of and the selection make of a plan.
PlanOptions plan_options(const Invocation& invocation, const TenantAccess& access);
/// Saves the plan where --out says so, and writes it in every form asked for.
ExitCode save_and_show(const Plan& plan, const Invocation& invocation, Console& console);

/// Shows `error`; the exit code that goes with its kind.
ExitCode report_error(Console& console, const Error& error);

}  // namespace cipherform::cli
