// Text that ends on a terminal or in a CI log: escaping of what others wrote, and the
// few styles that we use ourselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cipherform {

/// Names and emails are whole up to here; what is longer is cut and ends in "…".
inline constexpr std::size_t kLongestName = 256;
/// The same for sentences, such as the API's own words.
inline constexpr std::size_t kLongestSentence = 1024;

/// Appends `text` as terminal_safe() has it, cut to `longest` bytes of the original.
/// Returns how many characters that shows.
std::size_t append_safe(std::string& out, std::string_view text, std::size_t longest = kLongestSentence);

enum class Style : std::uint8_t { bold, added, removed, changed, alarm };

/// Writes lines. Our own words go in by own(), everything else by name() and
/// sentence(), so that a reader of the code sees which is which.
class TerminalWriter {
 public:
  TerminalWriter(std::string& out, bool color) : out_(out), color_(color) {}

  void own(std::string_view words) { out_ += words; }
  void own(std::string_view words, Style style);
  std::size_t name(std::string_view text) { return append_safe(out_, text, kLongestName); }
  std::size_t name(std::string_view text, Style style);
  std::size_t sentence(std::string_view text) { return append_safe(out_, text, kLongestSentence); }
  void spaces(std::size_t count) { out_.append(count, ' '); }
  void end_line() { out_ += '\n'; }

 private:
  void start(Style style);
  void stop();

  std::string& out_;
  bool color_;
};

/// "  Why: REASON."; nothing where there is none.
void write_why(TerminalWriter& writer, std::string_view reason);

}  // namespace cipherform
