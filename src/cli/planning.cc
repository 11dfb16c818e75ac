#include "cli/planning.h"

#include <fmt/format.h>

#include <future>
#include <utility>

#include "cipherform/ledger.h"
#include "cli/log.h"
#include "cli/plan_output.h"
#include "cli/promotion.h"
#include "cli/version.h"

namespace cipherform::cli {

PlanOptions plan_options(const Invocation& invocation, const TenantAccess& access) {
  PlanOptions options;
  options.now = std::chrono::floor<std::chrono::seconds>(access.clock->now());
  options.as_of = invocation.as_of;
  options.tool_version = tool_version();
  options.selection = invocation.selection;
  options.known_tenant = access.known_tenant;
  return options;
}

namespace {

/// What the environment's ledger knows of its tenant; nothing where there is no ledger.
struct Recollection {
  std::optional<std::uint64_t> users;
  std::optional<TenantIdentity> identity;
};

Result<Recollection> recollect(const Environment& environment, const Invocation& invocation) {
  Recollection known;
  const auto read = read_ledger(ledger_place(environment, invocation), [&](LedgerView& ledger) -> Result<void> {
    auto users = ledger.known_users(environment.name, environment.url);
    if (!users) return tl::unexpected(std::move(users.error()));
    auto identity = ledger.identity(environment.name);
    if (!identity) return tl::unexpected(std::move(identity.error()));
    known = {.users = *users, .identity = std::move(*identity)};
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return known;
}

}  // namespace

ExitCode save_and_show(const Plan& plan, const Invocation& invocation, Console& console) {
  if (invocation.plan_file) {
    if (auto saved = save_plan(plan, *invocation.plan_file); !saved) return report_error(console, saved.error());
  }
  if (auto written = write_plan(plan, invocation.outputs, console); !written) {
    return report_error(console, written.error());
  }
  if (invocation.plan_file) {
    console.note(fmt::format("Saved to {}. To execute exactly this plan: cipherform apply {}",
                             invocation.plan_file->string(), invocation.plan_file->string()));
  }
  const bool changes = !plan.empty() || !plan.blocked.empty();
  return invocation.detailed_exitcode && changes ? ExitCode::changes : ExitCode::done;
}

ExitCode report_error(Console& console, const Error& error) {
  console.error(error);
  switch (error.kind) {
    case ErrorKind::guardrail:
      return ExitCode::refused;
    case ErrorKind::stale:
      return ExitCode::stale;
    case ErrorKind::interrupted:
      return ExitCode::interrupted;
    case ErrorKind::usage:
    case ErrorKind::file:
    case ErrorKind::declaration:
    case ErrorKind::credential:
    case ErrorKind::transport:
    case ErrorKind::refused:
    case ErrorKind::answer:
    case ErrorKind::listing:
    case ErrorKind::plan:
    case ErrorKind::locked:
    case ErrorKind::ledger:
      return ExitCode::error;
  }
  return ExitCode::error;
}

std::optional<std::vector<Environment>> environments_of(const Invocation& invocation, Console& console) {
  auto environments = load_environments(invocation.project);
  if (environments) return std::move(*environments);
  // The whole declaration, because the user wants all errors in one run.
  const auto declaration = load_declaration(invocation.project);
  console.diagnostics(declaration ? environments.error() : declaration.error());
  return std::nullopt;
}

std::optional<Environment> environment_of(const Invocation& invocation, Console& console) {
  const auto environments = environments_of(invocation, console);
  if (!environments) return std::nullopt;
  auto environment = choose_environment(*environments, invocation.environment);
  if (!environment) {
    console.error(environment.error());
    return std::nullopt;
  }
  return std::move(*environment);
}

Result<TenantAccess> open_to_read(const Environment& environment, const Invocation& invocation,
                                  const Variables& variables) {
  const auto known = recollect(environment, invocation);
  if (!known) return tl::unexpected(known.error());
  auto access = open_tenant(environment, invocation, variables);
  if (!access) return access;
  access->read.known_users = known->users.value_or(kLeastUsers);
  access->known_tenant = known_tenant(known->identity);
  return access;
}

std::optional<KnownTenant> known_tenant(const std::optional<TenantIdentity>& identity) {
  if (!identity) return std::nullopt;
  return KnownTenant{.base_url = identity->base_url, .owners = identity->owners, .recorded_at = identity->recorded_at};
}

tl::expected<BothSides, ExitCode> read_both_sides(const Invocation& invocation, TenantAccess& access, Console& console,
                                                  Progress& progress, const Interruption& interruption) {
  auto parsing = std::async(std::launch::async, [&] { return load_declaration(invocation.project); });
  auto live = read_tenant(*access.link, access.read, &progress, &interruption);
  auto declaration = parsing.get();
  if (!declaration) {
    console.diagnostics(declaration.error());
    return tl::unexpected(ExitCode::error);
  }
  if (!live) return tl::unexpected(report_error(console, live.error()));
  log_info(fmt::format("read {} users and {} groups with {} page requests", live->users.size(), live->groups.size(),
                       live->proof.requests));
  return BothSides{std::move(*declaration), std::move(*live)};
}

tl::expected<Plan, std::vector<Error>> plan_of(const Invocation& invocation, const DesiredState& desired,
                                               const LiveState& live, const TenantAccess& access) {
  return make_plan(desired, live, plan_options(invocation, access));
}

tl::expected<Plan, ExitCode> plan_states(const Invocation& invocation, const DesiredState& desired,
                                         const LiveState& live, const TenantAccess& access, Console& console) {
  if (const auto wrong = check_selection(invocation.selection, desired, live); !wrong.empty()) {
    console.errors(wrong);
    return tl::unexpected(ExitCode::error);
  }
  auto plan = plan_of(invocation, desired, live, access);
  if (!plan) {
    console.errors(plan.error());
    return tl::unexpected(ExitCode::error);
  }
  return std::move(*plan);
}

tl::expected<PlannedTenant, ExitCode> plan_tenant(const Invocation& invocation, TenantAccess& access, Console& console,
                                                  Progress& progress, const Interruption& interruption) {
  auto sides = read_both_sides(invocation, access, console, progress, interruption);
  if (!sides) return tl::unexpected(sides.error());
  auto promotion = promotion_of(sides->declaration, access, invocation, console);
  if (!promotion) return tl::unexpected(report_error(console, promotion.error()));
  const DesiredState desired = std::move(sides->declaration).desired_state(access.environment.name);
  auto plan = plan_states(invocation, desired, sides->live, access, console);
  if (!plan) return tl::unexpected(plan.error());
  plan->promotion = std::move(*promotion);
  return PlannedTenant{std::move(*plan), std::move(sides->live)};
}

tl::expected<Plan, ExitCode> plan_environment(const Invocation& invocation, TenantAccess& access, Console& console,
                                              Progress& progress, const Interruption& interruption) {
  return plan_tenant(invocation, access, console, progress, interruption).map([](PlannedTenant planned) {
    return std::move(planned.plan);
  });
}

}  // namespace cipherform::cli
