#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cipherform/plan.h"
#include "fakes/states.h"
#include "plan/planning.h"

namespace cipherform::plan_tests {
namespace {

using fakes::Desired;
using fakes::Live;
using ::testing::ElementsAre;

/// "valid", "done" or the reason of a conflict, for each action.
Lines standings(const Plan& plan, const LiveState& live) {
  Lines lines;
  for (const Standing& standing : standing_of(plan.actions, live)) {
    switch (standing.standing) {
      case ActionStanding::still_valid:
        lines.emplace_back("valid");
        break;
      case ActionStanding::already_done:
        lines.emplace_back("done");
        break;
      case ActionStanding::conflicting:
        lines.push_back("conflict: " + standing.why);
        break;
    }
    EXPECT_EQ(standing.why.empty(), standing.standing != ActionStanding::conflicting);
  }
  return lines;
}

Plan create_ada() { return plan_of(Desired().user("ada@x.com", {"Eng", "Ops"}), Live().group("Eng").group("Ops")); }
/// Adds ada to Ops, then removes her from Eng.
Plan move_ada() {
  return plan_of(Desired().group("Eng").user("ada@x.com", {"Ops"}), Live().group("Ops").user("ada@x.com", {"Eng"}));
}

TEST(Standing, EverythingIsValidInTheStateThatWasPlannedFor) {
  EXPECT_THAT(standings(create_ada(), Live().group("Eng").group("Ops")), ElementsAre("valid"));
  EXPECT_THAT(standings(move_ada(), Live().group("Ops").user("ada@x.com", {"Eng"})), ElementsAre("valid", "valid"));
}

TEST(Standing, EverythingIsDoneInTheStateThatWasPlanned) {
  EXPECT_THAT(standings(create_ada(), Live().user("ADA@x.com", {"Ops", "Eng", "More"})), ElementsAre("done"));
  EXPECT_THAT(standings(move_ada(), Live().group("Eng").user("Ada@x.com", {"Ops"})), ElementsAre("done", "done"));
}

TEST(Standing, ACreateConflictsWithAUserWhoExistsDifferently) {
  EXPECT_THAT(standings(create_ada(), Live().group("Ops").user("ada@x.com", {"Eng"})),
              ElementsAre("conflict: ada@x.com exists already, without Ops"));
  EXPECT_THAT(standings(create_ada(), Live().user("ada@x.com", {"Eng", "Ops"}).user("Ada@x.com", {"Eng", "Ops"})),
              ElementsAre("conflict: 2 users have the email ada@x.com now"));
}

TEST(Standing, AnAddConflictsWithAUserWhoIsGoneOrAnother) {
  const Plan plan = plan_of(Desired().user("ada@x.com", {"Ops"}), Live().group("Ops").user("ada@x.com", {"Eng"}));
  EXPECT_THAT(standings(plan, Live().group("Ops")),
              ElementsAre("conflict: ada@x.com (" + fakes::user_id(1) + ") no longer exists"));
  EXPECT_THAT(standings(plan, Live().group("Ops").user("eve@x.com", {"Eng"})),
              ElementsAre("conflict: the email of user " + fakes::user_id(1) + " is now eve@x.com, and was ada@x.com"));
  EXPECT_THAT(standings(plan, Live().group("Ops").user("", {"Eng"})),
              ElementsAre("conflict: the user " + fakes::user_id(1) + " no longer has an email, and was ada@x.com"));
}

TEST(Standing, ARemovalOfSomebodyWhoIsGoneIsDone) {
  const Plan plan = plan_of(Desired().group("Eng"), Live().user("eve@x.com", {"Eng", "A"}));
  EXPECT_THAT(standings(plan, Live().group("Eng")), ElementsAre("done"));
}

TEST(Standing, ARemovalConflictsWithANewOwner) {
  const Plan plan = plan_of(Desired().group("Eng"), Live().user("eve@x.com", {"Eng", "A"}));
  EXPECT_THAT(standings(plan, Live().user("eve@x.com", {"Eng", "A"}, {.owner = true})),
              ElementsAre("conflict: eve@x.com is an owner now, and owners never lose a group"));
}

TEST(Standing, ARemovalConflictsIfItWouldLeaveNoGroup) {
  const Plan plan = plan_of(Desired().group("Eng"), Live().user("eve@x.com", {"Eng", "A"}));
  EXPECT_THAT(standings(plan, Live().user("eve@x.com", {"Eng"})),
              ElementsAre("conflict: without Eng, eve@x.com would be in no group"));
}

TEST(Standing, ThePlansOwnAddKeepsTheUserInAGroup) {
  EXPECT_THAT(standings(move_ada(), Live().user("ada@x.com", {"Eng", "Ops"})), ElementsAre("done", "valid"));
  EXPECT_THAT(standings(move_ada(), Live().user("ada@x.com", {"Eng"})),
              ElementsAre("conflict: the group Ops (" + fakes::group_id("Ops") + ") no longer exists",
                          "conflict: without Eng, ada@x.com would be in no group"));
}

TEST(Standing, TwoRemovalsThatTogetherLeaveNoGroupConflictBoth) {
  const Plan plan = plan_of(Desired().group("Eng").group("Ops"), Live().user("eve@x.com", {"Eng", "Ops", "A"}));
  EXPECT_THAT(standings(plan, Live().group("A").user("eve@x.com", {"Eng", "Ops"})),
              ElementsAre("conflict: without Eng, eve@x.com would be in no group",
                          "conflict: without Ops, eve@x.com would be in no group"));
  EXPECT_THAT(standings(plan, Live().group("Eng").user("eve@x.com", {"Ops", "A"})), ElementsAre("done", "valid"));
}

TEST(Standing, AGroupThatIsGoneConflictsWhereGroupsAreListed) {
  EXPECT_THAT(standings(create_ada(), Live().group("Ops")),
              ElementsAre("conflict: the group Eng (" + fakes::group_id("Eng") + ") no longer exists"));
  EXPECT_THAT(standings(create_ada(), Live().groups_not_listed()), ElementsAre("valid"));
}

TEST(Standing, AnUnprovedReadAllowsNoRemoval) {
  EXPECT_THAT(standings(move_ada(), Live().group("Ops").user("ada@x.com", {"Eng"}).unproved("it shrank")),
              ElementsAre("valid", "conflict: the user list was not proved complete: it shrank"));
  EXPECT_THAT(standings(move_ada(), Live().group("Ops").group("Eng").unproved("it shrank")),
              ElementsAre("valid", "conflict: the user list was not proved complete: it shrank"));
  EXPECT_THAT(standings(move_ada(), Live().group("Eng").user("ada@x.com", {"Ops"}).unproved("it shrank")),
              ElementsAre("done", "done"));
  EXPECT_THAT(standings(create_ada(), Live().group("Eng").group("Ops").unproved("it shrank")), ElementsAre("valid"));
}

TEST(Standing, APlanWithoutActionsHasNoStandings) {
  EXPECT_TRUE(standing_of({}, Live().user("ada@x.com", {"Eng"})).empty());
}

}  // namespace
}  // namespace cipherform::plan_tests
