// A plan in the forms that `--format` asks for, and saved plans.
#pragma once

#include <filesystem>
#include <vector>

#include "cipherform/plan.h"
#include "cli/console.h"
#include "cli/options.h"

namespace cipherform::cli {

/// That standard output cannot be written.
Error output_lost();
/// Writes every form asked for; the first failure ends it.
Result<void> write_plan(const Plan& plan, const std::vector<Output>& outputs, Console& console);
Result<void> save_plan(const Plan& plan, const std::filesystem::path& file);
Result<Plan> load_plan(const std::filesystem::path& file);

}  // namespace cipherform::cli
