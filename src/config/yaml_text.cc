// A string is plain only if it looks like a word or an email address. Everything else is
// quoted: not because YAML needs it, but because nobody has to think about it.
#include "config/yaml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "cipherform/model.h"
#include "cipherform/utf8.h"

namespace cipherform::config {
namespace {

constexpr std::size_t kMaxCommentBytes = 256;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What YAML 1.1 or 1.2 reads as a truth value or as nothing.
bool is_word_with_meaning(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kWords{"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
  return text.size() <= 5 && std::find(kWords.begin(), kWords.end(), email_key(text)) != kWords.end();
}

/// Of letters, digits and `inside`.
bool consists_of(std::string_view text, std::string_view inside) {
  return std::all_of(text.begin(), text.end(), [inside](char c) {
    return is_letter(c) || is_digit(c) || inside.find(c) != std::string_view::npos;
  });
}

bool is_plain_url(std::string_view text) {
  return (text.starts_with("https://") || text.starts_with("http://")) && text.back() != ':' &&
         consists_of(text, "._-/:");
}

bool is_plain(std::string_view text) {
  if (text.empty() || text.size() > kMaxCommentBytes || text.back() == ' ') return false;
  if (is_uuid(text) || is_plain_url(text)) return true;
  const bool is_address = text.find('@') != std::string_view::npos && text.find('.') != std::string_view::npos;
  if (!is_letter(text.front()) && !(is_address && is_digit(text.front()))) return false;
  return text.find("  ") == std::string_view::npos && !is_word_with_meaning(text) && consists_of(text, "._@+-/ ");
}

/// The character at the front of well-formed UTF-8, which is taken off.
std::uint32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t character = length == 1 ? lead : lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    character = character << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(length);
  return character;
}

/// Controls, line separators, and what has no ink of its own but changes how the rest looks.
bool is_hidden(std::uint32_t c) {
  struct Range {
    std::uint32_t first;
    std::uint32_t last;
  };
  static constexpr std::array<Range, 14> kHidden{{{0x00, 0x1F},
                                                  {0x7F, 0xA0},
                                                  {0xAD, 0xAD},
                                                  {0x61C, 0x61C},
                                                  {0x180E, 0x180E},
                                                  {0x2000, 0x200F},
                                                  {0x2028, 0x202F},
                                                  {0x205F, 0x206F},
                                                  {0x3000, 0x3000},
                                                  {0xFE00, 0xFE0F},
                                                  {0xFEFF, 0xFEFF},
                                                  {0xFFF0, 0xFFFB},
                                                  {0xFFFE, 0xFFFF},
                                                  {0xE0000, 0xE0FFF}}};
  return std::any_of(kHidden.begin(), kHidden.end(), [c](Range range) { return c >= range.first && c <= range.last; });
}

void append_escape(std::string& out, std::uint32_t character) {
  if (character == '\n') {
    out += "\\n";
  } else if (character == '\t') {
    out += "\\t";
  } else if (character <= 0xFF) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", character);
  } else if (character <= 0xFFFF) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", character);
  } else {
    fmt::format_to(std::back_inserter(out), "\\U{:08x}", character);
  }
}

std::string quoted(std::string_view text) {
  const std::string valid = repaired_utf8(text);
  std::string out = "\"";
  for (std::string_view rest = valid; !rest.empty();) {
    const std::string_view before = rest;
    const std::uint32_t character = take_character(rest);
    if (character == '"' || character == '\\') out += '\\';
    if (is_hidden(character)) {
      append_escape(out, character);
    } else {
      out += before.substr(0, before.size() - rest.size());
    }
  }
  return out += '"';
}

}  // namespace

std::string yaml_string(std::string_view text) { return is_plain(text) ? std::string(text) : quoted(text); }

std::string yaml_comment(std::string_view text) {
  const auto written = [](std::string_view part) {
    return part.find(' ') == std::string_view::npos ? yaml_string(part) : quoted(part);
  };
  if (text.size() <= kMaxCommentBytes) return written(text);
  std::size_t end = kMaxCommentBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return written(text.substr(0, end)) + "…";
}

}  // namespace cipherform::config
