// What the ledger knows of the tenants behind the environments.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

#include "ledger_fixture.h"

namespace cipherform {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
const std::string kUrl = "https://public-api.cipherscale.com/qa";

class IdentityTest : public SharedLedgerTest {};
INSTANTIATE_TEST_SUITE_P(Both, IdentityTest, testing::Values(Backend::sqlite, Backend::postgres), name_of);

TEST_P(IdentityTest, IsThatOfTheEnvironmentAndTheLastOneRemembered) {
  const TenantIdentity first{.base_url = kUrl, .owners = {"u1", "u2"}, .recorded_at = kNoon};
  const TenantIdentity second{.base_url = "https://elsewhere", .owners = {}, .recorded_at = kNoon + seconds{1}};
  {
    const auto ledger = open();
    EXPECT_EQ(must(ledger->identity("qa")), std::nullopt);
    must(ledger->remember_identity("qa", first));
    must(ledger->remember_identity("prod", second));
  }
  const auto ledger = open();
  EXPECT_EQ(must(ledger->identity("qa")), first);
  EXPECT_EQ(must(ledger->identity("prod")), second);
  must(ledger->remember_identity("qa", second));
  EXPECT_EQ(must(ledger->identity("qa")), second);
}

class ReceiptsTest : public SharedLedgerTest {
 protected:
  static Receipt receipt(std::string digest, Time at, std::optional<RunId> run = {}) {
    return {.environment = "qa",
            .base_url = kUrl,
            .declaration_digest = std::move(digest),
            .live_digest = "l1",
            .converged_at = at,
            .run = run};
  }
  static Roster roster(Time at, std::vector<std::string> people) {
    return {.converged_at = at, .people = std::move(people)};
  }
};
INSTANTIATE_TEST_SUITE_P(Both, ReceiptsTest, testing::Values(Backend::sqlite, Backend::postgres), name_of);

TEST_P(ReceiptsTest, AreListedNewestFirstByTheOrderOfRecordingOfOneEnvironment) {
  const auto ledger = open();
  const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
  const RunId run = must(ledger->begin_run(lease, small_plan(), kNoon));
  // A clock that was set back changes nothing.
  const Receipt first = receipt("d1", kNoon + seconds{5}, run);
  const Receipt second = receipt("d2", kNoon);
  Receipt other = receipt("d3", kNoon);
  other.environment = "prod";
  for (const Receipt& recorded : {first, second, other}) {
    must(ledger->record_receipt(recorded, roster(recorded.converged_at, {})));
  }
  EXPECT_EQ(must(ledger->receipts("qa", kAll)), (std::vector{second, first}));
  EXPECT_EQ(must(ledger->receipts("qa", 1)), std::vector{second});
  EXPECT_EQ(must(ledger->receipts("prod", kAll)), std::vector{other});
  EXPECT_TRUE(must(ledger->receipts("staging", kAll)).empty());
}

TEST_P(ReceiptsTest, TheRosterIsTheLastOneOfTheTenantAtItsUrl) {
  const auto ledger = open();
  EXPECT_EQ(must(ledger->roster("qa", kUrl)), std::nullopt);
  must(ledger->record_receipt(receipt("d1", kNoon), roster(kNoon, {"ada@example.com", "bob\n@example.com"})));
  EXPECT_EQ(must(ledger->roster("qa", kUrl)), roster(kNoon, {"ada@example.com", "bob\n@example.com"}));
  must(ledger->record_receipt(receipt("d1", kNoon + seconds{1}), roster(kNoon + seconds{1}, {"eve@example.com"})));
  EXPECT_EQ(must(ledger->roster("qa", kUrl)), roster(kNoon + seconds{1}, {"eve@example.com"}));
  EXPECT_EQ(must(ledger->roster("qa", "https://elsewhere")), std::nullopt);
  EXPECT_EQ(must(ledger->roster("prod", kUrl)), std::nullopt);
}

TEST_P(ReceiptsTest, OneOfARunThatNeverWasIsRefusedAndTheRosterStays) {
  const auto ledger = open();
  must(ledger->record_receipt(receipt("d1", kNoon), roster(kNoon, {"ada@example.com"})));
  EXPECT_EQ(error_of(ledger->record_receipt(receipt("d2", kNoon, 99), roster(kNoon, {}))).kind, ErrorKind::ledger);
  EXPECT_EQ(must(ledger->receipts("qa", kAll)).size(), 1U);
  EXPECT_EQ(must(ledger->roster("qa", kUrl)), roster(kNoon, {"ada@example.com"}));
}

TEST_P(ReceiptsTest, AreReadOfALedgerThatIsNotOpenedToWrite) {
  must(open()->record_receipt(receipt("d1", kNoon), roster(kNoon, {"ada@example.com"})));
  std::vector<Receipt> seen;
  EXPECT_TRUE(must(read_ledger(place(), [&](LedgerView& ledger) -> Result<void> {
    seen = must(ledger.receipts("qa", kAll));
    EXPECT_EQ(must(ledger.roster("qa", kUrl)), roster(kNoon, {"ada@example.com"}));
    return {};
  })));
  EXPECT_EQ(seen, std::vector{receipt("d1", kNoon)});
}

TEST_P(ReceiptsTest, ARosterHoldsALargeTenant) {
  std::vector<std::string> people;
  for (int number = 0; number < 100'000; ++number) {
    people.push_back(fmt::format("person{:07}@example.com", number));
  }
  const auto ledger = open();
  must(ledger->record_receipt(receipt("d1", kNoon), roster(kNoon, people)));
  const auto read = must(ledger->roster("qa", kUrl));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->people == people);
}

}  // namespace
}  // namespace cipherform
