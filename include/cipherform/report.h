// What came of applying a plan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/error.h"

namespace cipherform {

enum class ActionOutcome : std::uint8_t {
  done,
  refused,    ///< the API said no (4xx); not executed
  throttled,  ///< the API asked to come later (429, or 503 with Retry-After), to the last; not executed
  not_sent,   ///< no byte of it left; not executed
  ambiguous,  ///< may have been executed: only reading the tenant tells
  absent,     ///< was ambiguous, and reads after the settle time show that it was not executed
  skipped,    ///< not tried, because an earlier action of the same user failed, or the run stopped
};
/// "done", "refused", "throttled", "not_sent", "ambiguous", "absent", "skipped".
std::string_view to_string(ActionOutcome outcome);

/// What came of one action of the plan.
struct ActionReport {
  ActionOutcome outcome{};
  std::string detail;  ///< the API's own words, or why it was skipped; empty where done
};

struct ApplyReport {
  std::vector<ActionReport> actions;  ///< in the order of Plan::actions
  std::uint64_t requests = 0;         ///< changes sent, retries not counted
  bool interrupted = false;
  /// Why the run stopped before its end (a refused key, a failed ledger), if it did.
  std::optional<Error> stopped_by;
};

}  // namespace cipherform
