#include "apply_fixture.h"

namespace cipherform {
namespace {

/// A run that recorded intents and was cut off; the next one holds the lease.
class SettleOpenIntentsTest : public ApplyTest {
 protected:
  void left_open(const std::vector<Intent>& intents) {
    ASSERT_TRUE(ledger_.record_intents(run_, lease_, intents, clock_.now()));
  }
  void next_run() {
    ledger_.die("qa");
    lease_ = *ledger_.acquire("qa", {"bob", "laptop", 4712}, clock_.now());
    started_ = clock_.steady();
  }
  Result<SettledIntents> settle(const Interruption* interruption = nullptr) {
    TenantLink link(transport_, clock_, random_, link_options_);
    return find_open_intents(ledger_, "qa", plan_.base_url).and_then([&](std::vector<Intent> open) {
      LeaseKeeper lease(ledger_, lease_, clock_.instant(), clock_, nullptr, interruption);
      return settle_open_intents(std::move(open), link, lease, options_);
    });
  }
  SteadyTime::duration waited() const { return clock_.steady() - started_; }

  SteadyTime started_;
};

const Intent kCreateAda{.action_id = "c", .kind = "create_user", .email = "ada@example.com", .group = {}};
const Intent kAddBob{.action_id = "a", .kind = "add_member", .email = "Bob@example.com", .group = "Engineering"};
const Intent kRemoveBob{.action_id = "r", .kind = "remove_member", .email = "bob@example.com", .group = "Sales"};

TEST_F(SettleOpenIntentsTest, WhereNothingIsOpenNothingIsRead) {
  next_run();
  const auto settled = settle();
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->in_place + settled->absent, 0U);
  EXPECT_EQ(tenant_.reads(), 0U);
}

TEST_F(SettleOpenIntentsTest, WhatIsInPlaceIsKnownAtTheFirstRead) {
  exists("ada", {"Sales"});
  exists("bob", {"Engineering"});
  left_open({kCreateAda, kAddBob, kRemoveBob});
  next_run();
  const auto settled = settle();
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->in_place, 3U);
  EXPECT_EQ(tenant_.reads(), 1U);
  EXPECT_LT(waited(), seconds{1});
  for (const char* action : {"c", "a", "r"}) EXPECT_EQ(ledger_.outcome_of(action), "done") << action;
}

TEST_F(SettleOpenIntentsTest, OfACreateWhoseUserIsThereTheGroupsThatItMissesAreSaid) {
  exists("ada", {"Sales"});
  exists("bob", {"Sales", "Support", "Engineering"});
  Intent whole{.action_id = "w", .kind = "create_user", .email = "bob@example.com", .group = {}};
  Intent partly = kCreateAda;
  whole.groups = "Sales\nSupport";
  partly.groups = "Engineering\nSales\nSupport";
  left_open({whole, partly});
  next_run();
  const auto settled = settle();
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->in_place, 2U);
  EXPECT_EQ(settled->incomplete, 1U);
  EXPECT_EQ(ledger_.outcome_of("c"), "done");
  EXPECT_EQ(ledger_.detail_of("c"), "in place when a later run read the tenant, but not in: Engineering, Support");
  EXPECT_EQ(ledger_.detail_of("w"), "in place when a later run read the tenant");
}

TEST_F(SettleOpenIntentsTest, TheIntentOfACreateSaysWhichGroupsItAsksFor) {
  create("ada", {"Engineering", "Sales"});
  apply();
  EXPECT_EQ(ledger_.intent_of("create ada").groups, "Engineering\nSales");
}

TEST_F(SettleOpenIntentsTest, WhatIsAbsentIsReadUntilTheSettleTimeHasPassed) {
  exists("bob", {"Sales"});
  left_open({kCreateAda, kAddBob, kRemoveBob});
  next_run();
  const auto settled = settle();
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->absent, 3U);
  EXPECT_GE(waited(), options_.settle_time);
  EXPECT_LT(waited(), options_.settle_time + seconds{1});
  for (const char* action : {"c", "a", "r"}) EXPECT_EQ(ledger_.outcome_of(action), "absent") << action;
  EXPECT_TRUE(ledger_.open_intents("qa")->empty());
  EXPECT_EQ(tenant_.changes(), 0U);
}

TEST_F(SettleOpenIntentsTest, WhatTakesEffectLateIsFound) {
  exists("bob", {"Engineering", "Sales"});
  left_open({kCreateAda, kRemoveBob});
  next_run();
  const StopWhen late([&] {
    if (waited() >= seconds{20} && tenant_.find("ada@example.com") == nullptr) {
      tenant_.add_user("ada@example.com", {"Sales"});
      tenant_.set_groups("bob@example.com", {"Engineering"});
    }
    return false;
  });
  const auto settled = settle(&late);
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->in_place, 2U);
  EXPECT_LT(waited(), options_.settle_time);
}

TEST_F(SettleOpenIntentsTest, ACreateThatARunLeftAmbiguousIsOpenToo) {
  left_open({kCreateAda, kAddBob});
  ASSERT_TRUE(ledger_.record_outcomes(
      run_,
      std::vector<OutcomeRecord>{{"c", ActionOutcome::ambiguous, "reset"}, {"a", ActionOutcome::ambiguous, "reset"}},
      clock_.now()));
  exists("eve", {"Sales"});
  next_run();
  const auto settled = settle();
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->absent, 1U);
  EXPECT_EQ(ledger_.outcome_of("c"), "absent");
  EXPECT_EQ(ledger_.outcome_of("a"), "ambiguous");
}

