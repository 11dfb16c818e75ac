#include "apply/lease_watch.h"

#include <gtest/gtest.h>

#include "apply_fixture.h"

namespace cipherform::apply {
namespace {

class LeaseWatchTest : public testing::Test {
 protected:
  void advance(milliseconds by) { clock_.advance_to(clock_.steady() + by); }

  fakes::VirtualClock clock_;
  fakes::MemoryLedger ledger_;
  Lease lease_ = *ledger_.acquire("qa", {"ada", "laptop", 1}, clock_.now());
  bool stop_ = false;
  StopWhen interruption_{[this] { return stop_; }};
  LeaseWatch watch_{ledger_, lease_, clock_, nullptr, &interruption_};
};

TEST_F(LeaseWatchTest, HasNothingToKeepBeforeTheFirstIntent) {
  advance(kLeaseTime / 2);
  watch_.keep();
  EXPECT_EQ(ledger_.count("renew"), 0U);
  EXPECT_FALSE(watch_.requested());
}

TEST_F(LeaseWatchTest, RenewsWhenHalfOfTheTimeHasPassedAndNotBefore) {
  watch_.prolonged(clock_.now());
  advance(kLeaseTime / 2 - milliseconds{1});
  watch_.keep();
  EXPECT_EQ(ledger_.count("renew"), 0U);
  advance(milliseconds{1});
  watch_.keep();
  watch_.keep();
  EXPECT_EQ(ledger_.count("renew"), 1U);
  EXPECT_EQ(watch_.renew_at(), clock_.steady() + kLeaseTime / 2);
}

TEST_F(LeaseWatchTest, ProgressOfALongReadKeepsTheLease) {
  watch_.prolonged(clock_.now());
  for (int i = 0; i < 10; ++i) {
    advance(minutes{1});
    watch_.update("users read", 1, 2);
    advance(minutes{1} - milliseconds{1});
    watch_.waiting("rate limited", seconds{1});
  }
  EXPECT_FALSE(watch_.requested());
  EXPECT_GT(ledger_.expires("qa"), clock_.now());
}

TEST_F(LeaseWatchTest, StopsEverythingWhenTheLeaseIsLost) {
  watch_.prolonged(clock_.now());
  ledger_.take_over("qa", clock_.now());
  EXPECT_FALSE(watch_.requested());
  advance(kLeaseTime / 2);
  watch_.keep();
  EXPECT_TRUE(watch_.requested());
  ASSERT_TRUE(watch_.lost());
  EXPECT_EQ(watch_.lost()->kind, ErrorKind::locked);
  EXPECT_FALSE(watch_.interrupted());
}

TEST_F(LeaseWatchTest, StopsWhenTheLeaseHasExpiredByItsOwnClock) {
  watch_.prolonged(clock_.now());
  advance(kLeaseTime - milliseconds{1});
  EXPECT_FALSE(watch_.requested());
  advance(milliseconds{1});
  EXPECT_TRUE(watch_.requested());
}

TEST_F(LeaseWatchTest, StopsWhenTheUserAsks) {
  watch_.prolonged(clock_.now());
  EXPECT_FALSE(watch_.requested());
  stop_ = true;
  EXPECT_TRUE(watch_.requested());
  EXPECT_TRUE(watch_.interrupted());
}

}  // namespace
}  // namespace cipherform::apply
