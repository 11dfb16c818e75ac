// The JSON form against golden files, which diff_schema_test.py holds against the schema.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "cipherform/diff.h"
#include "fakes/golden.h"
#include "fakes/log_safety.h"
#include "fakes/tenant_differences.h"

namespace cipherform {
namespace {

std::string golden(const char* name, std::string_view text) {
  return fakes::golden_difference(
      std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / "diff" / (std::string{name} + ".json"), text);
}

TEST(CompareTenantsJson, SaysEverything) { EXPECT_EQ(golden("rich", to_json(fakes::rich_difference())), ""); }

TEST(CompareTenantsJson, OfNoDifference) { EXPECT_EQ(golden("empty", to_json(fakes::empty_difference())), ""); }

TEST(CompareTenantsJson, IsAsciiWithoutCommandsWhateverTheNamesAre) {
  const std::string json = to_json(fakes::hostile_difference());
  EXPECT_EQ(fakes::acted_on(json), "");
  EXPECT_TRUE(std::all_of(json.begin(), json.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  EXPECT_EQ(golden("hostile", json), "");
}

}  // namespace
}  // namespace cipherform
