// Strings as YAML, so that every reader takes them back as the same strings.
#pragma once

#include <string>
#include <string_view>

namespace cipherform::config {

/// `text` on one line: plain where nobody can read it as anything but this string, YAML 1.1's
/// `yes` and `1:30` included; else in double quotes, with escapes for quotes, controls and what
/// is not seen (bidirectional and zero-width characters). A URL and a UUID are plain. Invalid UTF-8 becomes U+FFFD.
std::string yaml_string(std::string_view text);

/// For a comment: the first 256 bytes, with `…` for the rest, and quoted where there is a space.
std::string yaml_comment(std::string_view text);

}  // namespace cipherform::config
