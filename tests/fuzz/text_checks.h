// An independent reader of UTF-8, to judge what ours writes.
#pragma once

#include <optional>
#include <string_view>

namespace cipherform::fuzz {

/// The code points of `text`, one call of `visit(char32_t)` each; false where it is not UTF-8 (RFC 3629).
template <class Visit>
bool code_points(std::string_view text, Visit visit) {
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead >> 5U == 6 ? 2 : lead >> 4U == 14 ? 3 : lead >> 3U == 30 ? 4 : 0;
    if (length == 0 || at + length > text.size()) return false;
    char32_t value = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      const auto byte = static_cast<unsigned char>(text[at + i]);
      if (byte >> 6U != 2) return false;
      value = (value << 6U) | (byte & 0x3FU);
    }
    if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return false;
    visit(value);
    at += length;
  }
  return true;
}

/// Whether a terminal or a CI log would show `text` and do nothing else with it.
inline bool harmless(std::string_view text) {
  bool shown = true;
  const bool valid = code_points(text, [&](char32_t c) {
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    const bool turns = (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F);
    if (control || turns || c == 0xFEFF || c == 0x061C) shown = false;
  });
  const bool command = text.find("::") != std::string_view::npos || text.find("##") != std::string_view::npos;
  return valid && shown && !command && !text.starts_with(':') && !text.ends_with(':');
}

}  // namespace cipherform::fuzz
