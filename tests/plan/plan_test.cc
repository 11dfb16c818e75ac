#include "cipherform/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace cipherform {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Plan plan_with(unsigned creates, unsigned adds, unsigned removes) {
  Plan plan;
  for (unsigned i = 0; i < creates; ++i) plan.actions.push_back({"", CreateUser{}});
  for (unsigned i = 0; i < adds; ++i) plan.actions.push_back({"", AddMember{}});
  for (unsigned i = 0; i < removes; ++i) plan.actions.push_back({"", RemoveMember{}});
  return plan;
}

TEST(CreateBatches, StartSmallAndNeverExceedAHundred) {
  EXPECT_THAT(create_batches(0), IsEmpty());
  EXPECT_THAT(create_batches(1), ElementsAre(1));
  EXPECT_THAT(create_batches(2), ElementsAre(1, 1));
  EXPECT_THAT(create_batches(11), ElementsAre(1, 10));
  EXPECT_THAT(create_batches(12), ElementsAre(1, 10, 1));
  EXPECT_THAT(create_batches(311), ElementsAre(1, 10, 100, 100, 100));
  const auto batches = create_batches(1000);
  EXPECT_EQ(batches.size(), 12U);
  EXPECT_EQ(std::accumulate(batches.begin(), batches.end(), 0U), 1000U);
}

TEST(Plan, CountsByKind) {
  Plan plan = plan_with(12, 3, 2);
  plan.blocked.push_back({RemoveMember{}, BlockCause::last_membership, ""});
  EXPECT_EQ(plan.counts(), (PlanCounts{12, 3, 2, 1}));
  EXPECT_EQ(plan.requests(), 3U + 3U + 2U);
  EXPECT_FALSE(plan.empty());
}

TEST(Plan, WithOnlyBlockedActionsIsEmpty) {
  Plan plan;
  plan.blocked.push_back({RemoveMember{}, BlockCause::last_membership, ""});
  EXPECT_TRUE(plan.empty());
  EXPECT_EQ(plan.requests(), 0U);
}

TEST(EmailOf, IsThatOfAnyChange) {
  EXPECT_EQ(email_of(CreateUser{"a@x.com", {}}), "a@x.com");
  EXPECT_EQ(email_of(AddMember{"id", "b@x.com", {}}), "b@x.com");
  EXPECT_EQ(email_of(RemoveMember{"id", "c@x.com", {}, {}, {}}), "c@x.com");
}

TEST(Acknowledgements, CountOnlyIfTheyAreExactlyTheHits) {
  Plan plan;
  plan.guardrail_hits = {{GuardrailKind::max_removals, "many", "removals=37"},
                         {GuardrailKind::max_creates, "many", "creates=300"},
                         {GuardrailKind::max_members, "full", ""}};
  const auto left = [&](std::vector<std::string> given) {
    std::vector<GuardrailKind> kinds;
    for (const GuardrailHit& hit : unacknowledged(plan.guardrail_hits, given)) kinds.push_back(hit.kind);
    return kinds;
  };
  using enum GuardrailKind;
  EXPECT_THAT(left({}), ElementsAre(max_removals, max_creates, max_members));
  EXPECT_THAT(left({"removals=38", "creates=3000", "removals"}), ElementsAre(max_removals, max_creates, max_members));
  EXPECT_THAT(left({"creates=300", "removals=37", ""}), ElementsAre(max_members));
}

}  // namespace
}  // namespace cipherform
