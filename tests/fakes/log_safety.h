// What terminals and the logs of CI systems act on, in text that is printed.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "fuzz/text_checks.h"

namespace cipherform::fakes {

/// Why a terminal or a runner would do more with `text` than show it; empty: it would not.
/// GitHub's runner acts on a line that begins with "::" after any white space, and on "##["
/// anywhere (ActionCommand.cs: TryParseV2 trims, TryParse searches); Azure's on "##vso[".
inline std::string acted_on(std::string_view text) {
  std::string found;
  const bool valid = fuzz::code_points(text, [&](char32_t c) {
    const bool control = (c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0);
    const bool hides = (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
                       c == 0xFEFF || c == 0xAD || c == 0x61C || (c >= 0xE0000 && c <= 0xE0FFF);
    if (control || hides) found = "U+" + std::to_string(static_cast<unsigned long>(c));
  });
  if (!valid) return "not UTF-8";
  if (!found.empty()) return found;
  for (const std::string_view anywhere : {"##[", "##vso[", "##teamcity["}) {
    if (text.find(anywhere) != std::string_view::npos) return std::string{anywhere};
  }
  for (std::size_t start = 0; start < text.size();) {
    const std::string_view line = text.substr(start, text.find('\n', start) - start);
    // .NET's TrimStart drops white space outside ASCII too: whatever is no sign of ASCII may go.
    const auto first = std::find_if(line.begin(), line.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (std::string_view{first, line.end()}.starts_with("::")) return "a command: " + std::string{line};
    start += line.size() + 1;
  }
  return {};
}

}  // namespace cipherform::fakes
