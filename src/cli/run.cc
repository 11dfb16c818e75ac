#include "cli/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "cipherform/ledger_url.h"
#include "cli/commands.h"
#include "cli/log.h"
#include "cli/plan_output.h"
#include "cli/planning.h"
#include "cli/version.h"

namespace cipherform::cli {
namespace {

ExitCode run_help(const Invocation& invocation, Console& console) {
  const std::string topic = invocation.operands.empty() ? std::string{} : invocation.operands.front();
  const auto text = help_text(topic);
  if (!text) {
    return report_error(console, Error{ErrorKind::usage,
                                       without_ledger_url("there is no command '" + topic + "'"),
                                       {},
                                       "see `cipherform help`",
                                       false});
  }
  console.data(*text);
  return ExitCode::done;
}

ExitCode run_command(const Invocation& invocation, const Surroundings& surroundings, Console& console) {
  switch (invocation.command) {
    case Command::validate:
      return run_validate(invocation, console);
    case Command::plan:
      return run_plan(invocation, surroundings, console);
    case Command::drift:
      return run_drift(invocation, surroundings, console);
    case Command::apply:
      return run_apply(invocation, surroundings, console);
    case Command::show:
      return run_show(invocation, console);
    case Command::explain:
      return run_explain(invocation, surroundings, console);
    case Command::export_tenant:
      return run_export(invocation, surroundings, console);
    case Command::diff:
      return run_diff(invocation, surroundings, console);
    case Command::promote:
      return run_promote(invocation, surroundings, console);
    case Command::history:
      return run_history(invocation, console);
    case Command::unlock:
      return run_unlock(invocation, surroundings, console);
    case Command::sandbox:
      return run_sandbox(invocation, surroundings, console);
    case Command::completion:
      return run_completion(invocation, console);
    case Command::completion_words:
      return run_completion_words(invocation, console);
    case Command::man_pages:
      return run_man_pages(invocation, console);
    case Command::version:
      console.data(fmt::format("cipherform {}\n", tool_version()));
      return ExitCode::done;
    case Command::help:
      return run_help(invocation, console);
  }
  return ExitCode::error;
}

/// What a command printed is what it was run for. Only the end report of an apply may be
/// lost without a failure: the exit code says what was changed.
ExitCode judged(ExitCode code, Command command, Console& console) {
  if (!console.data_lost() || (code != ExitCode::done && code != ExitCode::changes)) return code;
  const ExitCode lost = report_error(console, output_lost());
  return command == Command::apply ? code : lost;
}

}  // namespace

int run(std::span<const std::string> arguments, const Surroundings& surroundings) {
  const auto invocation = parse_invocation(arguments, surroundings.variables);
  const auto clock = system_clock();
  EventStream stream(surroundings.out, *clock);
  const bool json = invocation ? invocation->json : std::ranges::find(arguments, "--json") != arguments.end();
  EventStream* const events = json ? &stream : nullptr;
  if (json) stream.send(event::Version{std::string(tool_version())});
  if (!invocation) {
    Console console(surroundings, ColorMode::automatic, events);
    return static_cast<int>(report_error(console, invocation.error()));
  }
  Console console(surroundings, invocation->color, events);
  start_log(invocation->log_level);
  return static_cast<int>(judged(run_command(*invocation, surroundings, console), invocation->command, console));
}

}  // namespace cipherform::cli
