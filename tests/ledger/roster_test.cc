#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cipherform/ledger.h"
#include "fakes/states.h"

namespace cipherform {
namespace {

using ::testing::ElementsAre;

TEST(RosterOf, HasEmailKeysSortedAndTheIdOfWhoeverHasNoEmail) {
  const LiveState live =
      fakes::Live().group("Eng").user("Zoe@X.com", {"Eng"}).user("", {"Eng"}, {.id = "u7"}).user("ada@x.com", {"Eng"});
  const Roster roster = roster_of(live, Time{std::chrono::hours{1}});
  EXPECT_THAT(roster.people, ElementsAre("ada@x.com", "u7", "zoe@x.com"));
  EXPECT_EQ(roster.converged_at, Time{std::chrono::hours{1}});
}

}  // namespace
}  // namespace cipherform
