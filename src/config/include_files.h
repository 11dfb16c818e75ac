// Which files `include` names.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "config/raw_file.h"

namespace cipherform::config {

/// Whether `name`, relative to `project`, is there and, symbolic links followed, below
/// the project directory. False also where it does not exist.
bool is_inside(const std::filesystem::path& project, std::string_view name);

/// The files that the patterns match, relative to `project`, sorted, each once, without
/// cipherform.yaml. Errors are reported at the patterns.
std::vector<std::string> expand_includes(const std::filesystem::path& project, std::span<const NamedAt> patterns,
                                         const FileDiagnostics& errors);

}  // namespace cipherform::config
