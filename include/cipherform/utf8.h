// Text from elsewhere may be any bytes; whoever needs UTF-8 gets it here.
#pragma once

#include <string>
#include <string_view>

namespace cipherform {

/// `text` with U+FFFD in place of each byte that belongs to no well-formed sequence.
std::string repaired_utf8(std::string_view text);

}  // namespace cipherform
