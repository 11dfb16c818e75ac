#include "plan/guardrails.h"

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

Guardrails unlimited() {
  Guardrails guardrails;
  guardrails.max_removals_percent.reset();
  guardrails.max_removals_count.reset();
  guardrails.max_creates.reset();
  return guardrails;
}

/// A tenant of `users` people, each in Eng and A: 2 memberships each.
Live people_in_eng(unsigned users) {
  Live live;
  live.group("Eng").group("A");
  for (unsigned i = 0; i < users; ++i) live.user("u" + std::to_string(100 + i) + "@x.com", {"Eng", "A"});
  return live;
}

TEST(MaxRemovals, CountIsAbsolute) {
  Guardrails guardrails = unlimited();
  guardrails.max_removals_count = 2;
  EXPECT_THAT(hits(plan_of(Desired().group("Eng").guardrails(guardrails), people_in_eng(2))), IsEmpty());
  EXPECT_THAT(hits(plan_of(Desired().group("Eng").guardrails(guardrails), people_in_eng(3))),
              ElementsAre("3 memberships would be removed: more than 2 [removals=3]"));
}

TEST(MaxRemovals, PercentIsOfTheTenantsMemberships) {
  Guardrails guardrails = unlimited();
  guardrails.max_removals_percent = 10;
  const auto with_removals = [&](unsigned count) {
    Desired desired = Desired().group("Eng").guardrails(guardrails);
    for (unsigned i = count; i < 10; ++i) desired.user("u" + std::to_string(100 + i) + "@x.com", {"Eng"});
    return hits(plan_of(desired, people_in_eng(10)));
  };
  EXPECT_THAT(with_removals(2), IsEmpty());
  EXPECT_THAT(with_removals(3), ElementsAre("3 memberships would be removed: 15.0 % of the tenant's 20, more than 10 % "
                                            "[removals=3]"));
}

TEST(MaxRemovals, ATinyTenantHasNoPercentage) {
  Guardrails guardrails = unlimited();
  guardrails.max_removals_percent = 10;
  EXPECT_THAT(hits(plan_of(Desired().group("Eng").guardrails(guardrails), people_in_eng(4))), IsEmpty());
  EXPECT_THAT(hits(plan_of(Desired().group("Eng").guardrails(guardrails), people_in_eng(5))).size(), 1U);
}

TEST(MaxRemovals, BothBreachesAreOneHit) {
  Guardrails guardrails = unlimited();
  guardrails.max_removals_percent = 2.5;
  guardrails.max_removals_count = 4;
  EXPECT_THAT(hits(plan_of(Desired().group("Eng").guardrails(guardrails), people_in_eng(5))),
              ElementsAre("5 memberships would be removed: more than 4; 50.0 % of the tenant's 10, more than 2.5 % "
                          "[removals=5]"));
}

TEST(MaxRemovals, BlockedRemovalsDoNotCount) {
  Guardrails guardrails = unlimited();
  guardrails.max_removals_count = 0;
  EXPECT_THAT(hits(plan_of(Desired().group("Eng").guardrails(guardrails), people_in_eng(3).unproved("no proof"))),
              IsEmpty());
}

TEST(MaxCreates, CountsUsers) {
  Guardrails guardrails = unlimited();
  guardrails.max_creates = 1;
  const Live live = Live().group("Eng");
  EXPECT_THAT(hits(plan_of(Desired().user("a@x.com", {"Eng"}).guardrails(guardrails), live)), IsEmpty());
  EXPECT_THAT(hits(plan_of(Desired().user("a@x.com", {"Eng"}).user("b@x.com", {"Eng"}).guardrails(guardrails), live)),
              ElementsAre("2 users would be created: more than 1 [creates=2]"));
}

TEST(MaxMembers, CountsTheMembersAfterThePlan) {
  const Live live =
      Live().group("Eng").user("a@x.com", {"Eng", "A"}).user("b@x.com", {"Eng", "A"}).user("c@x.com", {"A"});
  const auto at_most = [&](std::uint32_t most, Authority authority) {
    return hits(plan_of(Desired()
                            .group("Eng", {.authority = authority, .max_members = most})
                            .user("b@x.com", {"Eng"})
                            .user("c@x.com", {"Eng"})
                            .user("new@x.com", {"Eng"})
                            .guardrails(unlimited()),
                        live));
  };
  EXPECT_THAT(at_most(3, Authority::authoritative), IsEmpty());
  EXPECT_THAT(at_most(2, Authority::authoritative), ElementsAre("Eng would have 3 members: more than 2 [members=1]"));
  EXPECT_THAT(at_most(3, Authority::additive), ElementsAre("Eng would have 4 members: more than 3 [members=1]"));
}

