#include "plan/difference.h"

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

Guardrails fallback_to(std::string group) {
  Guardrails guardrails;
  guardrails.fallback_group = std::move(group);
  return guardrails;
}

TEST(Difference, NothingToDoWhereBothAgree) {
  const Plan plan = plan_of(Desired().group("Eng").user("ada@x.com", {"Eng"}), Live().user("ada@x.com", {"Eng"}));
  EXPECT_TRUE(plan.empty());
  EXPECT_THAT(plan.blocked, IsEmpty());
  EXPECT_THAT(plan.findings, IsEmpty());
  EXPECT_EQ(plan.requests(), 0U);
}

TEST(Difference, EmailsAreComparedWithoutCase) {
  const Plan plan = plan_of(Desired().group("Eng").user("Ada@X.com", {"Eng"}), Live().user("aDA@x.COM", {"Eng"}));
  EXPECT_THAT(actions(plan), IsEmpty());
  EXPECT_THAT(findings(plan), IsEmpty());
}

TEST(Difference, AMissingUserIsCreatedAsFirstSpelledWithAllGroups) {
  const Plan plan = plan_of(Desired().group("Eng").user("Ada@x.com", {"Ops", "Eng"}).user("ada@X.com", {"Admins"}),
                            Live().group("Eng").group("Ops").group("Admins"));
  EXPECT_THAT(actions(plan), ElementsAre("create Ada@x.com in Admins, Eng, Ops"));
}

TEST(Difference, AMissingUserWithExpiredMembershipsOnlyIsNotCreated) {
  const Plan plan =
      plan_of(Desired().group("Eng").user("ada@x.com", {in("Eng").until("2025-12-30")}), Live().group("Eng"));
  EXPECT_THAT(actions(plan), IsEmpty());
}

TEST(Difference, GrantsSayWhoAskedForThemAndUntilWhen) {
  const Plan plan = plan_of(Desired().group("Eng").user("ada@x.com", {in("Eng").until("2026-03-01").reason("OPS-1"),
                                                                      in("Eng").until("2025-03-01").reason("OLD-1"),
                                                                      in("Eng").until("2026-02-01").team("platform")}),
                            Live().group("Eng"));
  ASSERT_EQ(plan.actions.size(), 1U);
  const Grant& grant = std::get<CreateUser>(plan.actions[0].change).grants[0];
  const Source by_user{"users.yaml", 1, 20, "", "OPS-1", fakes::time_of("2026-03-01")};
  const Source by_team{"users.yaml", 1, 22, "platform", "", fakes::time_of("2026-02-01")};
  EXPECT_THAT(grant.sources, ElementsAre(by_user, by_team));
  EXPECT_EQ(grant.until, fakes::time_of("2026-03-01"));
}

TEST(Difference, OneSourceWithoutAnEndMakesAGrantEndless) {
  const Plan plan =
      plan_of(Desired().group("Eng").user("ada@x.com", {in("Eng").until("2026-03-01"), "Eng"}), Live().group("Eng"));
  EXPECT_EQ(std::get<CreateUser>(plan.actions.at(0).change).grants[0].until, std::nullopt);
}

TEST(Difference, AMembershipLastsThroughItsLastMillisecond) {
  const auto at = [](const char* until) {
    return actions(plan_of(Desired().group("Eng").user("ada@x.com", {in("Eng").until(until)}), Live().group("Eng")));
  };
  EXPECT_THAT(at("2026-01-01T00:00:00Z"), ElementsAre("create ada@x.com in Eng"));
  EXPECT_THAT(at("2025-12-31T23:59:59.999Z"), IsEmpty());
  EXPECT_THAT(at("2025-12-31"), IsEmpty());
}

