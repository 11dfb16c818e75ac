#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cipherform/plan.h"
#include "fakes/golden.h"
#include "plan/planning.h"
#include "plan/saved_plans.h"

namespace cipherform::plan_tests {
namespace {

std::string golden(const std::string& name, const Plan& plan) {
  return fakes::golden_difference(CIPHERFORM_SOURCE_DIR "/tests/golden/plan/" + name + ".json", to_json(plan));
}

TEST(ToJson, IsAsAgreed) {
  EXPECT_EQ(golden("rich", rich_plan()), "");
  EXPECT_EQ(golden("blocked", blocked_plan()), "");
  EXPECT_EQ(golden("empty", empty_plan()), "");
  EXPECT_EQ(golden("selected", selected_plan()), "");
  EXPECT_EQ(golden("drift", drift_plan()), "");
  EXPECT_EQ(golden("hostile", hostile_plan()), "");
}

TEST(ToJson, TheGoldenPlansHaveEveryFindingAndGuardrail) {
  const Lines kinds = findings(rich_plan());
  for (const char* kind : {"unmanaged_user", "deactivated_user", "expired_invitation", "identity_managed_group",
                           "user_without_email", "expires_soon", "expired_not_removed", "privileged_grant",
                           "removal_withheld", "privileged_undeclared", "groups_not_listed"}) {
    EXPECT_THAT(kinds, ::testing::Contains(::testing::StartsWith(kind)));
  }
  EXPECT_EQ(rich_plan().guardrail_hits.size(), 6U);
}

TEST(ToJson, IsCompleteOnlyWhereNothingIsBlockedAndEverythingWasCompared) {
  const auto complete = [](const Plan& plan) {
    return to_json(plan).find("\n\"complete\":true,\n") != std::string::npos;
  };
  EXPECT_TRUE(complete(rich_plan()));
  EXPECT_FALSE(complete(blocked_plan()));
  EXPECT_FALSE(complete(selected_plan()));
}

TEST(ToJson, EachChangeIsALineOfItsOwn) {
  const Plan plan = rich_plan();
  const std::string json = to_json(plan);
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = json.find("\n{\"address\":", at)) != std::string::npos; ++at) ++lines;
  EXPECT_EQ(lines, plan.actions.size());
  EXPECT_EQ(json.back(), '\n');
}

TEST(ToJson, IsApplicableOnlyWithActionsAndWithoutGuardrailHits) {
  const auto applyable = [](const Plan& plan) {
    return to_json(plan).find("\n\"applyable\":true,\n") != std::string::npos;
  };
  Plan plan = rich_plan();
  EXPECT_FALSE(applyable(plan));
  plan.guardrail_hits.clear();
  EXPECT_TRUE(applyable(plan));
  EXPECT_FALSE(applyable(empty_plan()));
}

}  // namespace
}  // namespace cipherform::plan_tests
