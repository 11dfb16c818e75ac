#include "render/markdown_escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>

#include "cipherform/model.h"

namespace cipherform {
namespace {

constexpr std::size_t kLongestProse = 512;
constexpr std::size_t kLongestMarker = 200;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_letter(char c) { return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

template <class Test>
bool all_of(std::string_view text, Test test) {
  return std::all_of(text.begin(), text.end(), test);
}

/// Calls `visit` with the length of each run of backticks.
template <class Visit>
void backtick_runs(std::string_view text, Visit visit) {
  for (auto at = text.find('`'); at != std::string_view::npos; at = text.find('`', at)) {
    const auto end = std::min(text.find_first_not_of('`', at), text.size());
    visit(end - at);
    at = end;
  }
}

/// The shortest fence that no run in `text` equals. Not one more than the longest: cmark
/// takes 80 backticks at most for a fence. All lengths up to n need n²/2 backticks, so a
/// text of a thousand bytes leaves one below 80.
std::string fence_for(std::string_view text) {
  std::bitset<80> taken;
  backtick_runs(text, [&](std::size_t length) {
    if (length < taken.size()) taken.set(length);
  });
  std::size_t length = 1;
  while (length + 1 < taken.size() && taken.test(length)) ++length;
  std::string fence(length, '`');
  return fence;
}

/// Spaces that a renderer would drop or fold together, written so that they are seen.
std::string with_visible_spaces(const std::string& text) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool lost = text[i] == ' ' && (i == 0 || i + 1 == text.size() || text[i - 1] == ' ');
    lost ? shown += "\\x20" : shown += text[i];
  }
  return shown;
}

/// "12", "14.2", "1,234"; "2027-01-31".
bool is_number(std::string_view word) {
  const bool date = word.size() == 10 && word[4] == '-' && word[7] == '-';
  if (!is_digit(word.front()) || !is_digit(word.back())) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool separator = date ? i == 4 || i == 7 : word[i] == '.' || word[i] == ',';
    if (!is_digit(word[i]) && !(separator && is_digit(word[i - 1]))) return false;
  }
  return word.size() < 7 || word.find_first_of(".,-") != std::string_view::npos;  // else it may name a commit
}

struct Word {
  std::string_view before;  ///< "("
  std::string_view core;
  std::string_view after;  ///< ",", ")," and the like
};

Word split(std::string_view word) {
  Word parts{{}, word, {}};
  const auto ends_in = [&](std::string_view characters) {
    return parts.core.size() > 1 && characters.find(parts.core.back()) != std::string_view::npos;
  };
  if (word.size() > 1 && word.front() == '(') {
    parts.before = word.substr(0, 1);
    parts.core.remove_prefix(1);
  }
  if (ends_in(",;:.")) parts.core.remove_suffix(1);
  if (ends_in(")")) parts.core.remove_suffix(1);
  parts.after = word.substr(parts.before.size() + parts.core.size());
  return parts;
}

/// "removed", "sign-in"; not "facaded", which may name a commit.
bool is_word(std::string_view word) {
  for (std::size_t at = 0; at <= word.size();) {
    const std::string_view part = word.substr(at, word.find('-', at) - at);
    if (part.empty() || !all_of(part, is_letter)) return false;
    if (part.size() >= 7 && all_of(part, is_hex_letter)) return false;
    at += part.size() + 1;
  }
  return true;
}

/// Whether no renderer makes anything of the word, wherever it stands. A number with a full
/// stop or a parenthesis would begin a list; seven hex digits would name a commit.
bool plain(const Word& word) {
  if (is_word(word.core)) return true;
  if (word.core == "%") return true;
  return is_number(word.core) && word.after.find_first_of(".)") == std::string_view::npos;
}

void append_word(std::string& out, std::string_view text) {
  const Word word = split(text);
  if (plain(word)) {
    out += text;
    return;
  }
  const bool mark = word.after.size() == 1 && word.after != ")";
  out += code_span(text.substr(0, text.size() - (mark ? 1 : 0)));
  if (mark) out += word.after;
}

/// Whether a word ends at the start of `rest`, with or without a mark after it.
bool word_ends(std::string_view rest) {
  if (!rest.empty() && std::string_view{",;:."}.find(rest.front()) != std::string_view::npos) rest.remove_prefix(1);
  return rest.empty() || rest.front() == ' ';
}

/// The longest of `names` that stands at the start of `text` as whole words.
std::string_view name_at(std::string_view text, std::span<const std::string_view> names) {
  std::string_view longest;
  for (const std::string_view name : names) {
    if (name.size() > longest.size() && text.starts_with(name) && word_ends(text.substr(name.size()))) longest = name;
  }
  return longest;
}

/// An environment's name as a marker has it; nothing in it can end a comment or a part of it.
std::string marker_name(std::string_view environment) {
  std::string name;
  for (const char c : environment) {
    const bool kept = is_letter(c) || is_digit(c) || c == '.' || c == '_' || (c == '-' && !name.ends_with('-'));
    kept ? name += c : name += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  if (name.size() > kLongestMarker) {
    Sha256 hash;
    hash.update(environment);
    name = "sha256-" + hash.hex();
  }
  return name;
}

std::string marker(std::string_view kind, std::string_view environment) {
  return fmt::format("<!-- cipherform:{}:{} -->", kind, marker_name(environment));
}

}  // namespace

std::size_t append_code(std::string& out, std::string_view text, std::size_t longest) {
  std::string safe;
  append_safe(safe, text, longest);
  safe = with_visible_spaces(safe);
  out += safe;
  return safe.size();
}

std::string code_span(std::string_view text, std::size_t longest) {
  if (text.empty()) return "(empty)";
  std::string safe;
  append_code(safe, text, longest);
  const std::string fence = fence_for(safe);
  const std::string_view padding = safe.front() == '`' || safe.back() == '`' ? " " : "";
  return fmt::format("{}{}{}{}{}", fence, padding, safe, padding, fence);
}

std::string prose(std::string_view sentence, std::span<const std::string_view> names) {
  std::string out;
  std::size_t at = 0;
  while (at < sentence.size() && at < kLongestProse) {
    if (sentence[at] == ' ') {
      ++at;
      continue;
    }
    if (!out.empty()) out += ' ';
    if (const std::string_view name = name_at(sentence.substr(at), names); !name.empty()) {
      out += code_span(name);
      at += name.size();
      if (at < sentence.size() && sentence[at] != ' ') out += sentence[at++];
      continue;
    }
    const auto end = std::min(sentence.find(' ', at), sentence.size());
    append_word(out, sentence.substr(at, end - at));
    at = end;
  }
  if (at < sentence.size()) out += " …";
  return out;
}

std::string code_block(std::string_view language, std::string_view lines) {
  std::size_t longest = 2;
  backtick_runs(lines, [&](std::size_t length) { longest = std::max(longest, length); });
  const std::string fence(longest + 1, '`');
  return fmt::format("{}{}\n{}{}\n", fence, language, lines, fence);
}

std::string plan_marker(std::string_view environment) { return marker("plan", environment); }

std::string drift_marker(std::string_view environment) { return marker("drift", environment); }

std::string promotion_marker(std::string_view environment) { return marker("promotion", environment); }

std::string diff_marker(std::string_view first, std::string_view second) {
  return fmt::format("<!-- cipherform:diff:{}:{} -->", marker_name(first), marker_name(second));
}

}  // namespace cipherform
