#include "sandbox/rate_limit.h"

#include <gtest/gtest.h>

namespace cipherform::sandbox {
namespace {

using namespace std::chrono_literals;

/// How many of `tries` requests pass at `now`.
int passed(RateLimit& limit, RateLimit::SteadyTime now, int tries) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += limit.take(now) ? 0 : 1;
  return count;
}

TEST(RateLimit, AllowsASecondsWorthAtOnceAndThenRefills) {
  RateLimit::SteadyTime now{};
  RateLimit limit(10, now);
  EXPECT_EQ(passed(limit, now, 50), 10);
  EXPECT_EQ(passed(limit, now + 99ms, 50), 0);
  EXPECT_EQ(passed(limit, now + 100ms, 50), 1);
  EXPECT_EQ(passed(limit, now + 600ms, 50), 5);
  EXPECT_EQ(passed(limit, now + 1h, 50), 10) << "the bucket holds no more than a second's worth";
}

TEST(RateLimit, KeepsTheRateOverALongTime) {
  RateLimit::SteadyTime now{};
  RateLimit limit(7, now);
  int count = 0;
  for (int step = 0; step < 100'000; ++step) {
    count += passed(limit, now, 1);
    now += 1ms;
  }
  EXPECT_EQ(count, 7 + 700 - 1);  // the last refill is due at 100 s, which is not reached
}

TEST(RateLimit, SaysHowLongToWaitInWholeSecondsRoundedUp) {
  RateLimit::SteadyTime now{};
  RateLimit often(10, now);
  passed(often, now, 10);
  EXPECT_EQ(often.take(now), 1s);
  RateLimit seldom(0.4, now);
  EXPECT_EQ(passed(seldom, now, 2), 1) << "always at least one token";
  EXPECT_EQ(seldom.take(now), 3s);
  EXPECT_EQ(seldom.take(now + 500ms), 2s);
  EXPECT_EQ(seldom.take(now + 2s), 1s);
  EXPECT_EQ(seldom.take(now + 2500ms), std::nullopt);
}

}  // namespace
}  // namespace cipherform::sandbox
