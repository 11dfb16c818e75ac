// What can be read of a ledger, who holds a lease, and taking it away: on both databases.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "ledger_fixture.h"

namespace cipherform {
namespace {

class HistoryTest : public SharedLedgerTest {
 protected:
  RunId run(Ledger& ledger, const Lease& lease, Time now = kNoon) {
    return must(ledger.begin_run(lease, small_plan(), now));
  }
};
INSTANTIATE_TEST_SUITE_P(Both, HistoryTest, testing::Values(Backend::sqlite, Backend::postgres), name_of);

TEST_P(HistoryTest, RunsAreListedNewestFirstWithWhatCameOfThem) {
  const auto ledger = open();
  const Lease qa = must(ledger->acquire("qa", kAda, kNoon));
  const RunId first = run(*ledger, qa);
  must(ledger->record_intents(first, qa, std::vector{add_intent("a"), add_intent("b")}, kNoon));
  must(ledger->record_outcomes(first, std::vector<OutcomeRecord>{{"a", ActionOutcome::done, {}}}, kNoon));
  must(ledger->finish_run(first, RunResult::partial, kNoon + seconds{9}));
  const Lease prod = must(ledger->acquire("prod", kBob, kNoon));
  const RunId second = run(*ledger, prod);
  const RunId third = run(*ledger, qa, kNoon + minutes{1});

  const auto all = must(ledger->runs("", 10));
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].id, third);
  EXPECT_EQ(all[0].result, std::nullopt);
  EXPECT_EQ(all[0].lease_until, kNoon + kLeaseTime);
  EXPECT_EQ(all[1].id, second);
  EXPECT_EQ(all[1].holder.user, "bob");
  EXPECT_EQ(all[2].result, RunResult::partial);
  EXPECT_EQ(all[2].finished_at, kNoon + seconds{9});
  EXPECT_EQ(all[2].lease_until, std::nullopt);
  EXPECT_EQ(all[2].intended, 2U);
  EXPECT_EQ(all[2].done, 1U);
  EXPECT_EQ(must(ledger->runs("qa", 10)).size(), 2U);
  EXPECT_EQ(must(ledger->runs("qa", 1)).at(0).id, third);
  EXPECT_EQ(must(ledger->find_run(second))->environment, "prod");
  EXPECT_FALSE(must(ledger->find_run(third + 1)));
  EXPECT_FALSE(must(ledger->find_run(0)));
}

TEST_P(HistoryTest, ARunThatWasCutOffHasNoLeaseLeft) {
  const auto ledger = open();
  const RunId first = run(*ledger, must(ledger->acquire("qa", kAda, kNoon)));
  must(ledger->acquire("qa", kBob, kNoon + minutes{3}));
  EXPECT_EQ(must(ledger->find_run(first))->lease_until, std::nullopt);
}

TEST_P(HistoryTest, ActionsAreInTheOrderInWhichTheyWereIntended) {
  const auto ledger = open();
  const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
  const RunId id = run(*ledger, lease);
  must(ledger->record_intents(id, lease, std::vector{add_intent("z", "Ada@example.com", "A\"B"), add_intent("a")},
                              kNoon));
  must(ledger->record_outcomes(id, std::vector<OutcomeRecord>{{"z", ActionOutcome::refused, "no 'such' group"}},
                               kNoon + seconds{2}));
  const auto actions = must(ledger->actions(id));
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(actions[0].action_id, "z");
  EXPECT_EQ(actions[0].email, "Ada@example.com");
  EXPECT_EQ(actions[0].group, "A\"B");
  EXPECT_EQ(actions[0].outcome, ActionOutcome::refused);
  EXPECT_EQ(actions[0].outcome_at, kNoon + seconds{2});
  EXPECT_EQ(actions[0].detail, "no 'such' group");
  EXPECT_EQ(actions[1].outcome, std::nullopt);
  EXPECT_EQ(actions[1].outcome_at, std::nullopt);
  EXPECT_EQ(must(ledger->actions(id + 1)).size(), 0U);
}

