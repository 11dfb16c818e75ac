// `cipherform drift`: what differs from the declaration, who appeared or vanished since an apply
// last converged, and the same in numbers for Prometheus.
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cipherform/drift.h"
#include "cipherform/ledger.h"
#include "cipherform/metrics.h"
#include "cli/commands.h"
#include "cli/every_environment.h"
#include "cli/output_file.h"
#include "cli/plan_output.h"
#include "cli/planning.h"
#include "cli/signals.h"

namespace cipherform::cli {
namespace {

/// Who was there when an apply last converged; nothing where the ledger does not know.
Result<std::optional<Roster>> last_roster(const Environment& environment, const Invocation& invocation) {
  std::optional<Roster> found;
  const auto read = read_ledger(ledger_place(environment, invocation), [&](LedgerView& ledger) -> Result<void> {
    auto roster = ledger.roster(environment.name, environment.url);
    if (!roster) return tl::unexpected(std::move(roster).error());
    found = std::move(*roster);
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return found;
}

using KnownRoster = Result<std::optional<Roster>>;

void finish(Plan& plan, const DesiredState& desired, const LiveState& live, const std::optional<Roster>& roster) {
  std::optional<LastConverged> last;
  if (roster) last = LastConverged{roster->converged_at, roster->people};
  add_drift(plan, desired, live, last);
}

/// Reads both sides of one environment and compares them. What goes wrong is shown on `console`.
tl::expected<Plan, ExitCode> look_for_drift(const Environment& environment, const Invocation& invocation,
                                            const Variables& variables, Console& console,
                                            SignalInterruption& interruption) {
  // Before the tenant is read, so that whoever is created meanwhile has appeared, and nobody has vanished.
  const KnownRoster roster = last_roster(environment, invocation);
  if (!roster) return tl::unexpected(report_error(console, roster.error()));
  auto access = open_to_read(environment, invocation, variables);
  if (!access) return tl::unexpected(report_error(console, access.error()));
  const WakeOnRequest waking(interruption, *access->transport);
  ConsoleProgress progress(console, *access->clock);
  auto sides = read_both_sides(invocation, *access, console, progress, interruption);
  if (!sides) return tl::unexpected(sides.error());
  const DesiredState desired = std::move(sides->declaration).desired_state(environment.name);
  auto plan = plan_states(invocation, desired, sides->live, *access, console);
  if (plan) finish(*plan, desired, sides->live, *roster);
  return plan;
}

/// The checks, and the worst of what went wrong.
struct Checks {
  std::vector<DriftCheck> all;
  ExitCode code = ExitCode::done;

  void take(std::string environment, tl::expected<Plan, ExitCode> plan) {
    all.push_back({std::move(environment), {}, std::nullopt});
    if (plan) {
      all.back().at = plan->created_at;
      all.back().plan = std::move(*plan);
    } else {
      all.back().at = std::chrono::floor<std::chrono::seconds>(system_clock()->now());
      code = worst(code, plan.error());
    }
  }
};

Checks check_one(const Invocation& invocation, const Variables& variables, Console& console,
                 SignalInterruption& interruption) {
  Checks checks;
  if (const auto environment = environment_of(invocation, console)) {
    checks.take(environment->name, look_for_drift(*environment, invocation, variables, console, interruption));
  } else {
    checks.take(invocation.environment.value_or(""), tl::unexpected(ExitCode::error));
  }
  return checks;
}

Checks check_all(const Invocation& invocation, const Variables& variables, Console& console,
                 SignalInterruption& interruption) {
  Checks checks;
  const auto environments = environments_of(invocation, console);
  if (!environments) {
    checks.take({}, tl::unexpected(ExitCode::error));
    return checks;
  }
  std::map<std::string, KnownRoster, std::less<>> rosters;
  for (const Environment& each : *environments) rosters.emplace(each.name, last_roster(each, invocation));
  const auto with_people = [&rosters](const Environment& environment, const DesiredState& desired,
                                      const LiveState& live, Plan& plan) -> Result<void> {
    const KnownRoster& roster = rosters.at(environment.name);
    if (!roster) return tl::unexpected(roster.error());
    finish(plan, desired, live, *roster);
    return {};
  };
  auto plans = plan_every_environment(invocation, variables, console, interruption, with_people);
  if (!plans) {
    for (const Environment& each : *environments) checks.take(each.name, tl::unexpected(plans.error()));
    return checks;
  }
  for (EnvironmentPlan& each : *plans) checks.take(each.environment.name, std::move(each.plan));
  return checks;
}

ExitCode show(const Plan& plan, const Invocation& invocation, Console& console) {
  if (auto written = write_plan(plan, invocation.outputs, console); !written) {
    return report_error(console, written.error());
  }
  return plan.empty() && plan.blocked.empty() ? ExitCode::done : ExitCode::changes;
}

}  // namespace

ExitCode run_drift(const Invocation& invocation, const Surroundings& surroundings, Console& console) {
  SignalInterruption interruption;
  const bool every = is_for_every_environment(invocation);
  if (every) {
    if (auto possible = check_for_every_environment(invocation); !possible) {
      return report_error(console, possible.error());
    }
  }
  const Checks checks = (every ? check_all : check_one)(invocation, surroundings.variables, console, interruption);
  ExitCode code = checks.code;
  // Checks that failed are written too: what stands there of the ones before would be taken for news.
  if (invocation.metrics_file) {
    const auto written = write_public_file(*invocation.metrics_file, render_metrics(checks.all));
    if (!written) code = worst(code, report_error(console, written.error()));
  }
  bool first = true;
  for (const DriftCheck& check : checks.all) {
    if (!check.plan) continue;
    begin_section(invocation, console, first);
    code = worst(code, show(*check.plan, every ? for_environment(invocation, check.environment) : invocation, console));
  }
  return code;
}

}  // namespace cipherform::cli
