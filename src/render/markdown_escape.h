// What others wrote, inside Markdown: as text that is read and copied, and does nothing.
//
// Nothing but a code span holds on GitHub and GitLab: a backslash keeps characters from
// Markdown, but mentions, issue references, bare links, emails and emoji are looked for
// afterwards, in the text that is left. In code they are not looked for. Tables are not
// used: in a cell, renderers disagree on what "\|" in a code span is.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "render/terminal.h"

namespace cipherform {

/// A name as a code span. Characters that would not be seen, or would not be seen as they are
/// (controls, bidirectional and zero-width ones, spaces at an end or beside another), are
/// escapes as terminal_safe() has them. Cut to `longest` bytes.
std::string code_span(std::string_view text, std::size_t longest = kLongestName);

/// A sentence that was composed of our words and others': plain words stay words, each of
/// `names` and every word with anything but letters in it is a code span.
std::string prose(std::string_view sentence, std::span<const std::string_view> names = {});

/// A text as one line of a code block.
std::size_t append_code(std::string& out, std::string_view text, std::size_t longest = kLongestName);
/// `lines`, each ending in a line feed and none starting with a backtick, as a code block of
/// `language`; its fence is longer than any run of backticks in them.
std::string code_block(std::string_view language, std::string_view lines);

/// The hidden first line by which a program finds its own comment:
/// "<!-- cipherform:plan:ENV -->". In ENV letters, digits, '.', '_' and a '-' that follows no
/// '-' are themselves, every other byte is %XX; more than 200 bytes of that are "sha256-" and
/// the digest of the name instead. Different names have different markers.
std::string plan_marker(std::string_view environment);
/// The same of a drift: "<!-- cipherform:drift:ENV -->".
std::string drift_marker(std::string_view environment);
/// The same of a promotion, by where it goes to: "<!-- cipherform:promotion:ENV -->".
std::string promotion_marker(std::string_view environment);
/// "<!-- cipherform:diff:ENV1:ENV2 -->", with the names as plan_marker() has them.
std::string diff_marker(std::string_view first, std::string_view second);

}  // namespace cipherform
