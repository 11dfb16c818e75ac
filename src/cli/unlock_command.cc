// `cipherform unlock`: look who holds the lock, ask, break exactly that one.
#include <fmt/format.h>

#include <utility>

#include "cipherform/render.h"
#include "cli/commands.h"
#include "cli/planning.h"
#include "cli/question.h"
#include "cli/signals.h"

namespace cipherform::cli {
namespace {

std::string name_of(const Holder& holder) {
  return fmt::format("{}@{} (pid {})", holder.user, holder.host, holder.pid);
}

Result<std::optional<LeaseHolder>> find_holder(const LedgerPlace& place, std::string_view environment) {
  std::optional<LeaseHolder> holder;
  const auto read = read_ledger(place, [&](LedgerView& ledger) -> Result<void> {
    auto found = ledger.holder_of(environment, system_clock()->now());
    if (!found) return tl::unexpected(std::move(found.error()));
    holder = std::move(*found);
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return holder;
}

/// Whether the user wants it; else the exit code.
std::optional<ExitCode> not_approved(const Invocation& invocation, const std::string& environment,
                                     const Surroundings& surroundings, Console& console) {
  if (invocation.auto_approve) return std::nullopt;
  const SignalInterruption interruption;
  const std::string question = fmt::format("Take the lock of {} away?", environment);
  switch (ask(question, surroundings, console, interruption)) {
    case Reply::yes:
      return std::nullopt;
    case Reply::interrupted:
      console.note("Interrupted. Nothing was changed.");
      return ExitCode::interrupted;
    case Reply::nobody:
      console.note("Not unlocked: there is nobody to answer. Nothing was changed. (--auto-approve does not ask)");
      return ExitCode::error;
    case Reply::no:
    case Reply::lease_lost:
      console.note("Not unlocked. Nothing was changed.");
      return ExitCode::error;
  }
  return ExitCode::error;
}

}  // namespace

ExitCode run_unlock(const Invocation& invocation, const Surroundings& surroundings, Console& console) {
  const auto environment = environment_of(invocation, console);
  if (!environment) return ExitCode::error;
  const std::string& name = environment->name;
  const LedgerPlace place = ledger_place(*environment, invocation);
  const auto holder = find_holder(place, name);
  if (!holder) return report_error(console, holder.error());
  if (!*holder) {
    console.data(fmt::format("Nobody holds the lock of {}.\n", name));
    return ExitCode::done;
  }
  const LeaseHolder& held = **holder;
  console.note(fmt::format("{} is locked by {} since {}, until {} if nothing prolongs it.", name, name_of(held.holder),
                           format_rfc3339(held.since), format_rfc3339(held.until)));
  if (auto code = not_approved(invocation, name, surroundings, console)) return *code;
  auto ledger = open_ledger(place);
  if (!ledger) return report_error(console, ledger.error());
  if (auto broken = (*ledger)->break_lease(name, held.epoch); !broken) return report_error(console, broken.error());
  console.data(fmt::format(
      "Unlocked {}. If {} still runs, it sends nothing more than what it has recorded already, and stops.\n"
      "`cipherform history` shows what it did; the next `cipherform apply` reads the tenant and goes on from there.\n",
      name, terminal_safe(name_of(held.holder))));
  return ExitCode::done;
}

}  // namespace cipherform::cli
