// Golden files: what a renderer or serializer wrote when a person last agreed with it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cipherform::fakes {

/// Empty if `actual` is what the file `golden` holds, else where they first differ, so
/// that a test reads EXPECT_EQ(golden_difference(file, text), ""). With
/// CIPHERFORM_UPDATE_GOLDEN=1 in the environment the file is rewritten instead.
std::string golden_difference(const std::filesystem::path& golden, std::string_view actual);

}  // namespace cipherform::fakes
