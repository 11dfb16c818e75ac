#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cipherform/render.h"
#include "fakes/golden.h"
#include "fakes/log_safety.h"
#include "fakes/tenant_differences.h"

namespace cipherform {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

std::string golden(const char* name, std::string_view text) {
  return fakes::golden_difference(std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / "render" / name,
                                  text);
}

TEST(DiffText, ShowsPeopleThenNotesThenTheCounts) {
  EXPECT_EQ(golden("diff_rich.txt", render_text(fakes::rich_difference(), {})), "");
  EXPECT_EQ(golden("diff_rich_color.txt", render_text(fakes::rich_difference(), {.color = true})), "");
}

TEST(DiffText, SaysThatNothingDiffers) {
  EXPECT_THAT(render_text(fakes::empty_difference(), {}), EndsWith("\n\nNo differences.\n"));
}

TEST(DiffText, NothingInANameActs) {
  const std::string text = render_text(fakes::hostile_difference(), {});
  EXPECT_EQ(fakes::acted_on(text), "");
  EXPECT_EQ(golden("diff_hostile.txt", text), "");
}

TEST(DiffText, HasEverybodyAndCountsTheNotesThatItLeavesOut) {
  const std::string text = render_text(fakes::large_difference(2'000), {});
  EXPECT_THAT(text, HasSubstr("user-001999@example.com"));
  EXPECT_THAT(text, HasSubstr("    and 1,950 more\n"));
  EXPECT_THAT(text, EndsWith("\n2,000 people differ: 4,000 memberships.\n"));
}

}  // namespace
}  // namespace cipherform
