// One file of a declaration: its YAML, decoded into columns.
#pragma once

#include <string_view>

#include "config/diagnostics.h"
#include "config/raw_file.h"
#include "config/yaml_stream.h"

namespace cipherform::config {

inline constexpr std::string_view kRootFile = "cipherform.yaml";

/// Decodes `text` into `file`, and the keys of cipherform.yaml into `root`, which is
/// null for every other file.
Reading read_declaration_file(std::string_view text, RawFile& file, RawRoot* root, const FileDiagnostics& errors);

}  // namespace cipherform::config
