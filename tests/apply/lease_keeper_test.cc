#include <gtest/gtest.h>

#include "apply_fixture.h"

namespace cipherform {
namespace {

/// A machine whose wall clock is set while it runs.
class SetClock final : public Clock {
 public:
  Time now() const override { return machine.now() + wall_is_ahead; }
  SteadyTime steady() const override { return machine.steady(); }

  fakes::VirtualClock machine;
  milliseconds wall_is_ahead{0};
};

class ShownProgress final : public Progress {
 public:
  void update(std::string_view, std::uint64_t done, std::uint64_t) override { updates.push_back(done); }
  void waiting(std::string_view, milliseconds left) override { waits.push_back(left); }
  std::vector<std::uint64_t> updates;
  std::vector<milliseconds> waits;
};

class LeaseKeeperTest : public testing::Test {
 protected:
  void advance(milliseconds by) { clock_.machine.advance_to(clock_.steady() + by); }

  SetClock clock_;
  fakes::MemoryLedger ledger_;
  bool stop_ = false;
  StopWhen interruption_{[this] { return stop_; }};
  ShownProgress shown_;
  const Instant asked_ = clock_.instant();
  LeaseKeeper keeper_{ledger_,       *ledger_.acquire("qa", {"ada", "laptop", 1}, asked_.wall), asked_, clock_, &shown_,
                      &interruption_};
};

TEST_F(LeaseKeeperTest, RenewsWhenHalfOfTheTimeHasPassedAndNotBefore) {
  advance(kLeaseTime / 2 - milliseconds{1});
  EXPECT_TRUE(keeper_.keep());
  EXPECT_EQ(ledger_.count("renew"), 0U);
  EXPECT_EQ(keeper_.renew_at(), clock_.steady() + milliseconds{1});
  advance(milliseconds{1});
  EXPECT_TRUE(keeper_.keep());
  EXPECT_TRUE(keeper_.keep());
  EXPECT_EQ(ledger_.count("renew"), 1U);
  EXPECT_EQ(keeper_.renew_at(), clock_.steady() + kLeaseTime / 2);
}

TEST_F(LeaseKeeperTest, AnIntentProlongsItTheSame) {
  advance(kLeaseTime / 2);
  keeper_.prolonged(clock_.instant());
  advance(kLeaseTime / 2 - milliseconds{1});
  EXPECT_TRUE(keeper_.keep());
  EXPECT_EQ(ledger_.count("renew"), 0U);
}

TEST_F(LeaseKeeperTest, ProgressOfALongReadKeepsTheLeaseAndIsShown) {
  for (int i = 0; i < 10; ++i) {
    advance(minutes{1});
    keeper_.update("users read", 1, 2);
    advance(minutes{1} - milliseconds{1});
    keeper_.waiting("rate limited", seconds{1});
  }
  EXPECT_FALSE(keeper_.requested());
  EXPECT_GT(ledger_.expires("qa"), clock_.now());
  EXPECT_EQ(shown_.updates, std::vector<std::uint64_t>(10, 1));
  EXPECT_EQ(shown_.waits, std::vector<milliseconds>(10, seconds{1}));
}

TEST_F(LeaseKeeperTest, StopsEverythingWhenTheLeaseIsLost) {
  ledger_.take_over("qa", clock_.now());
  EXPECT_FALSE(keeper_.requested());
  advance(kLeaseTime / 2);
  EXPECT_FALSE(keeper_.keep());
  EXPECT_TRUE(keeper_.requested());
  ASSERT_TRUE(keeper_.lost());
  EXPECT_EQ(keeper_.lost()->kind, ErrorKind::locked);
  EXPECT_FALSE(keeper_.interrupted());
  EXPECT_FALSE(keeper_.keep());  // and it stays lost
  EXPECT_EQ(ledger_.count("renew"), 1U);
}

TEST_F(LeaseKeeperTest, ALedgerThatCannotBeReachedMayComeBackBeforeTheLeaseEnds) {
  ledger_.fail_call(1);
  advance(kLeaseTime / 2);
  EXPECT_TRUE(keeper_.keep());
  EXPECT_TRUE(keeper_.keep());  // not before a second has passed
  EXPECT_EQ(ledger_.count("renew"), 0U);
  advance(seconds{1});
  EXPECT_TRUE(keeper_.keep());
  EXPECT_EQ(ledger_.count("renew"), 1U);
  EXPECT_FALSE(keeper_.requested());
}

TEST_F(LeaseKeeperTest, ALedgerThatCannotBeReachedUntilTheLeaseEndsLosesIt) {
  ledger_.fail_call(1, true);
  advance(kLeaseTime);
  EXPECT_FALSE(keeper_.keep());
  EXPECT_EQ(keeper_.lost()->kind, ErrorKind::ledger);
}

TEST_F(LeaseKeeperTest, NothingStartsFromItsEndOn) {
  EXPECT_EQ(keeper_.no_start_after()->steady, asked_.steady + kLeaseTime);
  EXPECT_EQ(keeper_.no_start_after()->wall, asked_.wall + kLeaseTime);
  advance(kLeaseTime - milliseconds{1});
  EXPECT_FALSE(keeper_.requested());
  advance(milliseconds{1});
  EXPECT_TRUE(keeper_.requested());
}

TEST_F(LeaseKeeperTest, EndsAlthoughTheWallClockWasSetBack) {
  clock_.wall_is_ahead = -minutes{30};
  advance(kLeaseTime - milliseconds{1});
  EXPECT_FALSE(keeper_.requested());
  advance(milliseconds{1});
  EXPECT_TRUE(keeper_.requested());
}

TEST_F(LeaseKeeperTest, EndsAlthoughTheMachineSleptAndItsSteadyClockWithIt) {
  clock_.wall_is_ahead = kLeaseTime;
  EXPECT_TRUE(keeper_.requested());
  EXPECT_FALSE(keeper_.keep());
}

TEST_F(LeaseKeeperTest, StopsWhenTheUserAsks) {
  EXPECT_FALSE(keeper_.requested());
  stop_ = true;
  EXPECT_TRUE(keeper_.requested());
  EXPECT_TRUE(keeper_.interrupted());
}

}  // namespace
}  // namespace cipherform
