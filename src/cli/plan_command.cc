// `cipherform plan`: what apply would do, printed and saved; or whether a saved plan fits.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cipherform/render.h"
#include "cli/commands.h"
#include "cli/every_environment.h"
#include "cli/plan_output.h"
#include "cli/planning.h"
#include "cli/promotion.h"
#include "cli/saved_plan.h"
#include "cli/signals.h"

namespace cipherform::cli {
namespace {

ExitCode make_and_show(const Invocation& invocation, TenantAccess& access, Console& console,
                       const Interruption& interruption) {
  ConsoleProgress progress(console, *access.clock);
  const auto plan = plan_environment(invocation, access, console, progress, interruption);
  return plan ? save_and_show(*plan, invocation, console) : plan.error();
}

/// `plan -e all`: a section for each environment, the worst exit code of all.
ExitCode plan_all(const Invocation& invocation, const Variables& variables, Console& console,
                  SignalInterruption& interruption) {
  if (auto possible = check_for_every_environment(invocation); !possible) {
    return report_error(console, possible.error());
  }
  const auto plans = plan_every_environment(invocation, variables, console, interruption);
  if (!plans) return plans.error();
  ExitCode code = ExitCode::done;
  bool first = true;
  for (const EnvironmentPlan& each : *plans) {
    if (each.plan) begin_section(invocation, console, first);
    const auto shown = each.plan
                           ? save_and_show(*each.plan, for_environment(invocation, each.environment.name), console)
                           : each.plan.error();
    code = worst(code, shown);
  }
  return code;
}

/// `plan --check`: 0 where the plan still fits (2 with --detailed-exitcode where something
/// of it is still to do), 4 where it does not.
ExitCode check_saved(const Invocation& invocation, const Plan& plan, TenantAccess& access, Console& console,
                     const Interruption& interruption) {
  ConsoleProgress progress(console, *access.clock);
  const auto now = compare_plan(plan, invocation, access, console, progress, interruption);
  if (!now) return now.error();
  const auto write = [&](Form form, bool color) {
    return form == Form::json ? standing_to_json(plan, now->standings)
                              : render_standing(plan, now->standings, {.color = color});
  };
  if (auto written = write_forms(invocation.outputs, console, write); !written) {
    return report_error(console, written.error());
  }
  if (now->conflicts()) return ExitCode::stale;
  const bool left = std::any_of(now->standings.begin(), now->standings.end(),
                                [](const Standing& s) { return s.standing == ActionStanding::still_valid; });
  return invocation.detailed_exitcode && left ? ExitCode::changes : ExitCode::done;
}

}  // namespace

ExitCode run_plan(const Invocation& given, const Surroundings& surroundings, Console& console) {
  SignalInterruption interruption;
  if (is_for_every_environment(given)) return plan_all(given, surroundings.variables, console, interruption);
  Invocation invocation = given;
  std::optional<Plan> saved;
  if (invocation.check) {
    auto loaded = load_plan(*invocation.check);
    if (!loaded) return report_error(console, loaded.error());
    saved = std::move(*loaded);
    if (!invocation.environment) invocation.environment = saved->environment;
  }
  const auto environment = environment_of(invocation, console);
  if (!environment) return ExitCode::error;
  if (auto has = check_has_stage(*environment, invocation); !has) return report_error(console, has.error());
  auto access = open_to_read(*environment, invocation, surroundings.variables);
  if (!access) return report_error(console, access.error());
  if (saved) {
    if (auto fits = check_plan(*saved, *environment, invocation, access->clock->now()); !fits) {
      return report_error(console, fits.error());
    }
  }
  const WakeOnRequest waking(interruption, *access->transport);
  return saved ? check_saved(invocation, *saved, *access, console, interruption)
               : make_and_show(invocation, *access, console, interruption);
}

}  // namespace cipherform::cli
