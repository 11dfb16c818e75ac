// Writing a file so that it is there whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "cipherform/error.h"

namespace cipherform::cli {

/// Replaces `path` with `content`, mode 0600, by way of a new file beside it. A device or
/// a pipe is written to.
Result<void> write_private_file(const std::filesystem::path& path, std::string_view content);
/// The same with mode 0644, whatever the umask: for a file that other users' programs read.
Result<void> write_public_file(const std::filesystem::path& path, std::string_view content);
/// The whole of a regular file of at most `most_bytes`.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t most_bytes);

}  // namespace cipherform::cli
