// Which of the bugs of model/planted_bug.h is there.
#pragma once

#include <optional>

#include "model/planted_bug.h"

namespace cipherform::sim {

/// From now on, until the next call.
void plant(std::optional<Bug> bug);

}  // namespace cipherform::sim
