// What can only be judged once all files are put together.
#pragma once

#include "config/diagnostics.h"
#include "config/raw_file.h"
#include "config/resolve.h"

namespace cipherform::config {

/// Users in no group, names that differ only by case or spaces, and guardrails that
/// contradict the declaration. `complete` is false where a part of a file is unknown;
/// then nothing is reported as missing.
void check_declaration(const Resolved& resolved, const RawRoot& root, bool complete, Diagnostics& errors);

}  // namespace cipherform::config
