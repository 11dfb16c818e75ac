// The words for a run's end, as the ledger stores them.
#include "cipherform/ledger.h"

namespace cipherform {

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
