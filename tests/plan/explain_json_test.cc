// The JSON form against golden files, which explain_schema_test.py holds against the schema.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cipherform/explain.h"
#include "fakes/explanations.h"
#include "fakes/golden.h"

namespace cipherform {
namespace {

std::string difference(const char* name, std::string_view text) {
  return fakes::golden_difference(
      std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / "explain" / (std::string{name} + ".json"),
      text);
}

TEST(ExplainJson, SaysEverything) { EXPECT_EQ(difference("rich", to_json(fakes::rich_explanation())), ""); }

TEST(ExplainJson, HasNullForWhatIsNotThere) {
  EXPECT_EQ(difference("newcomer", to_json(fakes::newcomer_explanation())), "");
  EXPECT_EQ(difference("nameless", to_json(fakes::nameless_explanation())), "");
}

TEST(ExplainJson, SaysWhichUserOfADuplicateEmail) {
  EXPECT_EQ(difference("duplicate", to_json(fakes::duplicate_explanation())), "");
}

TEST(ExplainJson, IsAsciiWhateverTheNamesAre) {
  const std::string json = to_json(fakes::hostile_explanation());
  EXPECT_EQ(difference("hostile", json), "");
  for (const char c : json) ASSERT_TRUE((c >= ' ' && c <= '~') || c == '\n') << static_cast<int>(c);
}

}  // namespace
}  // namespace cipherform
