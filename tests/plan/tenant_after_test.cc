#include "plan/tenant_after.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/states.h"
#include "plan/planning.h"

namespace cipherform::plan {
namespace {

using fakes::Desired;
using fakes::Live;
using ::testing::ElementsAre;

class TenantAfter : public ::testing::Test {
 protected:
  const DesiredState desired_ = Desired().group("Eng").user("new@x.com", {"Eng", "Ops"}).user("moves@x.com", {"Ops"});
  const LiveState live_ = Live()
                              .group("Eng")
                              .group("Ops")
                              .group("A")
                              .user("moves@x.com", {"Eng"})
                              .user("there@x.com", {"Ops", "A"})
                              .user("leaves@x.com", {"Eng", "A"});
  const Plan plan_ = plan_tests::plan_of(desired_, live_);
  const Terms terms_{desired_, plan_.created_at};
  const Selection everything_;
  const Groups groups_ = resolve_groups(desired_, live_, terms_, Selector(everything_)).value();
  const Proposal proposal_{plan_, desired_, live_, groups_, terms_};
};

TEST_F(TenantAfter, CountsLiveMembersWithThePlanLaidOver) {
  EXPECT_THAT(members_after(proposal_), ElementsAre(1, 3, 2));  // Eng, Ops, A
}

TEST_F(TenantAfter, FindsPeopleInSeveralGroups) {
  EXPECT_THAT(people_in_several(proposal_, {"Eng", "Ops"}), ElementsAre("new@x.com"));
  EXPECT_THAT(people_in_several(proposal_, {"Ops", "A", "Eng"}), ElementsAre("new@x.com", "there@x.com"));
  EXPECT_THAT(people_in_several(proposal_, {"Eng", "Nowhere"}), ::testing::IsEmpty());
}

}  // namespace
}  // namespace cipherform::plan