TEST_F(SettleOpenIntentsTest, WithoutAProvedReadWhatIsNotSeenStaysOpen) {
  tenant_.set_shuffled(true);
  tenant_.set_max_limit(5);
  for (int i = 0; i < 60; ++i) tenant_.add_user(email("old" + std::to_string(i)), {"Sales"});
  left_open({kCreateAda, kRemoveBob});  // bob is not there at all, as far as is seen
  next_run();
  const auto settled = settle();
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().kind, ErrorKind::listing);
  EXPECT_TRUE(settled.error().what.starts_with("2 changes of an earlier apply may have been made or not"))
      << settled.error().what;
  EXPECT_EQ(ledger_.open_intents("qa")->size(), 2U);
}

TEST_F(SettleOpenIntentsTest, ATenantThatCannotBeReadLeavesAllOpen) {
  left_open({kCreateAda});
  next_run();
  tenant_.fail_reads(fakes::answers(401).always());
  const auto settled = settle();
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().kind, ErrorKind::credential);
  EXPECT_EQ(ledger_.open_intents("qa")->size(), 1U);
}

TEST_F(SettleOpenIntentsTest, AnInterruptionLeavesAllOpen) {
  left_open({kCreateAda});
  next_run();
  const StopWhen stop([&] { return waited() >= seconds{3}; });
  const auto settled = settle(&stop);
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().kind, ErrorKind::interrupted);
  EXPECT_EQ(ledger_.open_intents("qa")->size(), 1U);
}

TEST_F(SettleOpenIntentsTest, AHolderWhoMayStillRunIsGivenTheTimeOfItsLastRequest) {
  exists("bob", {"Sales"});
  left_open({kCreateAda});
  clock_.advance_to(clock_.steady() + kLeaseTime);  // it expires
  lease_ = *ledger_.acquire("qa", {"bob", "desktop", 1}, clock_.now());
  started_ = clock_.steady();
  ASSERT_TRUE(settle());
  EXPECT_GE(waited(), link_options_.timeout + options_.settle_time);
}

TEST_F(SettleOpenIntentsTest, AHolderWhoseLockWasTakenMayNoticeLate) {
  exists("bob", {"Sales"});
  left_open({kCreateAda});
  ASSERT_TRUE(ledger_.break_lease("qa", lease_.epoch));
  lease_ = *ledger_.acquire("qa", {"bob", "desktop", 1}, clock_.now());
  started_ = clock_.steady();
  ASSERT_TRUE(settle());
  EXPECT_GE(waited(), kLeaseTime / 2 + link_options_.timeout + options_.settle_time);
}

TEST_F(SettleOpenIntentsTest, WhoLostTheLeaseMeanwhileRecordsNothing) {
  exists("ada", {"Sales"});
  left_open({kCreateAda});
  next_run();
  ledger_.take_over("qa", clock_.now());
  const auto settled = settle();
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().kind, ErrorKind::locked);
  EXPECT_EQ(ledger_.outcome_of("c"), "open");
}

TEST_F(SettleOpenIntentsTest, WhatIsOpenAtAnotherUrlIsNotSettledByReadingThisTenant) {
  exists("bob", {"Engineering"});
  left_open({kAddBob, kRemoveBob});
  plan_.base_url = "https://public-api.cipherscale.com/qa2";
  const RunId second = *ledger_.begin_run(lease_, plan_, clock_.now());
  ASSERT_TRUE(ledger_.record_intents(second, lease_, std::vector{kCreateAda}, clock_.now()));
  next_run();
  const auto settled = settle();
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().what,
            "2 changes of run 1 may have been made or not in qa at https://public-api.cipherscale.com/qa, and its url "
            "is https://public-api.cipherscale.com/qa2 now");
  EXPECT_FALSE(settled.error().server_may_have_changed);
  EXPECT_EQ(tenant_.reads(), 0U);
  EXPECT_EQ(ledger_.open_intents("qa")->size(), 3U);
}

TEST_F(SettleOpenIntentsTest, RunsAtSeveralOtherUrlsAreNamedUrlByUrl) {
  left_open({kCreateAda});
  const RunId again = *ledger_.begin_run(lease_, plan_, clock_.now());
  ASSERT_TRUE(ledger_.record_intents(again, lease_, std::vector{kAddBob}, clock_.now()));
  plan_.base_url = "https://b.example.com";
  const RunId third = *ledger_.begin_run(lease_, plan_, clock_.now());
  ASSERT_TRUE(ledger_.record_intents(third, lease_, std::vector{kRemoveBob}, clock_.now()));
  next_run();
  plan_.base_url = "https://c.example.com";
  const auto settled = settle();
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().what,
            "2 changes of runs 1, 2 may have been made or not in qa at https://public-api.cipherscale.com/qa, and its "
            "url is https://c.example.com now");
}

TEST_F(SettleOpenIntentsTest, ALedgerThatFailsIsAnError) {
  left_open({kCreateAda});
  next_run();
  exists("ada", {"Sales"});
  ledger_.fail_call(3);  // after the intents and the lease: the outcomes
  const auto settled = settle();
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().kind, ErrorKind::ledger);
}

}  // namespace
}  // namespace cipherform
