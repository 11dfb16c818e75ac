#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/states.h"
#include "plan/planning.h"

namespace cipherform::plan_tests {
namespace {

using fakes::Desired;
using fakes::Live;
using ::testing::ElementsAre;

TEST(MakePlan, IsBoundToItsEnvironmentStatesAndTime) {
  const LiveState live = Live().user("ada@x.com", {"A"}).user("bob@x.com", {"A"}).unproved("it shrank");
  const Plan plan = plan_of(Desired().environment("prod", "https://api/prod").user("ada@x.com", {"A"}), live);
  EXPECT_EQ(plan.environment, "prod");
  EXPECT_EQ(plan.base_url, "https://api/prod");
  EXPECT_EQ(plan.created_at, fakes::time_of(kNow));
  EXPECT_EQ(plan.tool_version, "0.1.0");
  EXPECT_EQ(plan.declaration_digest, std::string(64, 'd'));
  EXPECT_EQ(plan.live_digest, digest(live));
  EXPECT_EQ(plan.live_users, 2U);
  EXPECT_EQ(plan.declared_users, 1U);
  EXPECT_FALSE(plan.proof.complete);
  EXPECT_EQ(plan.proof.reason, "it shrank");
}

TEST(MakePlan, DeclaredGroupsThatAnIdentityProviderFillsAreFound) {
  const Plan plan =
      plan_of(Desired().group("Staff"),
              Live().group("Staff", {.identity_managed = true}).group("Undeclared", {.identity_managed = true}));
  EXPECT_THAT(findings(plan), ElementsAre("identity_managed_group Staff"));
  EXPECT_EQ(plan.findings[0].message, "an identity provider fills Staff, and can undo at a sign-in what is declared");
}

TEST(MakePlan, SaysWhatIsUnknownWhereGroupsAreNotListed) {
  const Plan plan = plan_of(Desired(), Live().groups_not_listed());
  ASSERT_THAT(findings(plan), ElementsAre("groups_not_listed "));
  EXPECT_EQ(plan.findings[0].message,
            "the key may not list groups: groups without members, and which groups give privileges or are filled by an "
            "identity provider, are not known");
}

TEST(MakePlan, KeepsWhatItWasLimitedTo) {
  const Selection selection{{"ada@*"}, {"Eng"}};
  EXPECT_EQ(plan_of(Desired().user("ada@x.com", {"Eng"}), Live().group("Eng"), selection).selection, selection);
}

TEST(MakePlan, AnEmptyTenantAndAnEmptyDeclarationAgree) {
  const Plan plan = plan_of(Desired(), Live());
  EXPECT_TRUE(plan.empty());
  EXPECT_TRUE(plan.findings.empty());
}

TEST(MakePlan, ManyPeopleInAnyOrderAreEachFound) {
  Desired desired = Desired().group("Eng");
  Live live;
  for (unsigned i = 0; i < 500; ++i) {
    desired.user("user-" + std::to_string(i) + "@x.com", {"Eng"});
    live.user("USER-" + std::to_string((i * 7) % 500) + "@x.com", {"Eng"});
  }
  live.user("last@x.com", {"Eng", "A"});
  const Plan plan = plan_of(desired, live);
  EXPECT_THAT(actions(plan), ElementsAre("remove last@x.com from Eng"));
}

}  // namespace
}  // namespace cipherform::plan_tests
