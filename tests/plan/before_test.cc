#include "plan/before.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/states.h"
#include "plan/planning.h"

namespace cipherform::plan_tests {
namespace {

using fakes::Desired;
using fakes::Live;
using ::testing::ElementsAre;

Lines people(const Plan& plan) {
  Lines lines;
  for (const PersonBefore& person : plan.people) {
    std::string line = person.email + ":";
    for (const std::string& group : person.groups) line += " " + group;
    lines.push_back(line);
  }
  return lines;
}

Lines groups(const Plan& plan) {
  Lines lines;
  for (const GroupBefore& group : plan.groups) lines.push_back(group.name + " " + std::to_string(group.members));
  return lines;
}

TEST(PeopleBefore, AreThoseWhomThePlanIsAboutWithAllTheirGroups) {
  const Plan plan = plan_of(Desired().group("Eng").user("Ada@x.com", {"Eng"}).user("new@x.com", {"Eng"}),
                            Live()
                                .group("Eng")
                                .user("zoe@x.com", {"Ops", "Eng", "All"})
                                .user("ada@X.com", {"Ops"})
                                .user("uninvolved@x.com", {"Ops"}));
  EXPECT_THAT(people(plan), ElementsAre("ada@X.com: Ops", "zoe@x.com: All Eng Ops"));
}

TEST(PeopleBefore, AreAlsoThoseOfWhomAChangeIsBlocked) {
  const Plan plan = plan_of(Desired().group("Eng"), Live().group("Eng").user("eve@x.com", {"Eng"}));
  ASSERT_EQ(plan.blocked.size(), 1U);
  EXPECT_THAT(people(plan), ElementsAre("eve@x.com: Eng"));
}

TEST(GroupsBefore, AreThoseThatChangeWithTheirMembers) {
  const Plan plan = plan_of(
      Desired().group("Eng").group("Ops").group("Same").user("ada@x.com", {"Eng", "Same"}).user("bob@x.com", {"Ops"}),
      Live()
          .group("Ops")
          .user("ada@x.com", {"Same", "Eng"})
          .user("eve@x.com", {"Eng", "All"})
          .user("zoe@x.com", {"All"}));
  EXPECT_THAT(actions(plan), ElementsAre("create bob@x.com in Ops", "remove eve@x.com from Eng"));
  EXPECT_THAT(groups(plan), ElementsAre("Eng 2", "Ops 0"));
}

TEST(Before, NothingToDoHasNobody) {
  const Plan plan = plan_of(Desired().user("ada@x.com", {"Eng"}), Live().user("ada@x.com", {"Eng"}));
  EXPECT_TRUE(plan.people.empty());
  EXPECT_TRUE(plan.groups.empty());
}

}  // namespace
}  // namespace cipherform::plan_tests
