// Text that becomes part of an HTML page: escaping of what others wrote, and the policy
// that keeps the page from doing anything that it does not itself bring.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "render/terminal.h"

namespace cipherform {

/// Writes HTML. Our own markup goes in by own(), everything else by name() and sentence():
/// with visible escapes as terminal_safe() has them, and then escaped so that it stays text,
/// between tags as well as in a quoted attribute.
class HtmlWriter {
 public:
  explicit HtmlWriter(std::string& out) : out_(out) {}

  void own(std::string_view markup) { out_ += markup; }
  void name(std::string_view text) { safe(text, kLongestName); }
  void sentence(std::string_view text) { safe(text, kLongestSentence); }

 private:
  void safe(std::string_view text, std::size_t longest);

  std::string& out_;
};

/// Appends `text`, which is well-formed UTF-8, as a JSON string that can stand in a script
/// element: nothing in it ends the element or starts a comment.
void append_script_json(std::string& out, std::string_view text);

/// What a Content-Security-Policy calls an inline script or style with exactly this content:
/// 'sha256-…', quotes included.
std::string policy_hash(std::string_view content);

}  // namespace cipherform
