// Who we are, for the lock.
#pragma once

#include "cipherform/ledger.h"

namespace cipherform::cli {

/// This process as the holder of a lease. `machine` is the kernel's boot id and our PID namespace,
/// or empty where /proc does not tell both.
Holder this_process();

}  // namespace cipherform::cli
