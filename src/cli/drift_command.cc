// `cipherform drift`: what differs from the declaration, who appeared or vanished since an apply
// last converged, and the same in numbers for Prometheus.
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "cipherform/drift.h"
#include "cipherform/ledger.h"
#include "cipherform/metrics.h"
#include "cli/commands.h"
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

/// Reads both sides and compares them. What goes wrong is shown on `console`.
tl::expected<Plan, ExitCode> look_for_drift(const Environment& environment, const Invocation& invocation,
                                            const Variables& variables, Console& console,
                                            SignalInterruption& interruption) {
  // Before the tenant is read, so that whoever is created meanwhile has appeared, and nobody has vanished.
  const auto roster = last_roster(environment, invocation);
  if (!roster) return tl::unexpected(report_error(console, roster.error()));
  auto access = open_to_read(environment, invocation, variables);
  if (!access) return tl::unexpected(report_error(console, access.error()));
  const WakeOnRequest waking(interruption, *access->transport);
  ConsoleProgress progress(console, *access->clock);
  auto sides = read_both_sides(invocation, *access, console, progress, interruption);
  if (!sides) return tl::unexpected(sides.error());
  const DesiredState desired = std::move(sides->declaration).desired_state(environment.name);
  auto plan = plan_states(invocation, desired, sides->live, *access->clock, console);
  if (!plan) return plan;
  std::optional<LastConverged> last;
  if (*roster) last = LastConverged{(*roster)->converged_at, (*roster)->people};
  add_drift(*plan, desired, sides->live, last);
  return plan;
}

/// False if the file that is asked for could not be written, which is shown on `console`.
bool write_metrics(std::span<const DriftCheck> checks, const Invocation& invocation, Console& console) {
  if (!invocation.metrics_file) return true;
  const auto written = write_public_file(*invocation.metrics_file, render_metrics(checks));
  if (!written) report_error(console, written.error());
  return written.has_value();
}

}  // namespace

ExitCode run_drift(const Invocation& invocation, const Surroundings& surroundings, Console& console) {
  SignalInterruption interruption;
  DriftCheck check;
  check.environment = invocation.environment.value_or("");
  ExitCode failed = ExitCode::error;
  if (const auto environment = environment_of(invocation, console)) {
    check.environment = environment->name;
    auto plan = look_for_drift(*environment, invocation, surroundings.variables, console, interruption);
    if (plan) {
      check.plan = std::move(*plan);
    } else {
      failed = plan.error();
    }
  }
  check.at = check.plan ? check.plan->created_at : std::chrono::floor<std::chrono::seconds>(system_clock()->now());
  // A check that failed is written too: what stands there of the one before would be taken for news.
  const bool measured = write_metrics({&check, 1}, invocation, console);
  if (!check.plan) return failed;
  if (auto written = write_plan(*check.plan, invocation.outputs, console); !written) {
    return report_error(console, written.error());
  }
  if (!measured) return ExitCode::error;
  return check.plan->empty() && check.plan->blocked.empty() ? ExitCode::done : ExitCode::changes;
}

}  // namespace cipherform::cli
