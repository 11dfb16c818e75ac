// A plan in the forms that `--format` asks for, and in a file for later.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "cipherform/plan.h"
#include "cli/console.h"
#include "cli/options.h"

namespace cipherform::cli {

/// That standard output cannot be written.
Error output_lost();
/// Writes `text_of(form, color)` to every output asked for; the first failure ends it.
Result<void> write_forms(const std::vector<Output>& outputs, Console& console,
                         const std::function<std::string(Form form, bool color)>& text_of);
/// Writes the plan in every form asked for.
Result<void> write_plan(const Plan& plan, const std::vector<Output>& outputs, Console& console);
Result<void> save_plan(const Plan& plan, const std::filesystem::path& file);

}  // namespace cipherform::cli
