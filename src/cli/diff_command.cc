// `cipherform diff ENV1 ENV2`: who has what in one tenant and not in the other.
#include "cipherform/diff.h"
#include "cipherform/render.h"
#include "cli/commands.h"
#include "cli/plan_output.h"
#include "cli/planning.h"
#include "cli/two_tenants.h"

namespace cipherform::cli {
namespace {

TenantView view_of(const Environment& environment, const LiveState& live) {
  return {environment.name, environment.url, environment.mapping, environment.group_ids, live};
}

std::string rendered(const TenantDifference& difference, Form form, bool color) {
  switch (form) {
    case Form::text:
      return render_text(difference, {.color = color});
    case Form::markdown:
      return render_markdown(difference);
    case Form::json:
      return to_json(difference);
    case Form::html:  // no such form: the options refuse it
      break;
  }
  return {};
}

}  // namespace

ExitCode run_diff(const Invocation& invocation, const Surroundings& surroundings, Console& console) {
  SignalInterruption interruption;
  const auto environments = two_environments_of(invocation, console);
  if (!environments) return ExitCode::error;
  auto accesses = open_two(*environments, invocation, surroundings.variables);
  if (!accesses) return report_error(console, accesses.error());
  const auto live = read_two(*accesses, console, interruption);
  if (!live) return live.error();
  const TenantView first = view_of(environments->first, (*live)[0]);
  const TenantView second = view_of(environments->second, (*live)[1]);
  if (const auto wrong = check_selection(invocation.selection, first, second); !wrong.empty()) {
    console.errors(wrong);
    return ExitCode::error;
  }
  const TenantDifference difference = compare_tenants(first, second, invocation.selection);
  const auto write = [&](Form form, bool color) { return rendered(difference, form, color); };
  if (auto written = write_forms(invocation.outputs, console, write); !written) {
    return report_error(console, written.error());
  }
  return invocation.detailed_exitcode && !difference.empty() ? ExitCode::changes : ExitCode::done;
}

}  // namespace cipherform::cli
