#include "plan/privileged.h"

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

Lines undeclared(const DesiredState& desired, const LiveState& live, Selection selection = {}) {
  return findings(plan_of(desired, live, std::move(selection)), FindingKind::privileged_undeclared);
}

Live tenant() {
  return Live()
      .group("Root", {.privileged = true})
      .group("Eng")
      .user("Ada@x.com", {"Root"})
      .user("zoe@x.com", {"Root", "Eng"})
      .user("", {"Root"});
}

TEST(PrivilegedUndeclared, AreThoseWhomNobodyDeclares) {
  const Plan plan = plan_of(Desired().user("ada@x.com", {in("Root").reason("OPS-1")}), tenant());
  EXPECT_THAT(findings(plan, FindingKind::privileged_undeclared),
              ElementsAre(fakes::user_id(3) + " in Root", "zoe@x.com in Root"));
  EXPECT_EQ(plan.actions, std::vector<Action>{});
}

TEST(PrivilegedUndeclared, AGroupThatIsNotDeclaredAtAllCounts) {
  EXPECT_THAT(undeclared(Desired().user("ada@x.com", {"Eng"}), tenant()),
              ElementsAre(fakes::user_id(3) + " in Root", "Ada@x.com in Root", "zoe@x.com in Root"));
}

TEST(PrivilegedUndeclared, WhatHasEndedIsNoDeclaration) {
  EXPECT_THAT(undeclared(Desired().user("ada@x.com", {in("Root").until("2025-12-01"), "Eng"}),
                         Live().group("Root", {.privileged = true}).group("Eng").user("ada@x.com", {"Root", "Eng"})),
              ElementsAre("ada@x.com in Root"));
}

TEST(PrivilegedUndeclared, OfAnAuthoritativeGroupThePlanItselfSaysWhatBecomesOfThem) {
  EXPECT_THAT(undeclared(Desired().group("Root"), tenant()), IsEmpty());
}

TEST(PrivilegedUndeclared, AreOnlyLookedForWhereThePlanLooks) {
  EXPECT_THAT(undeclared(Desired().user("ada@x.com", {"Eng"}), tenant(), {{"zoe@*"}, {}}),
              ElementsAre("zoe@x.com in Root"));
}

}  // namespace
}  // namespace cipherform::plan_tests
