// The bytes of a file, and whether they are text that may be parsed at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "config/diagnostics.h"

namespace cipherform::config {

/// All bytes of a regular file of bounded size, or why not, in words. Never blocks on
/// a pipe or a device.
tl::expected<std::string, std::string> read_regular_file(const std::filesystem::path& path);

/// What is wrong with `text`, and at which byte.
struct TextProblem {
  std::size_t offset = 0;
  std::string_view what;
};
/// The first byte that is no valid UTF-8, or a character that no declaration needs:
/// controls, C1 included, and Unicode's line separators, which some YAML parsers take
/// for line breaks and some do not. Line breaks and tabs pass if `allow_layout`.
std::optional<TextProblem> find_bad_character(std::string_view text, bool allow_layout);

/// Whether a file's text may be given to the parser; if not, one error says why.
bool check_text(std::string_view text, const FileDiagnostics& errors);

}  // namespace cipherform::config
