// Where the API key comes from. The key is returned and nowhere else shown.
#pragma once

#include <filesystem>
#include <string>

#include "cipherform/config.h"
#include "cli/options.h"

namespace cipherform::cli {

/// The key of `environment`: from the source that it names, else from
/// CIPHERFORM_API_KEY_<NAME>, else from CIPHERFORM_API_KEY. ErrorKind::credential
/// where there is none. `project` is what relative paths are relative to.
Result<std::string> resolve_api_key(const Environment& environment, const std::filesystem::path& project,
                                    const Variables& variables);

}  // namespace cipherform::cli