TEST(Difference, MissingMembershipsAreAddedAndSurplusOnesOfAuthoritativeGroupsRemoved) {
  const Plan plan = plan_of(Desired().group("Eng").group("Old").additive("Guests").user("ada@x.com", {"Eng", "Ops"}),
                            Live().group("Eng").group("Ops").user("ada@x.com", {"Old", "Guests", "Elsewhere", "Ops"}));
  EXPECT_THAT(actions(plan), ElementsAre("add ada@x.com to Eng", "remove ada@x.com from Old"));
  const auto& removal = std::get<RemoveMember>(plan.actions[1].change);
  EXPECT_EQ(removal.user_id, fakes::user_id(1));
  EXPECT_EQ(removal.group, (GroupRef{fakes::group_id("Old"), "Old"}));
  EXPECT_THAT(removal.sources, IsEmpty());
}

TEST(Difference, AnEmptyAuthoritativeGroupIsEmptied) {
  const Plan plan = plan_of(Desired().group("Old"), Live().user("ada@x.com", {"Old", "A"}).user("bob@x.com", {"A"}));
  EXPECT_THAT(actions(plan), ElementsAre("remove ada@x.com from Old"));
}

TEST(Difference, AnUndeclaredGroupIsNeverTouched) {
  EXPECT_THAT(actions(plan_of(Desired().group("Eng"), Live().group("Eng").user("ada@x.com", {"A", "B"}))), IsEmpty());
}

TEST(Difference, AnExpiredMembershipIsRemovedWithItsSourcesWhereTheGroupIsAuthoritative) {
  const Plan plan =
      plan_of(Desired().group("Eng").user("ada@x.com", {"A", in("Eng").until("2025-12-31").reason("OPS-1")}),
              Live().user("ada@x.com", {"A", "Eng"}));
  EXPECT_THAT(actions(plan), ElementsAre("remove ada@x.com from Eng, expired"));
  EXPECT_THAT(std::get<RemoveMember>(plan.actions[0].change).sources,
              ElementsAre(Source{"users.yaml", 1, 21, "", "OPS-1", fakes::time_of("2025-12-31")}));
}

TEST(Difference, AnExpiredMembershipOfAnAdditiveGroupIsOnlyFound) {
  const Plan plan = plan_of(Desired().additive("Guests").user("ada@x.com", {"A", in("Guests").until("2025-12-31")}),
                            Live().user("ada@x.com", {"A", "Guests"}));
  EXPECT_THAT(actions(plan), IsEmpty());
  EXPECT_THAT(findings(plan), ElementsAre("expired_not_removed ada@x.com in Guests"));
  EXPECT_EQ(plan.findings[0].message,
            "ada@x.com stays in Guests, which is additive, although the membership ended 2025-12-31");
}

TEST(Difference, UnmanagedUsersLoseOnlyAuthoritativeGroups) {
  const Plan plan = plan_of(Desired().group("Eng").additive("Guests"),
                            Live().user("Eve@x.com", {"Eng", "Guests"}).user("bob@x.com", {"Guests"}));
  EXPECT_THAT(actions(plan), ElementsAre("remove Eve@x.com from Eng"));
  EXPECT_THAT(findings(plan), ElementsAre("unmanaged_user Eve@x.com", "unmanaged_user bob@x.com"));
}

TEST(Difference, AUserWithoutAnEmailIsNeverRemovedFromAnything) {
  const Plan plan = plan_of(Desired().group("Eng").group("Ops").user("ada@x.com", {"Eng"}),
                            Live().user("", {"Ops", "A", "Eng"}).user("", {"A"}).user("ada@x.com", {"Eng"}));
  EXPECT_THAT(actions(plan), IsEmpty());
  const std::string first = fakes::user_id(1);
  const std::string second = fakes::user_id(2);
  EXPECT_THAT(findings(plan), ElementsAre("user_without_email " + first, "user_without_email " + second));
  EXPECT_EQ(plan.findings[0].message, "user " + first +
                                          " has no email and cannot be declared; whether the user belongs in Eng, Ops "
                                          "cannot be judged, so nothing is removed");
  EXPECT_EQ(plan.findings[1].message, "user " + second + " has no email and cannot be declared");
}

