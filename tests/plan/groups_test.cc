#include "plan/groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/states.h"
#include "plan/planning.h"

namespace cipherform::plan_tests {
namespace {

using fakes::Desired;
using fakes::in;
using fakes::Live;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kPinned = "550e8400-e29b-41d4-a716-446655440000";

GroupRef group_of_first_add(const Plan& plan) { return std::get<AddMember>(plan.actions.at(0).change).grant.group; }

TEST(Groups, AnUnknownNameIsAnErrorWithTheLikelyCandidate) {
  EXPECT_THAT(errors_of(Desired().group("engineering"), Live().group("Engineering").group("Engineerings")),
              ElementsAre("group 'engineering' is not a group of the tenant [groups.yaml:1:3] "
                          "(it differs only by case or spaces from 'Engineering')"));
  EXPECT_THAT(errors_of(Desired().group("QA Team"), Live().group("qateam").group("QATeam")),
              ElementsAre("group 'QA Team' is not a group of the tenant [groups.yaml:1:3] "
                          "(it differs only by case or spaces from 'QATeam', 'qateam')"));
  EXPECT_THAT(errors_of(Desired().group("Enginering"), Live().group("Engineering").group("Everyone")),
              ElementsAre("group 'Enginering' is not a group of the tenant [groups.yaml:1:3] "
                          "(did you mean 'Engineering'?)"));
  EXPECT_THAT(errors_of(Desired().group("Nothing"), Live().group("Payments").group("Everyone")),
              ElementsAre("group 'Nothing' is not a group of the tenant [groups.yaml:1:3] "
                          "(the tenant has 'Everyone', 'Payments')"));
  EXPECT_THAT(errors_of(Desired().group("Nothing"), Live()),
              ElementsAre("group 'Nothing' is not a group of the tenant [groups.yaml:1:3] (the tenant has no groups)"));
}

TEST(Groups, AtMostTenCandidatesAreListed) {
  Live live;
  for (int i = 0; i < 12; ++i) live.group("group-" + std::to_string(10 + i));
  EXPECT_THAT(errors_of(Desired().group("Nothing"), live),
              ElementsAre("group 'Nothing' is not a group of the tenant [groups.yaml:1:3] (the tenant has 'group-10', "
                          "'group-11', 'group-12', 'group-13', 'group-14', 'group-15', 'group-16', 'group-17', "
                          "'group-18', 'group-19' and 2 more)"));
}

TEST(Groups, AllErrorsComeAtOnceInTheOrderOfTheDeclaration) {
  Guardrails guardrails;
  guardrails.fallback_group = "Every";
  const auto errors = errors_of(Desired().group("Zeta").group("Alpha").user("a@x.com", {"Beta"}).guardrails(guardrails),
                                Live().group("Payments"));
  EXPECT_THAT(
      errors,
      ElementsAre("group 'Zeta' is not a group of the tenant [groups.yaml:1:3] (the tenant has 'Payments')",
                  "group 'Alpha' is not a group of the tenant [groups.yaml:2:3] (the tenant has 'Payments')",
                  "group 'Beta' is not a group of the tenant [users.yaml:1:20] (the tenant has 'Payments')",
                  "guardrails.fallback_group 'Every' is not a group of the tenant [] (the tenant has 'Payments')"));
}

TEST(Groups, AFallbackGroupThatIsDeclaredIsComplainedAboutOnce) {
  Guardrails guardrails;
  guardrails.fallback_group = "Every";
  EXPECT_EQ(errors_of(Desired().group("Every").guardrails(guardrails), Live().group("Payments")).size(), 1U);
}

TEST(Groups, AnAdditiveGroupThatNobodyIsInNowNeedNotExist) {
  EXPECT_THAT(actions(plan_of(Desired().additive("Gone").user("ada@x.com", {"A", in("Gone").until("2025-01-01")}),
                              Live().user("ada@x.com", {"A"}))),
              IsEmpty());
  EXPECT_EQ(errors_of(Desired().additive("Gone").user("ada@x.com", {"Gone"}), Live().group("A")).size(), 1U);
}

TEST(Groups, ANameThatTwoLiveGroupsHaveNeedsAPin) {
  const Live live = Live().group("Eng", {.id = "id-b"}).group("Eng", {.id = "id-a"}).user("ada@x.com", {"A"});
  EXPECT_THAT(errors_of(Desired().group("Eng"), live),
              ElementsAre("group 'Eng' is the name of 2 groups of the tenant: 'id-a', 'id-b' [groups.yaml:1:3] "
                          "(pin the one that is meant with group_ids in environment 'qa')"));
  const Plan plan = plan_of(Desired().group("Eng").user("ada@x.com", {"Eng"}).pin("Eng", "id-a"), live);
  EXPECT_EQ(group_of_first_add(plan), (GroupRef{"id-a", "Eng"}));
}

TEST(Groups, OfTwoLiveGroupsWithOneNameOnlyThePinnedOneIsJudged) {
  const Plan plan =
      plan_of(Desired().group("Eng").pin("Eng", "id-a"),
              Live().group("Eng", {.id = "id-b"}).group("Eng", {.id = "id-a"}).user("ada@x.com", {"id-a", "id-b"}));
  EXPECT_THAT(actions(plan), ElementsAre("remove ada@x.com from Eng"));
  EXPECT_EQ(std::get<RemoveMember>(plan.actions[0].change).group.id, "id-a");
}

TEST(Groups, APinWinsOverTheName) {
  const Plan plan = plan_of(Desired().group("Eng").user("ada@x.com", {"Eng"}).pin("Eng", "ID-B"),
                            Live().group("Eng").group("Renamed", {.id = "id-b"}).user("ada@x.com", {"A"}));
  EXPECT_EQ(group_of_first_add(plan), (GroupRef{"id-b", "Eng"}));
}

TEST(Groups, APinThatTheTenantDoesNotHaveIsAnErrorWhereGroupsAreListed) {
  EXPECT_THAT(errors_of(Desired().group("Eng").pin("Eng", kPinned), Live().group("Eng")),
              ElementsAre(std::string{"group 'Eng' is pinned to "} + kPinned +
                          ", and the tenant has no group with that id [groups.yaml:1:3] "
                          "(correct or remove its group_ids entry in environment 'qa')"));
}

TEST(Groups, AWrongPinIsWrongEachTimeItIsLookedUp) {
  // Once for the group, which nobody is in, so that it is no error; and once as the fallback.
  Guardrails guardrails;
  guardrails.fallback_group = "Guests";
  EXPECT_THAT(
      errors_of(Desired().additive("Guests").pin("Guests", kPinned).guardrails(guardrails), Live().group("Eng")),
      ElementsAre(testing::StartsWith("guardrails.fallback_group 'Guests' is pinned to ")));
}

TEST(Groups, APinSuppliesTheIdWhereGroupsAreNotListed) {
  const Plan plan = plan_of(Desired().group("Eng").user("ada@x.com", {"Eng"}).pin("Eng", kPinned),
                            Live().user("ada@x.com", {"A"}).groups_not_listed());
  EXPECT_EQ(group_of_first_add(plan), (GroupRef{kPinned, "Eng"}));
  EXPECT_EQ(findings(plan, FindingKind::groups_not_listed).size(), 1U);
}

TEST(Groups, WhereGroupsAreNotListedAnUnknownNameSaysWhy) {
  EXPECT_THAT(errors_of(Desired().group("Eng"), Live().user("ada@x.com", {"A"}).groups_not_listed()),
              ElementsAre("group 'Eng' is not a group of the tenant [groups.yaml:1:3] (the tenant has 'A'; the key may "
                          "not list groups, so only those with members are known: supply the id with group_ids)"));
}

TEST(Groups, TwoDeclaredGroupsMayNotBeTheSameLiveOne) {
  EXPECT_THAT(
      errors_of(Desired().group("Eng").group("Dev").pin("Dev", "id-eng"), Live().group("Eng", {.id = "id-eng"})),
      ElementsAre("groups 'Eng' and 'Dev' are the same group of the tenant (id-eng) [groups.yaml:2:3] "
                  "(change group_ids, or declare only one of them)"));
}

TEST(Groups, AMappedNameIsTheTenantsAndThePlanKeepsTheDeclaredOne) {
  const Plan plan =
      plan_of(Desired().group("Eng").called("Eng", "ENG-Prod").user("ada@x.com", {"Eng"}),
              Live().group("Eng", {.id = "old"}).group("ENG-Prod", {.id = "new"}).user("ada@x.com", {"Eng"}));
  EXPECT_EQ(group_of_first_add(plan), (GroupRef{"new", "Eng"}));
  ASSERT_THAT(findings(plan, FindingKind::other_name), ElementsAre("Eng"));
  EXPECT_EQ(plan.findings.back().message, "Eng is called 'ENG-Prod' in the tenant");
  EXPECT_THAT(plan.people.at(0).groups, ElementsAre("Eng (not the declared one)"));
}

TEST(Groups, AMappedNameThatIsNotThereNamesTheTenantsCandidates) {
  EXPECT_THAT(errors_of(Desired().group("Eng").called("Eng", "ENG-Prd"), Live().group("Eng").group("ENG-Prod")),
              ElementsAre("group 'Eng' (as 'ENG-Prd', by group_names) is not a group of the tenant [groups.yaml:1:3] "
                          "(did you mean 'ENG-Prod'?)"));
}

TEST(Groups, OnlyGroupsThatThePlanChangesAreSaidToHaveAnotherName) {
  const Plan plan =
      plan_of(Desired().group("Eng").called("Eng", "E").group("B").called("B", "BB").user("ada@x.com", {"Eng", "B"}),
              Live().group("E").group("BB").user("ada@x.com", {"E"}));
  EXPECT_THAT(findings(plan, FindingKind::other_name), ElementsAre("B"));
}

TEST(Groups, GuardrailsMeanTheMappedGroup) {
  Guardrails guardrails;
  guardrails.protected_groups = {"Break-glass"};
  guardrails.privileged_groups = {"Admins"};
  const Plan plan = plan_of(Desired()
                                .group("Break-glass")
                                .called("Break-glass", "BG")
                                .additive("Admins")
                                .called("Admins", "Root")
                                .user("ada@x.com", {"Admins"})
                                .guardrails(guardrails),
                            Live()
                                .group("BG")
                                .group("Admins")
                                .group("Root")
                                .user("eve@x.com", {"BG", "Admins"})
                                .user("ada@x.com", {"Admins"}));
  EXPECT_THAT(findings(plan, FindingKind::removal_withheld), ElementsAre("eve@x.com in Break-glass"));
  EXPECT_TRUE(std::get<AddMember>(plan.actions.at(0).change).grant.privileged);
  EXPECT_THAT(findings(plan, FindingKind::privileged_undeclared), IsEmpty());
}

TEST(Groups, AMisspeltGuardrailGroupIsAnErrorAndOneOfAnotherEnvironmentIsNot) {
  Guardrails guardrails;
  guardrails.protected_groups = {"break-Glass", "Elsewhere"};
  EXPECT_THAT(errors_of(Desired().guardrails(guardrails), Live().group("Break-glass")),
              ElementsAre("guardrails.protected_groups names 'break-Glass', which is not a group of the tenant [] "
                          "(it differs only by case or spaces from 'Break-glass')"));
}

TEST(Groups, GuardrailsKnowAPinnedGroupByBothNames) {
  Guardrails guardrails;
  guardrails.protected_groups = {"Live name"};
  const Live live = Live().group("Live name", {.id = "id-1"}).user("ada@x.com", {"Live name", "A"});
  const Desired desired = Desired().group("Declared").pin("Declared", "id-1");
  EXPECT_THAT(actions(plan_of(Desired{desired}.guardrails(guardrails), live)), IsEmpty());
  guardrails.protected_groups = {"Declared"};
  EXPECT_THAT(actions(plan_of(Desired{desired}.guardrails(guardrails), live)), IsEmpty());
}

TEST(Groups, WhatAnotherNameStandsForIsNotTheGroupOfThatName) {
  const auto errors = errors_of(Desired().group("Eng").called("Ops", "Eng").user("ada@x.com", {"Eng"}),
                                Live().group("Eng").user("ada@x.com", {"Everyone"}));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_THAT(errors[0], testing::HasSubstr("group 'Eng' is not a group of the tenant: by group_names, "
                                            "what it calls so is 'Ops'"));
}

}  // namespace
}  // namespace cipherform::plan_tests
