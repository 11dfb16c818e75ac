// `cipherform show PLANFILE`.
#include "cli/commands.h"
#include "cli/plan_output.h"
#include "cli/planning.h"
#include "cli/saved_plan.h"

namespace cipherform::cli {

ExitCode run_show(const Invocation& invocation, Console& console) {
  const auto plan = load_plan(invocation.operands.front());
  if (!plan) return report_error(console, plan.error());
  if (auto written = write_plan(*plan, invocation.outputs, console); !written) {
    return report_error(console, written.error());
  }
  return ExitCode::done;
}

}  // namespace cipherform::cli