// ------------------------------------------------------------- what may not go

TEST(Difference, OwnersAndProtectedUsersAndGroupsKeepTheirs) {
  Guardrails guardrails;
  guardrails.protected_users = {"ceo@x.com"};
  guardrails.protected_groups = {"Break-glass"};
  const Plan plan = plan_of(Desired().group("Eng").group("Break-glass").guardrails(guardrails),
                            Live()
                                .user("root@x.com", {"Eng", "A"}, {.owner = true})
                                .user("CEO@x.com", {"Eng", "A"})
                                .user("bob@x.com", {"Break-glass", "Eng"}));
  EXPECT_THAT(actions(plan), ElementsAre("remove bob@x.com from Eng"));
  EXPECT_THAT(blocked(plan), IsEmpty());
  EXPECT_THAT(findings(plan, FindingKind::removal_withheld),
              ElementsAre("CEO@x.com in Eng", "bob@x.com in Break-glass", "root@x.com in Eng"));
}

TEST(Difference, AWithheldRemovalCountsAsAMembershipKept) {
  Guardrails guardrails;
  guardrails.protected_groups = {"Break-glass"};
  guardrails.fallback_group = "Everyone";
  const Plan plan = plan_of(Desired().group("Eng").group("Break-glass").guardrails(guardrails),
                            Live().group("Everyone").user("bob@x.com", {"Break-glass", "Eng"}));
  EXPECT_THAT(actions(plan), ElementsAre("remove bob@x.com from Eng"));
}

// ------------------------------------------------------------ what must stay

TEST(Difference, ALastMembershipGoesByWayOfTheFallbackGroup) {
  const Plan plan = plan_of(Desired().group("Eng").group("Ops").guardrails(fallback_to("Everyone")),
                            Live().group("Everyone").user("eve@x.com", {"Ops", "Eng"}));
  EXPECT_THAT(actions(plan),
              ElementsAre("add eve@x.com to Everyone~", "remove eve@x.com from Eng", "remove eve@x.com from Ops"));
  EXPECT_THAT(std::get<AddMember>(plan.actions[0].change).grant.sources, IsEmpty());
}

TEST(Difference, AFallbackGroupThatTheUserIsInIsKept) {
  const Plan plan = plan_of(Desired().group("Eng").group("Everyone").guardrails(fallback_to("Everyone")),
                            Live().user("eve@x.com", {"Everyone", "Eng"}).user("bob@x.com", {"Everyone"}));
  EXPECT_THAT(actions(plan), ElementsAre("remove eve@x.com from Eng"));
  EXPECT_THAT(blocked(plan), IsEmpty());
}

TEST(Difference, WithAnAddThereIsNoNeedForTheFallback) {
  const Plan plan =
      plan_of(Desired().group("Eng").group("Ops").user("ada@x.com", {"Ops"}).guardrails(fallback_to("Everyone")),
              Live().group("Everyone").group("Ops").user("ada@x.com", {"Eng"}));
  EXPECT_THAT(actions(plan), ElementsAre("add ada@x.com to Ops", "remove ada@x.com from Eng"));
}

TEST(Difference, WithoutAFallbackTheLastOrdinaryMembershipStays) {
  const Plan plan =
      plan_of(Desired().group("Alpha").group("Beta").group("Root"), Live()
                                                                        .group("Alpha")
                                                                        .group("Beta")
                                                                        .group("Root", {.privileged = true})
                                                                        .user("eve@x.com", {"Root", "Beta", "Alpha"})
                                                                        .user("bob@x.com", {"Root"}));
  EXPECT_THAT(actions(plan), ElementsAre("remove eve@x.com from Alpha", "remove eve@x.com from Root"));
  EXPECT_THAT(blocked(plan), ElementsAre("remove bob@x.com from Root [last_membership]",
                                         "remove eve@x.com from Beta [last_membership]"));
  EXPECT_EQ(plan.blocked[1].message, "it would leave eve@x.com in no group, and no fallback_group is set");
}

