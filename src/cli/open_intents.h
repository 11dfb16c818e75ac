// What an apply that was killed left open in the ledger.
#pragma once

#include "cipherform/ledger.h"
#include "cli/console.h"

namespace cipherform::cli {

/// Says which requests of earlier runs have no recorded end, and closes them as
/// ambiguous. To be called after a read of the tenant: whatever came of them, the plan
/// made from that read starts from it.
Result<void> close_open_intents(Ledger& ledger, std::string_view environment, Time now, Console& console);

}  // namespace cipherform::cli
