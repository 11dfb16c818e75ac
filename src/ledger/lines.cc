#include "ledger/lines.h"

#include <algorithm>

namespace cipherform {
namespace {

constexpr std::string_view kEscaped{"\n\\\0", 3};

void append_escaped(std::string& lines, std::string_view text) {
  for (const char character : text) {
    switch (character) {
      case '\n':
        lines += "\\n";
        break;
      case '\0':
        lines += "\\0";
        break;
      case '\\':
        lines += "\\\\";
        break;
      default:
        lines += character;
    }
  }
}

std::string unescaped(std::string_view line) {
  std::string text;
  text.reserve(line.size());
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char next = line[at] == '\\' && at + 1 < line.size() ? line[at + 1] : ' ';
    switch (next) {
      case 'n':
        text += '\n';
        break;
      case '0':
        text += '\0';
        break;
      case '\\':
        text += '\\';
        break;
      default:
        text += line[at];
        continue;
    }
    ++at;
  }
  return text;
}

}  // namespace

std::string lines_of(const std::vector<std::string>& texts) {
  std::size_t size = 0;
  for (const std::string& text : texts) size += text.size() + 1;
  std::string lines;
  lines.reserve(size);
  for (const std::string& text : texts) {
    if (text.find_first_of(kEscaped) == std::string::npos) {
      lines += text;
    } else {
      append_escaped(lines, text);
    }
    lines += '\n';
  }
  return lines;
}

std::vector<std::string> texts_of(std::string_view lines) {
  std::vector<std::string> texts;
  texts.reserve(static_cast<std::size_t>(std::ranges::count(lines, '\n')));
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    texts.push_back(line.find('\\') == std::string_view::npos ? std::string(line) : unescaped(line));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return texts;
}

}  // namespace cipherform
