// Writing several files that belong together, none of which may be there already.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cipherform/error.h"

namespace cipherform::cli {

struct NewFile {
  std::filesystem::path path;  ///< relative to the directory
  std::string content;
};

/// Writes all of them below `directory`, which is made where it is not there, or none: where
/// one exists, or cannot be written, the error names it and what was made is taken away again.
/// The first appears last, so that it may refer to the others.
Result<void> write_new_files(const std::filesystem::path& directory, const std::vector<NewFile>& files);

}  // namespace cipherform::cli
