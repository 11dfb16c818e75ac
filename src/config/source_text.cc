// Reads files and refuses what is not text. The YAML parser is never shown anything
// that could end a scalar early (NUL), look like a line break to one reader and not to
// the next (CR, NEL, LS, PS), or make it allocate without bound.
#include "config/source_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace cipherform::config {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string system_words(int code) { return std::generic_category().message(code); }

std::string too_large() { return "is larger than " + std::to_string(kMaxFileBytes >> 20U) + " MiB"; }

/// Length of the UTF-8 sequence at the front of `text`, 0 where there is no valid one
/// (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  const auto continues = [&byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) > 0x9F) return 0;
    return continues(1) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;
    return continues(1) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

constexpr std::string_view kNul = "a NUL byte";
constexpr std::string_view kNotUtf8 = "not valid UTF-8";
constexpr std::string_view kControl = "a control character";
constexpr std::string_view kLoneReturn = "a carriage return without a line feed";
constexpr std::string_view kSeparator = "a Unicode line separator";

std::string_view problem_of_ascii(unsigned char byte) { return byte == 0 ? kNul : kControl; }

/// What is wrong with the valid multi-byte sequence at the front of `text`.
std::string_view problem_of_sequence(std::string_view text, std::size_t length) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (length == 2 && byte(0) == 0xC2 && byte(1) < 0xA0) return kControl;
  if (length == 3 && byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9)) return kSeparator;
  if (length == 3 && byte(0) == 0xEF && byte(1) == 0xBF && byte(2) >= 0xBE) return kControl;  // U+FFFE, U+FFFF
  return {};
}

LineColumn place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto start = before.rfind('\n');
  const std::size_t column = start == std::string_view::npos ? offset + 1 : offset - start;
  return {.line = static_cast<std::uint32_t>(line), .column = static_cast<std::uint32_t>(column)};
}

/// A tab where a line of content is indented. YAML forbids it; yaml-cpp counts it as
/// one column and may put the line under another parent than the one it looks to have.
std::optional<std::size_t> tab_in_indentation(std::string_view line) {
  const std::size_t content = line.find_first_not_of(" \t\r");
  if (content == std::string_view::npos || line[content] == '#') return std::nullopt;
  const std::size_t tab = line.substr(0, content).find('\t');
  return tab == std::string_view::npos ? std::nullopt : std::optional{tab};
}

std::optional<TextProblem> find_bad_line(std::string_view text) {
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (end - start > kMaxLineBytes) return TextProblem{start, "a line of more than 1 MiB"};
    if (text[start] == '\t' || text[start] == ' ') {
      if (const auto tab = tab_in_indentation(text.substr(start, end - start))) {
        return TextProblem{start + *tab, "a tab in the indentation: YAML indents with spaces only"};
      }
    }
    start = end + 1;
  }
  return std::nullopt;
}

tl::expected<std::string, std::string> read_all(int fd, std::size_t expected_size) {
  std::string bytes;
  bytes.resize(expected_size + 1);  // one more, so that the end is seen without growing
  std::size_t used = 0;
  while (true) {
    if (used == bytes.size()) bytes.resize(bytes.size() * 2);
    const ssize_t count = ::read(fd, bytes.data() + used, bytes.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return tl::unexpected("cannot be read: " + system_words(errno));
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
    if (used > kMaxFileBytes) return tl::unexpected(too_large());
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace

tl::expected<std::string, std::string> read_regular_file(const std::filesystem::path& path) {
  // Non-blocking: opening a FIFO that nobody writes would wait for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) {
    if (errno == ENOENT) return tl::unexpected(std::string("no such file"));
    return tl::unexpected("cannot be read: " + system_words(errno));
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return tl::unexpected("cannot be read: " + system_words(errno));
  if (S_ISDIR(status.st_mode)) return tl::unexpected(std::string("is a directory, not a file"));
  if (!S_ISREG(status.st_mode)) return tl::unexpected(std::string("is not a regular file"));
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > kMaxFileBytes) return tl::unexpected(too_large());
  return read_all(file.get(), size);
}

std::optional<TextProblem> find_bad_character(std::string_view text, bool allow_layout) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte < 0x7F) {
      ++i;
    } else if (byte < 0x80) {
      if (!allow_layout || (byte != '\n' && byte != '\t' && byte != '\r'))
        return TextProblem{i, problem_of_ascii(byte)};
      if (byte == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) return TextProblem{i, kLoneReturn};
      ++i;
    } else {
      const std::size_t length = sequence_length(text.substr(i));
      if (length == 0) return TextProblem{i, kNotUtf8};
      if (const auto what = problem_of_sequence(text.substr(i), length); !what.empty()) return TextProblem{i, what};
      i += length;
    }
  }
  return std::nullopt;
}

bool check_text(std::string_view text, const FileDiagnostics& errors) {
  const auto bad = find_bad_character(text, true);
  const auto problem = bad ? bad : find_bad_line(text);
  if (!problem) return true;
  errors.error(place_of(text, problem->offset), std::string(problem->what),
               problem->what == kNul || problem->what == kNotUtf8 ? "a declaration is text in UTF-8" : "");
  return false;
}

}  // namespace cipherform::config
