#include "cli/open_intents.h"

#include <fmt/format.h>

namespace cipherform::cli {

Result<void> close_open_intents(Ledger& ledger, std::string_view environment, Time now, Console& console) {
  const auto open = ledger.open_intents(environment);
  if (!open) return tl::unexpected(open.error());
  if (open->empty()) return {};
  console.note(
      fmt::format("An earlier apply ended without recording what came of {} {}. The tenant has been read since; "
                  "this run goes on from what it has.",
                  open->size(), open->size() == 1 ? "action" : "actions"));
  for (const Intent& intent : *open) {
    const OutcomeRecord record{intent.action_id, ActionOutcome::ambiguous,
                               "the run ended before the answer; a later run read the tenant again"};
    if (auto closed = ledger.record_outcomes(intent.run, std::span{&record, 1}, now); !closed) return closed;
  }
  return {};
}

}  // namespace cipherform::cli