TEST(SeparateDuties, NamesPeopleWhoWouldBeInTwoGroupsOfASet) {
  Guardrails guardrails = unlimited();
  guardrails.separate_duties = {{"Payments", "Auditors"}};
  const Plan plan = plan_of(Desired()
                                .group("Payments")
                                .user("new@x.com", {"Payments", "Auditors"})
                                .user("joins@x.com", {"Payments"})
                                .user("moves@x.com", {"Payments"})
                                .user("stays@x.com", {"Payments"})
                                .user("leaves@x.com", {"Auditors"})
                                .group("Auditors")
                                .guardrails(guardrails),
                            Live()
                                .group("Payments")
                                .group("Auditors")
                                .group("A")
                                .user("stays@x.com", {"Payments", "A"})
                                .user("moves@x.com", {"Auditors"})
                                .user("leaves@x.com", {"Auditors", "Payments"})
                                .user("joins@x.com", {"A"}));
  EXPECT_THAT(hits(plan),
              ElementsAre("1 person would be in more than one of Payments, Auditors: new@x.com [duties=1]"));
}

TEST(SeparateDuties, WhatIsThereAlreadyCounts) {
  Guardrails guardrails = unlimited();
  guardrails.separate_duties = {{"Payments", "Auditors"}, {"Payments", "Vault"}};
  const Plan plan = plan_of(Desired().user("Ada@x.com", {"Payments"}).guardrails(guardrails),
                            Live()
                                .group("Payments")
                                .user("ada@x.com", {"Auditors"})
                                .user("", {"Payments", "Vault"})
                                .user("old@x.com", {"Payments", "Auditors"}));
  EXPECT_THAT(
      hits(plan),
      ElementsAre("2 people would be in more than one of Payments, Auditors: ada@x.com, old@x.com [duties=3]",
                  "1 person would be in more than one of Payments, Vault: " + fakes::user_id(2) + " [duties=3]"));
}

TEST(SeparateDuties, ListsAtMostTwentyPeople) {
  Guardrails guardrails = unlimited();
  guardrails.separate_duties = {{"Eng", "A"}};
  const Lines lines = hits(plan_of(Desired().guardrails(guardrails), people_in_eng(23)));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].starts_with("23 people would be in more than one of Eng, A: u100@x.com, ")) << lines[0];
  EXPECT_TRUE(lines[0].ends_with(", u119@x.com and 3 more [duties=23]")) << lines[0];
}

TEST(AllowedDomains, JudgesWhoIsGivenAGroup) {
  Guardrails guardrails = unlimited();
  guardrails.allowed_domains = {"x.com", "x.org"};
  guardrails.fallback_group = "A";
  const Plan plan = plan_of(Desired()
                                .group("Eng")
                                .user("new@evil.com", {"Eng"})
                                .user("Bob@sub.x.com", {"Eng", "Ops"})
                                .user("ok@X.org", {"Eng"})
                                .user("there@evil.com", {"Eng"})
                                .guardrails(guardrails),
                            Live()
                                .group("Eng")
                                .group("Ops")
                                .group("A")
                                .user("bob@sub.x.com", {"A"})
                                .user("there@evil.com", {"Eng"})
                                .user("leaves@evil.com", {"Eng"}));
  EXPECT_THAT(actions(plan), ::testing::Contains("add leaves@evil.com to A~"));
  EXPECT_THAT(hits(plan), ElementsAre("2 people outside the allowed domains (x.com, x.org) would be given a group: "
                                      "Bob@sub.x.com, new@evil.com [domains=2]"));
}

TEST(PrivilegedReason, AGrantNeedsAReasonOfASourceInForce) {
  const Plan plan =
      plan_of(Desired()
                  .group("Strict", {.require_reason = true})
                  .user("a@x.com", {in("Root").reason("OPS-1"), "Strict"})
                  .user("b@x.com", {in("Root").reason("OLD").until("2025-01-01"), "Root", in("Strict").reason("OPS-2")})
                  .user("c@x.com", {"Eng", "Root"})
                  .guardrails(unlimited()),
              Live().group("Root", {.privileged = true}).group("Strict").group("Eng").user("c@x.com", {"Root"}));
  EXPECT_THAT(hits(plan), ElementsAre("3 memberships need a reason and have none: a@x.com to Strict, b@x.com to Root, "
                                      "c@x.com in Root [reasons=3]"));
}

// What is there already is judged too: otherwise whoever got it before the rule would never be asked.
TEST(PrivilegedReason, WhatIsDeclaredAndStaysNeedsOne) {
  const Live live = Live().group("Root", {.privileged = true}).user("c@x.com", {"Root"}).user("zoe@x.com", {"Root"});
  const auto hits_for = [&](fakes::Membership membership, Selection selection = {}) {
    return hits(plan_of(Desired().user("C@x.com", {std::move(membership)}).guardrails(unlimited()), live,
                        std::move(selection)));
  };
  EXPECT_THAT(hits_for("Root"), ElementsAre("1 membership needs a reason and has none: C@x.com in Root [reasons=1]"));
  EXPECT_THAT(hits_for(in("Root").reason("OPS-1")), ElementsAre());
  EXPECT_THAT(hits_for("Root", {{"zoe@x.com"}, {}}), ElementsAre()) << "left out, and stays";
}

}  // namespace
}  // namespace cipherform::plan_tests
