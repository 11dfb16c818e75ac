// Exit codes (product contract section 3).
#pragma once

namespace cipherform::cli {

enum class ExitCode : int {
  done = 0,  ///< done, or nothing to do
  error = 1,
  changes = 2,  ///< only `plan --detailed-exitcode`, and `drift`
  refused = 3,  ///< by a guardrail, or something is blocked
  stale = 4,    ///< the saved plan no longer fits
  partial = 5,  ///< applied in part; running again continues
  interrupted = 130,
};

}  // namespace cipherform::cli
