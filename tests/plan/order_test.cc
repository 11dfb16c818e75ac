#include "plan/order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/states.h"
#include "plan/planning.h"

namespace cipherform::plan_tests {
namespace {

using fakes::Desired;
using fakes::Live;
using ::testing::ElementsAre;

TEST(Order, CreatesThenAddsThenRemovesEachByEmailAndGroupPrivilegedLast) {
  const Plan plan = plan_of(Desired()
                                .group("Old")
                                .user("zoe@x.com", {"Eng"})
                                .user("Ann@x.com", {"Root", "Eng"})
                                .user("bob@x.com", {"Root", "Ops", "Eng"})
                                .user("Abe@x.com", {"Eng"}),
                            Live()
                                .group("Root", {.privileged = true})
                                .group("Ops")
                                .group("Eng")
                                .user("bob@x.com", {"Old"})
                                .user("abe@x.com", {"Old", "Eng"})
                                .user("eve@x.com", {"Old", "Eng"}));
  EXPECT_THAT(actions(plan),
              ElementsAre("create zoe@x.com in Eng", "create Ann@x.com in Eng, Root*", "add bob@x.com to Eng",
                          "add bob@x.com to Ops", "add bob@x.com to Root*", "remove Abe@x.com from Old",
                          "remove bob@x.com from Old", "remove eve@x.com from Old"));
}

TEST(Order, BlockedActionsComeByEmailThenKindThenGroup) {
  const Plan plan = plan_of(Desired().group("Eng").group("Ops").user("bob@x.com", {"Qa", "All"}),
                            Live()
                                .group("Qa")
                                .group("All")
                                .user("bob@x.com", {"Ops", "Eng"})
                                .user("bob@X.com", {"Ops", "All", "Qa"})
                                .user("ann@x.com", {"Ops"}));
  EXPECT_THAT(
      blocked(plan),
      ElementsAre("remove ann@x.com from Ops [last_membership]", "add bob@x.com to All [duplicate_email]",
                  "add bob@x.com to Qa [duplicate_email]", "remove bob@x.com from Eng [duplicate_email]",
                  "remove bob@x.com from Ops [duplicate_email]", "remove bob@x.com from Ops [duplicate_email]"));
}

TEST(Order, FindingsComeByKindSubjectAndGroup) {
  const Plan plan = plan_of(Desired().group("Eng").user("b@x.com", {fakes::in("Ops").until("2026-01-02"),
                                                                    fakes::in("Eng").until("2026-01-02")}),
                            Live()
                                .group("Eng", {.identity_managed = true})
                                .user("z@x.com", {"Ops"})
                                .user("a@x.com", {"Eng"}, {.owner = true})
                                .user("b@x.com", {"Ops", "Eng"}, {.status = "Deactivated"}));
  EXPECT_THAT(findings(plan),
              ElementsAre("unmanaged_user a@x.com", "unmanaged_user z@x.com", "deactivated_user b@x.com",
                          "identity_managed_group Eng", "expires_soon b@x.com in Eng", "expires_soon b@x.com in Ops",
                          "removal_withheld a@x.com in Eng"));
}

TEST(ActionId, IsSixteenHexDigitsAndDependsOnKindEmailAndGroupOnly) {
  AddMember add{"id-1", "Ada@x.com", {}};
  add.grant.group = {"g-1", "Eng"};
  const std::string id = plan::action_id(add, "ada@x.com");
  EXPECT_EQ(id.size(), 16U);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);

  AddMember same{"id-2", "ada@x.com", {}};
  same.grant.group = {"g-1", "Renamed"};
  same.grant.privileged = true;
  EXPECT_EQ(plan::action_id(same, "ada@x.com"), id);
  EXPECT_NE(plan::action_id(same, "bob@x.com"), id);
  same.grant.group.id = "g-2";
  EXPECT_NE(plan::action_id(same, "ada@x.com"), id);
  EXPECT_NE(plan::action_id(RemoveMember{"id-1", "ada@x.com", {"g-1", "Eng"}, {}, {}}, "ada@x.com"), id);
}

}  // namespace
}  // namespace cipherform::plan_tests
