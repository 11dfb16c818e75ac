// What the writer and the reader of saved plans must agree on. docs/plan-format.md
// describes the whole.
#pragma once

#include <cstddef>
#include <string_view>

namespace cipherform::plan {

/// Of Terraform's plan representation, which the outer shape follows; consumers of it
/// check the major version.
inline constexpr std::string_view kTerraformFormat = "1.0";
/// Of our own data. A new minor version may add keys that an old reader may ignore.
inline constexpr std::string_view kOwnFormat = "1.3";
inline constexpr std::string_view kMajor = "1.";

inline constexpr std::size_t kLargestPlan = std::size_t{1} << 30U;

/// Where the digest stands while it is computed.
inline constexpr std::string_view kBlankDigest = "0000000000000000000000000000000000000000000000000000000000000000";

}  // namespace cipherform::plan
