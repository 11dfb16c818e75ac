#include <gtest/gtest.h>

#include <filesystem>

#include "fakes/golden.h"
#include "plan/saved_plans.h"

namespace cipherform::plan_tests {
namespace {

TEST(StandingToJson, HasEveryActionInThePlansOrder) {
  const Plan plan = selected_plan();
  ASSERT_EQ(plan.actions.size(), 1U);
  EXPECT_EQ(standing_to_json(plan, std::vector<Standing>{{ActionStanding::already_done, ""}}),
            R"({"format_version":"1.0","environment":"qa","base_url":"https://public-api.cipherscale.com/qa",)"
            R"("fingerprint":")" +
                fingerprint(plan) +
                R"(","holds":true,"still_valid":0,"already_done":1,"conflicting":0,"actions":[{"id":")" +
                plan.actions[0].id +
                R"(","address":"cipherscale_user.users[\"ada@example.com\"]","standing":"already_done"}]})"
                "\n");
}

TEST(StandingToJson, SaysWhyAndWhatHolds) {
  const Plan plan = hostile_plan();
  std::vector<Standing> standings(plan.actions.size());
  standings.back() = {ActionStanding::conflicting, "gone\x1b[31m"};
  const std::string json = standing_to_json(plan, standings);
  EXPECT_NE(json.find(R"("holds":false)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("standing":"conflicting","why":"gone\u001B[31m"})"), std::string::npos) << json;
}

}  // namespace
}  // namespace cipherform::plan_tests
