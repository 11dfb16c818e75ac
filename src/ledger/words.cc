// The words that the ledger stores, and reports print.
#include "cipherform/ledger.h"
#include "cipherform/report.h"

namespace cipherform {

std::string_view to_string(ActionOutcome outcome) {
  switch (outcome) {
    case ActionOutcome::done:
      return "done";
    case ActionOutcome::refused:
      return "refused";
    case ActionOutcome::not_sent:
      return "not_sent";
    case ActionOutcome::ambiguous:
      return "ambiguous";
    case ActionOutcome::skipped:
      return "skipped";
  }
  return {};
}

std::string_view to_string(RunResult result) {
  switch (result) {
    case RunResult::converged:
      return "converged";
    case RunResult::partial:
      return "partial";
    case RunResult::failed:
      return "failed";
    case RunResult::interrupted:
      return "interrupted";
  }
  return {};
}

}  // namespace cipherform
