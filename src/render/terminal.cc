// Escaping for terminals and CI logs. A text is walked once: plain ASCII is copied in
// runs; each other character is decoded from UTF-8 and shown, or written as an escape
// if a terminal would act on it, or if a reader would not see it (an invisible
// character can make two names look alike, or hide words from a reviewer).
//
// Logs of CI systems are read by machines too: GitHub acts on a line that starts with
// "::" and on "##[" anywhere, Azure on "##vso[", TeamCity on "##teamcity[". So no two
// colons and no two hashes stay side by side, and no colon stays at either end of a text,
// where a colon of ours may stand next to it.
#include "render/terminal.h"

#include <algorithm>
#include <array>
#include <optional>

#include "cipherform/render.h"

namespace cipherform {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

/// Unicode's controls, formats, separators and blank fillers; sorted.
constexpr std::array<Range, 20> kHidden{{
    {0x0080, 0x009F},    // C1 controls
    {0x00AD, 0x00AD},    // soft hyphen
    {0x034F, 0x034F},    // combining grapheme joiner
    {0x0600, 0x0605},    // Arabic number signs, which prepend
    {0x061C, 0x061C},    // Arabic letter mark
    {0x06DD, 0x06DD},    // Arabic end of ayah
    {0x070F, 0x070F},    // Syriac abbreviation mark
    {0x115F, 0x1160},    // Hangul fillers
    {0x17B4, 0x17B5},    // Khmer inherent vowels, invisible
    {0x180B, 0x180F},    // Mongolian selectors and vowel separator
    {0x200B, 0x200F},    // zero-width characters, direction marks
    {0x2028, 0x202E},    // line and paragraph separators, bidirectional embeddings
    {0x2060, 0x206F},    // word joiner, invisible operators, bidirectional isolates
    {0x3164, 0x3164},    // Hangul filler
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFA0, 0xFFA0},    // halfwidth Hangul filler
    {0xFFF0, 0xFFFB},    // interlinear annotation
    {0x1BCA0, 0x1BCA3},  // shorthand format controls
    {0x1D173, 0x1D17A},  // musical format controls
    {0xE0000, 0xE0FFF},  // tag characters, variation selectors 17 to 256
}};

bool hidden(char32_t c) {
  const auto* const range = std::lower_bound(kHidden.begin(), kHidden.end(), c,
                                             [](const Range& r, char32_t value) { return r.last < value; });
  return range != kHidden.end() && c >= range->first;
}

struct Decoded {
  char32_t character;
  std::size_t length;
};

/// The UTF-8 character at the start of `text`, which is not ASCII; nothing if it is not
/// well formed (Unicode 15, table 3-7).
std::optional<Decoded> decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return std::nullopt;
  char32_t character = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return std::nullopt;
    character = (character << 6U) | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (overlong || surrogate || character > 0x10FFFF) return std::nullopt;
  return Decoded{character, length};
}

/// Appends `introducer` and `value` in `digits` hex digits.
std::size_t append_escape(std::string& out, std::string_view introducer, char32_t value, unsigned digits) {
  out += introducer;
  for (unsigned shift = 4 * digits; shift != 0; shift -= 4) out += "0123456789abcdef"[(value >> (shift - 4)) & 0xFU];
  return introducer.size() + digits;
}

/// Whether the ASCII character at `at` is shown as it is.
bool plain(std::string_view text, std::size_t at) {
  const char c = text[at];
  const bool last = at + 1 == text.size();
  if (c == ':') return at != 0 && !last && text[at + 1] != ':';
  if (c == '#') return last || text[at + 1] != '#';
  return c >= ' ' && c <= '~';
}

/// The longest start of `text` within `longest` bytes that does not cut a character.
std::string_view cut(std::string_view text, std::size_t longest) {
  std::size_t end = longest;
  while (end > 0 && longest - end < 3 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

std::string_view code_of(Style style) {
  switch (style) {
    case Style::bold:
      return "\x1b[1m";
    case Style::added:
      return "\x1b[32m";
    case Style::removed:
      return "\x1b[31m";
    case Style::changed:
      return "\x1b[33m";
    case Style::alarm:
      return "\x1b[1;31m";
  }
  return {};
}

}  // namespace

std::size_t append_safe(std::string& out, std::string_view text, std::size_t longest) {
  const bool too_long = text.size() > longest;
  if (too_long) text = cut(text, longest);
  std::size_t shown = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      std::size_t end = at;
      while (end < text.size() && plain(text, end)) ++end;
      if (end != at) {
        out += text.substr(at, end - at);
        shown += end - at;
        at = end;
      } else {
        shown += append_escape(out, "\\x", static_cast<unsigned char>(text[at++]), 2);
      }
      continue;
    }
    const auto decoded = decode(text.substr(at));
    if (!decoded) {
      shown += append_escape(out, "\\x", static_cast<unsigned char>(text[at++]), 2);
      continue;
    }
    if (!hidden(decoded->character)) {
      out += text.substr(at, decoded->length);
      ++shown;
    } else if (decoded->character <= 0xFFFF) {
      shown += append_escape(out, "\\u", decoded->character, 4);
    } else {
      shown += append_escape(out, "\\U", decoded->character, 8);
    }
    at += decoded->length;
  }
  if (too_long) {
    out += "…";
    ++shown;
  }
  return shown;
}

std::string terminal_safe(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_safe(out, text, text.size());
  return out;
}

void TerminalWriter::start(Style style) {
  if (color_) out_ += code_of(style);
}

void TerminalWriter::stop() {
  if (color_) out_ += "\x1b[0m";
}

void TerminalWriter::own(std::string_view words, Style style) {
  start(style);
  out_ += words;
  stop();
}

std::size_t TerminalWriter::name(std::string_view text, Style style) {
  start(style);
  const std::size_t shown = name(text);
  stop();
  return shown;
}

void write_why(TerminalWriter& writer, std::string_view reason) {
  if (reason.empty()) return;
  writer.own("  Why: ");
  writer.sentence(reason);
  writer.own(".");
  writer.end_line();
}

}  // namespace cipherform
