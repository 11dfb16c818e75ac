// `cipherform plan`: what apply would do, printed and saved.
#include <fmt/format.h>

#include "cipherform/ledger.h"
#include "cli/commands.h"
#include "cli/plan_output.h"
#include "cli/planning.h"
#include "cli/signals.h"

namespace cipherform::cli {

ExitCode run_plan(const Invocation& invocation, const Surroundings& surroundings, Console& console) {
  SignalInterruption interruption;
  const auto environment = environment_of(invocation, console);
  if (!environment) return ExitCode::error;
  const auto known = peek_known_users(ledger_place(*environment, invocation), environment->name, environment->url);
  if (!known) return report_error(console, known.error());
  auto access = open_tenant(*environment, invocation, surroundings.variables);
  if (!access) return report_error(console, access.error());
  interruption.on_request([&] { access->transport->wake(); });
  access->read.known_users = known->value_or(kLeastUsers);

  ConsoleProgress progress(console, *access->clock);
  const auto plan = plan_environment(invocation, *access, console, progress, interruption);
  interruption.on_request({});
  if (!plan) return plan.error();
  if (invocation.plan_file) {
    if (auto saved = save_plan(*plan, *invocation.plan_file); !saved) return report_error(console, saved.error());
  }
  if (auto written = write_plan(*plan, invocation.outputs, console); !written) {
    return report_error(console, written.error());
  }
  if (invocation.plan_file) {
    console.note(fmt::format("Saved to {}. To execute exactly this plan: cipherform apply {}",
                             invocation.plan_file->string(), invocation.plan_file->string()));
  }
  const bool changes = !plan->empty() || !plan->blocked.empty();
  return invocation.detailed_exitcode && changes ? ExitCode::changes : ExitCode::done;
}

}  // namespace cipherform::cli
