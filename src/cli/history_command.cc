// `cipherform history [RUN]`.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "cipherform/ledger_url.h"
#include "cli/commands.h"
#include "cli/history_text.h"
#include "cli/plan_output.h"
#include "cli/planning.h"

namespace cipherform::cli {
namespace {

Result<RunId> read_run(std::string_view text) {
  RunId run = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), run);
  if (failure == std::errc{} && end == text.data() + text.size() && run > 0) return run;
  return tl::unexpected(Error{ErrorKind::usage,
                              without_ledger_url(fmt::format("'{}' is not the number of a run", text)),
                              {},
                              "`cipherform history` lists them",
                              false});
}

/// The ledger to look at. Without -e it must be the same for all environments.
std::optional<LedgerPlace> find_place(const Invocation& invocation, Console& console) {
  if (invocation.environment) {
    const auto environment = environment_of(invocation, console);
    if (!environment) return std::nullopt;
    return ledger_place(*environment, invocation);
  }
  if (!invocation.ledger.empty()) return ledger_place({}, invocation);
  const auto environments = load_environments(invocation.project);
  if (!environments) {
    console.diagnostics(environments.error());
    return std::nullopt;
  }
  const bool is_one = std::ranges::all_of(
      *environments, [&](const Environment& other) { return other.ledger == environments->front().ledger; });
  if (is_one) return ledger_place(environments->front(), invocation);
  console.error(
      {ErrorKind::usage, "the environments have different ledgers", {}, "name one environment with -e", false});
  return std::nullopt;
}

/// Each form is made only where it is asked for.
template <class Value>
Result<void> write(const Value& value, Time now, const Invocation& invocation, Console& console) {
  return write_forms(invocation.outputs, console, [&](Form form, bool /*color*/) {
    return form == Form::json ? history_json(value, now) : history_text(value, now);
  });
}

ExitCode show_runs(const Invocation& invocation, const LedgerPlace& place, Time now, Console& console) {
  std::vector<RunRecord> runs;
  const auto read = read_ledger(place, [&](LedgerView& ledger) -> Result<void> {
    auto found = ledger.runs(invocation.environment.value_or(""), invocation.limit);
    if (!found) return tl::unexpected(std::move(found.error()));
    runs = std::move(*found);
    return {};
  });
  if (!read) return report_error(console, read.error());
  const auto written = write(runs, now, invocation, console);
  return written ? ExitCode::done : report_error(console, written.error());
}

ExitCode show_run(const Invocation& invocation, const LedgerPlace& place, Time now, Console& console) {
  const auto id = read_run(invocation.operands.front());
  if (!id) return report_error(console, id.error());
  std::optional<RunHistory> history;
  const auto read = read_ledger(place, [&](LedgerView& ledger) -> Result<void> {
    auto run = ledger.find_run(*id);
    if (!run) return tl::unexpected(std::move(run.error()));
    history.reset();
    if (!*run || (*run)->environment != invocation.environment.value_or((*run)->environment)) return {};
    auto actions = ledger.actions(*id);
    if (!actions) return tl::unexpected(std::move(actions.error()));
    history = RunHistory{std::move(**run), std::move(*actions)};
    return {};
  });
  if (!read) return report_error(console, read.error());
  if (!history) {
    const std::string where = invocation.environment ? " of " + *invocation.environment : "";
    return report_error(console, Error{ErrorKind::usage,
                                       fmt::format("the ledger has no run {}{}", *id, where),
                                       {},
                                       "`cipherform history` lists them",
                                       false});
  }
  const auto written = write(*history, now, invocation, console);
  return written ? ExitCode::done : report_error(console, written.error());
}

}  // namespace

ExitCode run_history(const Invocation& invocation, Console& console) {
  const auto place = find_place(invocation, console);
  if (!place) return ExitCode::error;
  const Time now = system_clock()->now();
  return invocation.operands.empty() ? show_runs(invocation, *place, now, console)
                                     : show_run(invocation, *place, now, console);
}

}  // namespace cipherform::cli
