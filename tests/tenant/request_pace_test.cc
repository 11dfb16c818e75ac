#include "tenant/request_pace.h"

#include <gtest/gtest.h>

namespace cipherform {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr SteadyTime kStart{};

/// Starts requests as the pace has it, all accepted, until `end`; how many.
unsigned start_until(RequestPace& pace, SteadyTime end) {
  unsigned started = 0;
  for (; pace.next_start() < end; ++started) {
    pace.started(pace.next_start(), kStart);
    pace.accepted();
  }
  return started;
}

/// `accepted` in the first `time` of a conversation, and then a refusal.
RequestPace refused_after(unsigned accepted, milliseconds time, milliseconds wait) {
  RequestPace pace(kStart, 0);
  for (unsigned i = 0; i < accepted; ++i) pace.accepted();
  pace.refused(kStart + time, kStart + time + wait);
  return pace;
}

TEST(RequestPace, ThereIsNoneBeforeTheFirstRefusal) {
  RequestPace pace(kStart, 0);
  EXPECT_FALSE(pace.rate(kStart));
  pace.started(kStart, kStart);
  EXPECT_EQ(pace.next_start(), kStart);
}

TEST(RequestPace, SetByTheUserItIsNeverExceededAndNothingIsCaughtUp) {
  RequestPace pace(kStart, 4);
  EXPECT_EQ(pace.rate(kStart), 4.0);
  pace.started(kStart, kStart);
  EXPECT_EQ(pace.next_start(), kStart + milliseconds{250});
  pace.started(kStart + milliseconds{700}, kStart);
  EXPECT_EQ(pace.next_start(), kStart + milliseconds{950});
}

TEST(RequestPace, BeginsALittleBelowWhatWasAcceptedUntilTheWaitEnded) {
  const RequestPace pace = refused_after(10, seconds{4}, seconds{1});
  EXPECT_NEAR(*pace.rate(kStart + seconds{5}), 2, 0.05);
  EXPECT_LT(*pace.rate(kStart + seconds{5}), 2);
  EXPECT_EQ(pace.next_start(), kStart + seconds{5});
}

TEST(RequestPace, ClimbsAndBeyondItsEndEverFaster) {
  RequestPace pace = refused_after(10, seconds{4}, seconds{1});
  double last = *pace.rate(kStart + seconds{5});
  double last_step = 0;
  for (int i = 6; i < 25; ++i) {
    const double rate = *pace.rate(kStart + seconds{i});
    EXPECT_GT(rate - last, last_step) << i;
    last_step = rate - last;
    last = rate;
  }
  EXPECT_GT(last, 100);
}

TEST(RequestPace, AGuessThatIsRefusedEarlyIsCutByMoreThanHalf) {
  RequestPace pace = refused_after(10, milliseconds{50}, milliseconds{950});  // a full bucket
  const SteadyTime resumed = kStart + seconds{1};
  const double guess = *pace.rate(resumed);
  pace.refused(resumed + milliseconds{200}, resumed + milliseconds{700});
  EXPECT_LT(*pace.rate(resumed + milliseconds{700}), guess / 2);
}

TEST(RequestPace, AnEstimateThatIsRefusedLateIsKeptAndThenClimbsMoreSlowly) {
  RequestPace pace = refused_after(10, seconds{4}, seconds{1});
  SteadyTime now = kStart + seconds{5};
  double gain = 1e9;
  for (const int climb : {4, 12, 36}) {
    const unsigned started = start_until(pace, now + seconds{climb});
    EXPECT_GT(started, 0U);
    now += seconds{climb};
    const double refused_at = *pace.rate(now);
    pace.refused(now, now + seconds{1});
    now += seconds{1};
    EXPECT_GT(*pace.rate(now), refused_at * 0.6);
    EXPECT_LT(*pace.rate(now), refused_at);
    const double gains = *pace.rate(now + seconds{1}) / *pace.rate(now) - 1;
    EXPECT_LT(gains, gain);
    gain = gains;
  }
}

TEST(RequestPace, AnEstimateThatWasFoundIsCutLittleByOneEarlyRefusalAndMoreByTheNext) {
  RequestPace pace = refused_after(10, seconds{4}, seconds{1});
  SteadyTime now = kStart + seconds{9};
  start_until(pace, now);
  pace.refused(now, now + seconds{1});  // late: found
  double kept = 1;
  for (int i = 0; i < 3; ++i) {
    now += seconds{1};
    const double before = *pace.rate(now);
    pace.refused(now + milliseconds{300}, now + seconds{1});
    now += milliseconds{700};
    now += milliseconds{300};
    const double keeps = *pace.rate(now) / before;
    EXPECT_LT(keeps, kept) << i;
    EXPECT_GT(keeps, 0.4) << i;
    kept = keeps;
  }
}

TEST(RequestPace, OneRefusalRightAfterAWaitTellsNothingOfTheRate) {
  RequestPace pace = refused_after(10, seconds{4}, seconds{1});
  const SteadyTime resumed = kStart + seconds{5};
  const double before = *pace.rate(resumed);
  pace.refused(resumed + milliseconds{50}, resumed + seconds{2});
  EXPECT_EQ(*pace.rate(resumed + seconds{2}), before);
  pace.refused(resumed + milliseconds{2'050}, resumed + seconds{4});
  EXPECT_LT(*pace.rate(resumed + seconds{4}), before);
}

TEST(RequestPace, AWaitTakesAtLeastAsLongAsTheNextRequestIsWorth) {
  RequestPace pace = refused_after(10, seconds{4}, seconds{1});
  const SteadyTime now = kStart + seconds{9};
  pace.refused(now, now + milliseconds{1});
  EXPECT_GT(pace.next_start(), now + milliseconds{300});
  EXPECT_LT(pace.next_start(), now + seconds{1});
}

TEST(RequestPace, AStartThatWasALittleLateIsCaughtUpATenthAtATime) {
  RequestPace pace = refused_after(1'000, seconds{9}, seconds{1});  // about 100/s
  const SteadyTime first = pace.next_start();
  pace.started(first, kStart);
  const auto distance = pace.next_start() - first;
  const SteadyTime late = pace.next_start() + milliseconds{2};
  pace.started(late, kStart);
  EXPECT_LT(pace.next_start() - late, distance);
  EXPECT_GE(pace.next_start() - late, distance * 89 / 100);
}

TEST(RequestPace, AStartThatAFullWindowHeldBackIsNotCaughtUp) {
  RequestPace pace = refused_after(1'000, seconds{9}, seconds{1});
  const SteadyTime first = pace.next_start();
  pace.started(first, kStart);
  const auto distance = pace.next_start() - first;
  const SteadyTime late = pace.next_start() + milliseconds{2};
  pace.started(late, late);
  EXPECT_GE(pace.next_start() - late, distance * 99 / 100);
}

TEST(RequestPace, TimeInWhichNobodyWantedToSendDoesNotCount) {
  RequestPace idle = refused_after(10, seconds{4}, seconds{1});
  const SteadyTime resumed = kStart + seconds{5};
  const double before = *idle.rate(resumed);
  idle.started(resumed + seconds{100}, kStart);
  EXPECT_NEAR(*idle.rate(resumed + seconds{100}), before, before / 100);
}

}  // namespace
}  // namespace cipherform
