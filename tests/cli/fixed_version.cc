// The version of the tests, in the place of the one that git gives the program.
#include "cli/version.h"

namespace cipherform::cli {

std::string_view tool_version() { return "0.1.0"; }
std::string_view tool_date() { return "2026-11-23"; }

}  // namespace cipherform::cli
