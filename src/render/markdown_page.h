// A Markdown text that never grows over its limit: whoever writes a list takes a share of
// what is left, and what does not fit is counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cipherform {

inline constexpr std::size_t kCommentLimit = 64'000;     // 65,536, less what a CI kit may put around it
inline constexpr std::size_t kCommentReserved = 10'000;  // headlines of every section, with hostile names in them

class MarkdownPage {
 public:
  /// At most `limit` bytes, of which `reserved` are kept from lists, for line() and own().
  MarkdownPage(std::size_t limit, std::size_t reserved) : limit_(limit), reserved_(reserved) {}

  /// Our own words, and names that are escaped and bounded; lists alone may be of any length.
  void own(std::string_view markdown) { text_ += markdown; }
  void line(std::string_view markdown = {});

  /// What a list may take of what is left for lists: `parts` of `of`.
  std::size_t share(std::size_t parts, std::size_t of) const;

  struct Bounds {
    std::size_t bytes = 0;
    std::size_t entries = 0;
  };
  /// One line "- ENTRY" for each of the first entries within the bounds, then "- and 12 more"
  /// where some are left. Returns how many entries there are.
  std::size_t list(std::string_view prefix, std::size_t total, const std::function<std::string(std::size_t)>& entry,
                   Bounds bounds);

  /// Notes that something did not fit.
  void cut() { whole_ = false; }
  bool whole() const { return whole_; }
  /// Without empty lines at the end.
  std::string take() &&;

 private:
  std::string text_;
  std::size_t limit_;
  std::size_t reserved_;
  bool whole_ = true;
};

}  // namespace cipherform
