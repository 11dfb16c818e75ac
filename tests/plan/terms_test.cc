#include "plan/terms.h"

#include <gtest/gtest.h>

#include "fakes/states.h"

namespace cipherform::plan {
namespace {

using fakes::Desired;
using fakes::in;
using fakes::time_of;

struct Seen {
  bool active;
  bool far;
  std::optional<Time> end;
};

Seen seen(std::vector<fakes::Membership> sources) {
  const DesiredState desired = Desired().user("ada@x.com", std::move(sources));
  const Terms terms(desired, time_of("2026-01-01T00:00:00Z"));
  const DesiredMembership& membership = desired.memberships.at(0);
  return {terms.active(membership), terms.far_from_ending(membership), terms.end(membership)};
}

TEST(Terms, WithoutAnEndAMembershipIsActiveForGood) {
  const Seen endless = seen({"Eng"});
  EXPECT_TRUE(endless.active);
  EXPECT_TRUE(endless.far);
  EXPECT_EQ(endless.end, std::nullopt);
}

TEST(Terms, ASoonOrPastSourceIsWorthALookEvenBesideAnEndlessOne) {
  const Seen mixed = seen({"Eng", in("Eng").until("2025-01-01")});
  EXPECT_TRUE(mixed.active);
  EXPECT_FALSE(mixed.far);
  EXPECT_EQ(mixed.end, std::nullopt);
}

TEST(Terms, TheLatestSourceEndsAMembership) {
  const Seen ending = seen({in("Eng").until("2026-03-01"), in("Eng").until("2026-02-01")});
  EXPECT_TRUE(ending.active);
  EXPECT_TRUE(ending.far);
  EXPECT_EQ(ending.end, time_of("2026-03-01"));
  EXPECT_FALSE(seen({in("Eng").until("2025-03-01"), in("Eng").until("2025-02-01")}).active);
}

TEST(Terms, AMomentAtADaysEndIsTheDay) {
  EXPECT_EQ(moment(time_of("2026-01-31")), "2026-01-31");
  EXPECT_EQ(moment(time_of("2026-01-31T12:00:00Z")), "2026-01-31T12:00:00Z");
}

}  // namespace
}  // namespace cipherform::plan
