// Which cipherform this is. Not a part of the library: the program is linked with what
// cmake/version.cmake makes from git, the tests with a version that stays the same.
#pragma once

#include <string_view>

namespace cipherform::cli {

/// "1.2.3", "1.2.3+4.gabcdef0" after a release, "1.2.3-dev.4+gabcdef0" before the first;
/// with "-dirty" where something is not committed.
std::string_view tool_version();
/// Of its last change, "2026-11-23".
std::string_view tool_date();

}  // namespace cipherform::cli
