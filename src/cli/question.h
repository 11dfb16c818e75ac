// Asking the user before anything is changed.
#pragma once

#include "cipherform/apply.h"
#include "cli/console.h"
#include "cli/signals.h"

namespace cipherform::cli {

enum class Reply : std::uint8_t { yes, no, nobody, interrupted, lease_lost };

/// Asks `question` on standard error; only the word "yes" is a yes. Keeps the lease
/// while the user thinks. `nobody`: the input ended without an answer.
Reply ask(std::string_view question, const Surroundings& surroundings, Console& console, LeaseKeeper& lease,
          const SignalInterruption& interruption);
/// The same where there is no lease to keep.
Reply ask(std::string_view question, const Surroundings& surroundings, Console& console,
          const SignalInterruption& interruption);

}  // namespace cipherform::cli
