// The words for what came of an action, as the ledger keeps them and reports print them.
#include "cipherform/report.h"

namespace cipherform {

std::string_view to_string(ActionOutcome outcome) {
  switch (outcome) {
    case ActionOutcome::done:
      return "done";
    case ActionOutcome::refused:
      return "refused";
    case ActionOutcome::throttled:
      return "throttled";
    case ActionOutcome::not_sent:
      return "not_sent";
    case ActionOutcome::ambiguous:
      return "ambiguous";
    case ActionOutcome::absent:
      return "absent";
    case ActionOutcome::skipped:
      return "skipped";
  }
  return {};
}

}  // namespace cipherform