TEST(Difference, AnUnprovedListBlocksEveryRemovalAndAddsNoFallback) {
  const Plan plan = plan_of(Desired()
                                .group("Eng")
                                .group("Ops")
                                .user("ada@x.com", {"Ops"})
                                .user("new@x.com", {"Eng"})
                                .guardrails(fallback_to("Everyone")),
                            Live()
                                .group("Everyone")
                                .group("Ops")
                                .user("ada@x.com", {"Eng"})
                                .user("eve@x.com", {"Eng"})
                                .unproved("two passes disagreed"));
  EXPECT_THAT(actions(plan), ElementsAre("create new@x.com in Eng", "add ada@x.com to Ops"));
  EXPECT_THAT(blocked(plan), ElementsAre("remove ada@x.com from Eng [unproved_listing]",
                                         "remove eve@x.com from Eng [unproved_listing]"));
  EXPECT_EQ(plan.blocked[0].message, "two passes disagreed");
}

TEST(Difference, EveryChangeOfAnEmailThatTwoUsersHaveIsBlocked) {
  const Plan plan =
      plan_of(Desired().group("Eng").group("Ops").user("ada@x.com", {"Ops"}), Live()
                                                                                  .group("Ops")
                                                                                  .user("ada@x.com", {"Eng", "A"})
                                                                                  .user("eve@x.com", {"Eng", "A"})
                                                                                  .user("ADA@x.com", {"Ops"})
                                                                                  .user("Eve@x.com", {"A"})
                                                                                  .user("bob@x.com", {"Eng", "A"}));
  EXPECT_THAT(actions(plan), ElementsAre("remove bob@x.com from Eng"));
  EXPECT_THAT(blocked(plan),
              ElementsAre("add ada@x.com to Ops [duplicate_email]", "remove ada@x.com from Eng [duplicate_email]",
                          "remove eve@x.com from Eng [duplicate_email]"));
  EXPECT_EQ(plan.blocked[0].message,
            "2 users of the tenant have the email ada@x.com: " + fakes::user_id(1) + ", " + fakes::user_id(3));
}

// ------------------------------------------------------------------- findings

TEST(Difference, DeclaredUsersWhoCannotUseTheirGroupsAreFound) {
  const Plan plan = plan_of(Desired()
                                .group("Eng")
                                .user("ada@x.com", {"Eng"})
                                .user("bob@x.com", {"Eng"})
                                .user("past@x.com", {in("Guests").until("2025-01-01")}),
                            Live()
                                .user("ada@x.com", {"Eng"}, {.status = "DEACTIVATED"})
                                .user("bob@x.com", {"Eng"}, {.status = "Expired"})
                                .user("past@x.com", {"A"}, {.status = "Deactivated"}));
  EXPECT_THAT(findings(plan), ElementsAre("deactivated_user ada@x.com", "expired_invitation bob@x.com"));
}

TEST(Difference, WhatEndsWithinFourteenDaysIsFound) {
  const Plan plan = plan_of(
      Desired()
          .group("Eng")
          .user("a@x.com", {in("Eng").until("2026-01-15T00:00:00Z")})
          .user("b@x.com", {in("Eng").until("2026-01-15T00:00:01Z")})
          .user("c@x.com", {in("Eng").until("2026-01-05"), in("Eng").until("2026-06-01")})
          .user("d@x.com", {in("Eng").until("2026-01-05"), "Eng"})
          .user("new@x.com", {in("Eng").until("2026-01-05")}),
      Live().user("a@x.com", {"Eng"}).user("b@x.com", {"Eng"}).user("c@x.com", {"Eng"}).user("d@x.com", {"Eng"}));
  EXPECT_THAT(actions(plan), ElementsAre("create new@x.com in Eng"));
  EXPECT_THAT(findings(plan), ElementsAre("expires_soon a@x.com in Eng", "expires_soon new@x.com in Eng"));
  EXPECT_EQ(plan.findings[0].message, "the membership of a@x.com in Eng ends 2026-01-15T00:00:00Z");
  EXPECT_EQ(plan.findings[1].message, "the membership of new@x.com in Eng ends 2026-01-05");
}

