#include "cli/lease_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/mock_ledger.h"
#include "fakes/scripted_transport.h"

namespace cipherform::cli {
namespace {

using testing::_;
using testing::Return;
using testing::StrictMock;

class ShownProgress final : public Progress {
 public:
  void update(std::string_view, std::uint64_t done, std::uint64_t) override { updates.push_back(done); }
  void waiting(std::string_view, std::chrono::milliseconds left) override { waits.push_back(left.count()); }
  std::vector<std::uint64_t> updates;
  std::vector<std::int64_t> waits;
};

class LeaseKeeperTest : public testing::Test {
 protected:
  void pass(std::chrono::milliseconds time) { clock_.advance_to(clock_.steady() + time); }

  StrictMock<fakes::MockLedger> ledger_;
  fakes::VirtualClock clock_;
  ShownProgress shown_;
  const Lease lease_{"qa", 7};
};

TEST_F(LeaseKeeperTest, RenewsOnlyWhenHalfOfTheTimeHasPassedAndReleasesAtTheEnd) {
  EXPECT_CALL(ledger_, renew(_, _)).Times(2).WillRepeatedly(Return(Result<void>{}));
  EXPECT_CALL(ledger_, release(testing::Field(&Lease::epoch, 7))).WillOnce(Return(Result<void>{}));
  LeaseKeeper keeper(ledger_, lease_, clock_, shown_);
  keeper.update("users read", 1, 2);
  pass(kLeaseTime / 2);
  keeper.update("users read", 2, 2);
  keeper.update("users read", 3, 2);
  pass(kLeaseTime / 2);
  keeper.waiting("rate limited", std::chrono::milliseconds{5});
  EXPECT_THAT(shown_.updates, testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(shown_.waits, testing::ElementsAre(5));
}

TEST_F(LeaseKeeperTest, ALostLeaseStaysLost) {
  EXPECT_CALL(ledger_, renew(_, _)).WillOnce(Return(Result<void>(fakes::ledger_failure(ErrorKind::locked))));
  EXPECT_CALL(ledger_, release(_)).WillOnce(Return(Result<void>{}));
  LeaseKeeper keeper(ledger_, lease_, clock_, shown_);
  EXPECT_TRUE(keeper.keep());
  pass(kLeaseTime / 2);
  EXPECT_FALSE(keeper.keep());
  pass(kLeaseTime);
  ASSERT_FALSE(keeper.keep());
  EXPECT_EQ(keeper.keep().error().kind, ErrorKind::locked);
}

}  // namespace
}  // namespace cipherform::cli
