// What holds for every declaration, accepted or not.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cipherform/config.h"

namespace cipherform::fuzz {

/// Names and texts of the files, in their order.
using Files = std::vector<std::pair<std::string, std::string_view>>;

/// There are errors, in order, each about a place that is there.
void check_diagnostics(const std::vector<Diagnostic>& errors, const Files& files);
/// The columns fit together, and nobody is declared without a group.
void check_desired(const DesiredState& state);

}  // namespace cipherform::fuzz
