// A list of texts in one column: one a line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cipherform {

/// A line feed, a NUL and a backslash in a text are written \n, \0 and \\. No text: nothing.
std::string lines_of(const std::vector<std::string>& texts);
/// The other way. What lines_of() cannot have written is taken as it stands.
std::vector<std::string> texts_of(std::string_view lines);

}  // namespace cipherform