TEST(Difference, EveryPrivilegedGrantIsFound) {
  Guardrails guardrails;
  guardrails.privileged_groups = {"Vault"};
  const Plan plan =
      plan_of(Desired().user("ada@x.com", {"Root", "Eng"}).user("bob@x.com", {"Vault"}).guardrails(guardrails),
              Live()
                  .group("Root", {.privileged = true})
                  .group("Eng")
                  .group("Vault")
                  .user("bob@x.com", {"Eng"})
                  .user("ada@x.com", {"Root"}));
  EXPECT_THAT(actions(plan), ElementsAre("add ada@x.com to Eng", "add bob@x.com to Vault*"));
  EXPECT_THAT(findings(plan), ElementsAre("privileged_grant bob@x.com in Vault"));
}

// ------------------------------------------------------------------ selection

TEST(Selection, LimitsMembershipsOneByOne) {
  const DesiredState desired =
      Desired().group("Eng").group("Ops").user("ada@x.com", {"Eng", "Ops"}).user("bob@x.com", {"Eng", "Ops"});
  const LiveState live = Live().group("Eng").group("Ops").user("bob@x.com", {"A"}).user("eve@x.com", {"Eng", "A"});
  EXPECT_THAT(actions(plan_of(desired, live, {.targets = {"ADA@*"}, .excludes = {}})),
              ElementsAre("create ada@x.com in Eng, Ops"));
  EXPECT_THAT(actions(plan_of(desired, live, {.targets = {"Op?"}, .excludes = {}})),
              ElementsAre("create ada@x.com in Ops", "add bob@x.com to Ops"));
  EXPECT_THAT(actions(plan_of(desired, live, {.targets = {"bob@x.com", "Ops"}, .excludes = {"eng", "ada@*"}})),
              ElementsAre("add bob@x.com to Eng", "add bob@x.com to Ops"));
  EXPECT_THAT(actions(plan_of(desired, live, {.targets = {}, .excludes = {"Ops", "eve@*"}})),
              ElementsAre("create ada@x.com in Eng", "add bob@x.com to Eng"));
}

TEST(Selection, LimitsFindingsToo) {
  const DesiredState desired = Desired().group("Eng").user("ada@x.com", {in("Eng").until("2026-01-05")});
  const LiveState live = Live().user("ada@x.com", {"Eng"}).user("eve@x.com", {"Ops"}).user("", {"Eng"});
  EXPECT_THAT(findings(plan_of(desired, live, {.targets = {"Ops"}, .excludes = {}})),
              ElementsAre("unmanaged_user eve@x.com"));
}

TEST(Selection, ARemovalThatIsNotSelectedKeepsTheUserInAGroup) {
  const DesiredState desired = Desired().group("Eng").group("Ops").guardrails(fallback_to("Everyone"));
  const LiveState live = Live().group("Everyone").user("eve@x.com", {"Eng", "Ops"});
  EXPECT_THAT(actions(plan_of(desired, live, {.targets = {}, .excludes = {"Ops"}})),
              ElementsAre("remove eve@x.com from Eng"));
}

TEST(Selection, AnAddThatIsNotSelectedDoesNotKeepTheUserInAGroup) {
  const DesiredState desired = Desired().group("Eng").user("ada@x.com", {"Ops"}).guardrails(fallback_to("Everyone"));
  const LiveState live = Live().group("Everyone").group("Ops").user("ada@x.com", {"Eng"});
  EXPECT_THAT(actions(plan_of(desired, live, {.targets = {"Eng"}, .excludes = {}})),
              ElementsAre("add ada@x.com to Everyone~", "remove ada@x.com from Eng"));
}

}  // namespace
}  // namespace cipherform::plan_tests
