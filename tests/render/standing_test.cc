#include <gtest/gtest.h>

#include <filesystem>

#include "cipherform/render.h"
#include "fakes/golden.h"
#include "render/sample_plans.h"

namespace cipherform {
namespace {

std::string difference(const char* name, std::string_view text) {
  return fakes::golden_difference(std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / "render" / name,
                                  text);
}

/// Conflicts of two people, not in their order, between what is done and what still fits.
std::vector<Standing> mixed() {
  return {{ActionStanding::conflicting, "ada@example.com exists already, without Engineering"},
          {ActionStanding::already_done, ""},
          {ActionStanding::conflicting, "the group Admins\x1b[31m (id) no longer exists"},
          {ActionStanding::still_valid, ""},
          {ActionStanding::conflicting, "without Contractors, bob@example.com would be in no group"},
          {ActionStanding::already_done, ""}};
}

TEST(RenderStanding, ListsConflictsPersonByPerson) {
  const Plan plan = samples::plan_to_report();
  ASSERT_EQ(plan.actions.size(), mixed().size());
  EXPECT_EQ(difference("standing_conflicts.txt", render_standing(plan, mixed(), {})), "");
  EXPECT_EQ(difference("standing_conflicts_color.txt", render_standing(plan, mixed(), {.color = true})), "");
}

TEST(RenderStanding, SaysThatAPlanStillHoldsOrHasNothingLeft) {
  const Plan plan = samples::plan_to_report();
  std::vector<Standing> standings(plan.actions.size());
  EXPECT_EQ(difference("standing_holds.txt", render_standing(plan, standings, {})), "");
  for (Standing& standing : standings) standing.standing = ActionStanding::already_done;
  EXPECT_EQ(difference("standing_done.txt", render_standing(plan, standings, {})), "");
}

TEST(RenderStanding, HostileNamesDoNotAct) {
  const Plan plan = samples::hostile_plan();
  const std::vector<Standing> standings(plan.actions.size(),
                                        {ActionStanding::conflicting, "gone\n::error::x\u202e\x1b[2J"});
  EXPECT_EQ(difference("standing_hostile.txt", render_standing(plan, standings, {})), "");
}

}  // namespace
}  // namespace cipherform