TEST_P(HistoryTest, TheHolderIsKnownUntilItsLeaseEnds) {
  const auto ledger = open();
  EXPECT_FALSE(must(ledger->holder_of("qa", kNoon)));
  const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
  const auto holder = must(ledger->holder_of("qa", kNoon + seconds{1}));
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->holder.user, "ada");
  EXPECT_EQ(holder->holder.pid, 4711);
  EXPECT_EQ(holder->since, kNoon);
  EXPECT_EQ(holder->until, kNoon + kLeaseTime);
  EXPECT_EQ(holder->epoch, lease.epoch);
  EXPECT_FALSE(must(ledger->holder_of("qa", kNoon + kLeaseTime)));
  EXPECT_FALSE(must(ledger->holder_of("prod", kNoon)));
  must(ledger->release(lease));
  EXPECT_FALSE(must(ledger->holder_of("qa", kNoon + seconds{1})));
}

TEST_P(HistoryTest, ABrokenLeaseStopsItsHolderAndLeavesItsIntentsOpen) {
  const auto ledger = open();
  const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
  const RunId id = run(*ledger, lease);
  must(ledger->record_intents(id, lease, std::vector{add_intent("a")}, kNoon));
  must(open()->break_lease("qa", lease.epoch));
  const Error error = error_of(ledger->record_intents(id, lease, std::vector{add_intent("b")}, kNoon));
  EXPECT_EQ(error.kind, ErrorKind::locked);
  EXPECT_EQ(error.what, "the lock of qa was released, by `cipherform unlock` or by its holder");
  EXPECT_EQ(error_of(ledger->renew(lease, kNoon)).kind, ErrorKind::locked);
  const Lease next = must(ledger->acquire("qa", kBob, kNoon));
  EXPECT_EQ(next.epoch, lease.epoch + 1);
  EXPECT_EQ(ids_of(must(ledger->open_intents("qa"))), std::vector<std::string>{"a"});
}

TEST_P(HistoryTest, OnlyTheLeaseThatWasLookedAtIsBroken) {
  const auto ledger = open();
  const Lease first = must(ledger->acquire("qa", kAda, kNoon));
  const Lease second = must(ledger->acquire("qa", kBob, kNoon + minutes{3}));
  EXPECT_EQ(error_of(ledger->break_lease("qa", first.epoch)).kind, ErrorKind::locked);
  must(ledger->renew(second, kNoon + minutes{3}));
  must(ledger->release(second));
  EXPECT_EQ(error_of(ledger->break_lease("qa", second.epoch)).kind, ErrorKind::locked);
  EXPECT_EQ(error_of(ledger->break_lease("prod", 1)).kind, ErrorKind::locked);
}

TEST_P(HistoryTest, AReaderSeesALedgerThatIsOpenAndOneThatIsNot) {
  auto ledger = open();
  run(*ledger, must(ledger->acquire("qa", kAda, kNoon)));
  for (int open_or_not = 0; open_or_not < 2; ++open_or_not) {
    std::size_t runs = 0;
    EXPECT_TRUE(must(read_ledger(place(), [&](LedgerView& view) -> Result<void> {
      runs = must(view.runs("qa", 5)).size();
      return {};
    })));
    EXPECT_EQ(runs, 1U);
    ledger.reset();
  }
}

TEST_P(HistoryTest, WithoutALedgerThereIsNothingToReadAndNothingIsMade) {
  EXPECT_FALSE(must(read_ledger(place(), [](LedgerView&) -> Result<void> {
    ADD_FAILURE() << "there is no ledger to look at";
    return {};
  })));
  EXPECT_FALSE(fs::exists(state_dir()));
  if (GetParam() == Backend::postgres) {
    EXPECT_EQ(count("SELECT count(*) FROM pg_namespace WHERE nspname = 'cipherform'"), 0);
  }
}

TEST_P(HistoryTest, ManyMayMakeTheLedgerAtOnceAndOneGetsTheLease) {
  std::vector<std::thread> threads;
  std::vector<std::string> errors(4);
  std::atomic<int> leases = 0;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    threads.emplace_back([&, i] {
      auto opened = open_ledger(place());
      if (!opened) {
        errors[i] = to_string(opened.error());
        return;
      }
      const auto lease = (*opened)->acquire("qa", {"user", "host" + std::to_string(i), 1}, kNoon);
      if (lease) ++leases;
      if (!lease && lease.error().kind != ErrorKind::locked) errors[i] = to_string(lease.error());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(errors, std::vector<std::string>(4));
  EXPECT_EQ(leases, 1);
}

}  // namespace
}  // namespace cipherform
