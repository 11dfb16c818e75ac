#include "ledger/sql_ledger.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger_fixture.h"

namespace cipherform {
namespace {

using Ids = std::vector<std::string>;

// ------------------------------------------------------------------------ leases

class LeaseTest : public SharedLedgerTest {};
INSTANTIATE_TEST_SUITE_P(Both, LeaseTest, testing::Values(Backend::sqlite, Backend::postgres), name_of);

TEST_P(LeaseTest, ASecondApplyIsToldWhoHoldsTheEnvironmentAndSinceWhen) {
  const auto ledger = open();
  must(ledger->acquire("qa", kAda, kNoon));
  const Error error = error_of(ledger->acquire("qa", kBob, kNoon + seconds{10}));
  EXPECT_EQ(error.kind, ErrorKind::locked);
  EXPECT_EQ(error.what, "qa is being applied by ada@laptop (pid 4711) since 2026-03-01T12:00:00Z");
  EXPECT_EQ(error.hint,
            "wait until it ends, or let cipherform wait with --lock-timeout; if that process is gone, its lock ends by "
            "itself at 2026-03-01T12:02:00Z, or now with `cipherform unlock`");
}

TEST_P(LeaseTest, ASecondConnectionSeesTheLeaseOfTheFirst) {
  const auto first = open();
  const auto second = open();
  must(first->acquire("qa", kAda, kNoon));
  EXPECT_EQ(error_of(second->acquire("qa", kBob, kNoon)).kind, ErrorKind::locked);
}

TEST_P(LeaseTest, EnvironmentsAreHeldApart) {
  const auto ledger = open();
  EXPECT_EQ(must(ledger->acquire("qa", kAda, kNoon)).environment, "qa");
  EXPECT_EQ(must(ledger->acquire("prod", kBob, kNoon)).environment, "prod");
}

TEST_P(LeaseTest, AReleasedLeaseIsFreeAtOnceAndItsEpochStillGrows) {
  const auto ledger = open();
  const Lease first = must(ledger->acquire("qa", kAda, kNoon));
  must(ledger->release(first));
  const Lease second = must(ledger->acquire("qa", kBob, kNoon));
  EXPECT_EQ(first.epoch, 1);
  EXPECT_EQ(second.epoch, 2);
}

TEST_P(LeaseTest, HoldsUpToItsLastMillisecondAndNoLonger) {
  const auto ledger = open();
  must(ledger->acquire("qa", kAda, kNoon));
  EXPECT_FALSE(ledger->acquire("qa", kBob, kNoon + kLeaseTime - milliseconds{1}));
  EXPECT_EQ(must(ledger->acquire("qa", kBob, kNoon + kLeaseTime)).epoch, 2);
}

TEST_P(LeaseTest, OfAProcessThatIsGoneFromThisMachineIsTakenOver) {
  const auto ledger = open();
  must(ledger->acquire("qa", kAda, kNoon));
  gone_.insert(kAda.pid);
  EXPECT_EQ(must(ledger->acquire("qa", {"cyd", "renamed", 5000, kAda.machine}, kNoon + seconds{1})).epoch, 2);
}

TEST_P(LeaseTest, OfAProcessElsewhereIsNotTakenOverWhateverItsPidIsHere) {
  const auto ledger = open();
  must(ledger->acquire("qa", kAda, kNoon));
  gone_.insert(kAda.pid);
  // Another machine or container that has the same host name; the same one before it was started anew.
  for (const char* machine : {"boot-1 pid:[2]", "boot-2 pid:[1]", ""}) {
    const Holder there{"ada", kAda.host, 5000, machine};
    EXPECT_EQ(error_of(ledger->acquire("qa", there, kNoon + seconds{1})).kind, ErrorKind::locked) << machine;
  }
  EXPECT_EQ(must(ledger->acquire("qa", kBob, kNoon + kLeaseTime)).epoch, 2);
}

TEST_P(LeaseTest, OfAProcessThatDidNotSayWhereItRunsIsNotTakenOver) {
  const auto ledger = open();
  const Holder unknown{"ada", "laptop", 4711};
  must(ledger->acquire("qa", unknown, kNoon));
  gone_.insert(unknown.pid);
  EXPECT_EQ(error_of(ledger->acquire("qa", {"bob", "laptop", 5000}, kNoon + seconds{1})).kind, ErrorKind::locked);
  EXPECT_EQ(error_of(ledger->acquire("qa", kAda, kNoon + seconds{1})).kind, ErrorKind::locked);
}

TEST_P(LeaseTest, RenewingProlongsIt) {
  const auto ledger = open();
  const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
  must(ledger->renew(lease, kNoon + minutes{1}));
  EXPECT_FALSE(ledger->acquire("qa", kBob, kNoon + kLeaseTime));
  EXPECT_TRUE(ledger->acquire("qa", kBob, kNoon + minutes{1} + kLeaseTime));
}

TEST_P(LeaseTest, RenewingAfterATakeOverSaysWhoTookIt) {
  const auto ledger = open();
  const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
  must(ledger->acquire("qa", kBob, kNoon + minutes{3}));
  const Error error = error_of(ledger->renew(lease, kNoon + minutes{3}));
  EXPECT_EQ(error.kind, ErrorKind::locked);
  EXPECT_EQ(error.what, "the lock of qa was taken over by bob@build-7 (pid 23) since 2026-03-01T12:03:00Z");
  EXPECT_EQ(error.hint, "nothing more is sent; apply again to continue from what the tenant has then");
}

TEST_P(LeaseTest, RenewingTooLateIsRefusedAlthoughNobodyElseCame) {
  const auto ledger = open();
  const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
  const Error error = error_of(ledger->renew(lease, kNoon + kLeaseTime));
  EXPECT_EQ(error.kind, ErrorKind::locked);
  EXPECT_EQ(error.what, "the lock of qa expired at 2026-03-01T12:02:00Z, before it was prolonged");
}

TEST_P(LeaseTest, RenewingWhatWasReleasedOrNeverTakenIsRefused) {
  const auto ledger = open();
  EXPECT_EQ(error_of(ledger->renew({"qa", 1}, kNoon)).what, "nobody holds the lock of qa");
  const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
  must(ledger->release(lease));
  EXPECT_EQ(error_of(ledger->renew(lease, kNoon)).what,
            "the lock of qa was released, by `cipherform unlock` or by its holder");
}

TEST_P(LeaseTest, ReleasingOneThatAnotherTookOverLeavesTheOthers) {
  const auto ledger = open();
  const Lease first = must(ledger->acquire("qa", kAda, kNoon));
  const Lease second = must(ledger->acquire("qa", kBob, kNoon + minutes{3}));
  must(ledger->release(first));
  must(ledger->renew(second, kNoon + minutes{4}));
}

TEST_P(LeaseTest, SurvivesTheConnection) {
  must(open()->acquire("qa", kAda, kNoon));
  EXPECT_EQ(error_of(open()->acquire("qa", kBob, kNoon)).kind, ErrorKind::locked);
}

TEST(ProcessIsAlive, KnowsItselfAndSaysYesWhereItCannotTell) {
  EXPECT_TRUE(is_process_alive(::getpid()));
  EXPECT_TRUE(is_process_alive(1));  // whoever runs it
  EXPECT_TRUE(is_process_alive(0));  // would mean the whole process group
  EXPECT_TRUE(is_process_alive(-1));
  EXPECT_TRUE(is_process_alive(std::int64_t{1} << 40));
  EXPECT_FALSE(is_process_alive(0x7fffffff));  // above the kernel's largest pid
}

TEST(IsProcessAlive, NotWhereOnlyItsEndIsKept) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);  // and it stays a zombie
  EXPECT_FALSE(is_process_alive(child));
  ::waitpid(child, nullptr, 0);
}

// -------------------------------------------------------------------------- runs

class RunTest : public SharedLedgerTest {
 protected:
  void SetUp() override {
    ledger_ = open();
    lease_ = must(ledger_->acquire("qa", kAda, kNoon));
    run_ = must(ledger_->begin_run(lease_, small_plan(), kNoon));
  }
  /// What kill -9 leaves: the connection is gone, the run has no end, and the holder's process is dead.
  void crash_and_take_over() {
    ledger_.reset();
    gone_.insert(kAda.pid);
    ledger_ = open();
    lease_ = must(ledger_->acquire("qa", {"ada", kAda.host, 4712, kAda.machine}, kNoon + seconds{30}));
  }
  Ids open_ids() { return ids_of(must(ledger_->open_intents("qa"))); }
  void record(const Ids& ids, Time now = kNoon) {
    std::vector<Intent> intents;
    intents.reserve(ids.size());
    for (const std::string& id : ids) intents.push_back(add_intent(id));
    must(ledger_->record_intents(run_, lease_, intents, now));
  }
  void finish(const std::string& id, ActionOutcome outcome = ActionOutcome::done) {
    must(ledger_->record_outcomes(run_, std::vector<OutcomeRecord>{{id, outcome, {}}}, kNoon));
  }

  std::unique_ptr<Ledger> ledger_;
  Lease lease_;
  RunId run_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Both, RunTest, testing::Values(Backend::sqlite, Backend::postgres), name_of);

TEST_P(RunTest, IntentsWithoutOutcomeAreOpenAfterACrashOldestFirst) {
  record({"c", "a"});
  record({"b"});
  finish("a");
  crash_and_take_over();
  EXPECT_EQ(open_ids(), (Ids{"c", "b"}));
}

TEST_P(RunTest, AnOpenIntentSaysEverythingThatWasMeant) {
  must(ledger_->record_intents(run_, lease_,
                               std::vector<Intent>{{"a1", "remove_member", "Ada@example.com", "O'Brien; DROP"},
                                                   {"a2", "create_user", "bob@example.com", "", "A, B\nC"}},
                               kNoon));
  crash_and_take_over();
  const auto intents = must(ledger_->open_intents("qa"));
  ASSERT_EQ(intents.size(), 2U);
  EXPECT_EQ(intents[0].kind, "remove_member");
  EXPECT_EQ(intents[0].email, "Ada@example.com");
  EXPECT_EQ(intents[0].group, "O'Brien; DROP");
  EXPECT_EQ(intents[0].run, run_);
  EXPECT_EQ(intents[0].base_url, small_plan().base_url);
  EXPECT_EQ(intents[1].kind, "create_user");
  EXPECT_EQ(intents[1].group, "");
  EXPECT_EQ(intents[1].groups, "A, B\nC");
}

TEST_P(RunTest, WhatARunningApplyHasInFlightIsNotOpen) {
  record({"a"});
  EXPECT_EQ(open_ids(), Ids{});
}

TEST_P(RunTest, IntentsOfAReleasedRunAreOpen) {
  record({"a"});
  must(ledger_->release(lease_));
  EXPECT_EQ(open_ids(), Ids{"a"});
}

TEST_P(RunTest, IntentsOfAnotherEnvironmentAreNotShown) {
  record({"a"});
  must(ledger_->release(lease_));
  EXPECT_EQ(must(ledger_->open_intents("prod")).size(), 0U);
}

TEST_P(RunTest, AnOpenIntentCanBeGivenItsOutcomeByTheNextRun) {
  record({"a", "b"});
  crash_and_take_over();
  const RunId earlier = must(ledger_->open_intents("qa")).at(0).run;
  must(ledger_->record_outcomes(earlier, std::vector<OutcomeRecord>{{"a", ActionOutcome::done, "seen"}}, kNoon));
  EXPECT_EQ(open_ids(), Ids{"b"});
}

TEST_P(RunTest, AnyOutcomeClosesAnIntent) {
  record({"a", "b", "c", "d"});
  finish("a", ActionOutcome::refused);
  finish("b", ActionOutcome::not_sent);
  finish("c", ActionOutcome::ambiguous);
  finish("d", ActionOutcome::done);
  crash_and_take_over();
  EXPECT_EQ(open_ids(), Ids{});
}

TEST_P(RunTest, ACreateWhoseOutcomeIsAmbiguousStaysOpenUntilItIsSettled) {
  Intent create{.action_id = "n", .kind = "create_user", .email = "ada@example.com", .group = {}};
  must(ledger_->record_intents(run_, lease_, std::vector{create}, kNoon + seconds{7}));
  finish("n", ActionOutcome::ambiguous);
  EXPECT_EQ(open_ids(), Ids{});  // the run that goes on knows of it
  crash_and_take_over();
  const auto intents = must(ledger_->open_intents("qa"));
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].outcome, ActionOutcome::ambiguous);
  EXPECT_EQ(intents[0].at, kNoon + seconds{7});
  for (const ActionOutcome outcome : {ActionOutcome::absent, ActionOutcome::throttled}) {
    finish("n", outcome);
    EXPECT_EQ(open_ids(), Ids{});
  }
}

TEST_P(RunTest, IntendingAnActionAgainCountsTheAttemptAndKeepsTheLaterTime) {
  record({"a", "b"});
  record({"b", "c"}, kNoon + seconds{5});
  const auto actions = must(ledger_->actions(run_));
  ASSERT_EQ(actions.size(), 3U);
  EXPECT_EQ(actions[0].attempts, 1);
  EXPECT_EQ(actions[1].action_id, "b");
  EXPECT_EQ(actions[1].attempts, 2);
  EXPECT_EQ(actions[1].intended_at, kNoon + seconds{5});
  EXPECT_EQ(actions[2].attempts, 1);
}

TEST_P(RunTest, AnActionThatIsSentAgainAfterItsOutcomeIsOpenAgain) {
  record({"a"});
  finish("a", ActionOutcome::not_sent);
  record({"a"}, kNoon + seconds{5});
  crash_and_take_over();
  EXPECT_EQ(open_ids(), Ids{"a"});
}

TEST_P(RunTest, TheSameActionInTwoRunsIsTwoRecords) {
  record({"a"});
  const RunId second = must(ledger_->begin_run(lease_, small_plan(), kNoon));
  must(ledger_->record_intents(second, lease_, std::vector{add_intent("a")}, kNoon));
  EXPECT_EQ(count("SELECT count(*) FROM actions WHERE action_id = 'a'"), 2);
}

TEST_P(RunTest, RecordingIntentsProlongsTheLease) {
  record({"a"}, kNoon + minutes{1});
  must(ledger_->renew(lease_, kNoon + kLeaseTime + seconds{30}));
}

TEST_P(RunTest, AnExpiredHolderCannotRecordIntents) {
  const Error error = error_of(ledger_->record_intents(run_, lease_, std::vector{add_intent("a")}, kNoon + kLeaseTime));
  EXPECT_EQ(error.kind, ErrorKind::locked);
  EXPECT_EQ(count("SELECT count(*) FROM actions"), 0);
}

TEST_P(RunTest, AHolderWhoseLeaseWasTakenOverCannotRecordIntents) {
  const auto other = open();
  must(other->acquire("qa", kBob, kNoon + minutes{3}));
  // By the old holder's clock the lease would still hold.
  const Error error = error_of(ledger_->record_intents(run_, lease_, std::vector{add_intent("a")}, kNoon));
  EXPECT_EQ(error.kind, ErrorKind::locked);
  EXPECT_EQ(count("SELECT count(*) FROM actions"), 0);
}

TEST_P(RunTest, AHolderWhoseLeaseWasTakenOverCannotBeginARun) {
  must(open()->acquire("qa", kBob, kNoon + minutes{3}));
  EXPECT_EQ(error_of(ledger_->begin_run(lease_, small_plan(), kNoon)).kind, ErrorKind::locked);
}

TEST_P(RunTest, WhatALateHolderLearnsIsStillRecorded) {
  record({"a"});
  must(open()->acquire("qa", kBob, kNoon + minutes{3}));
  finish("a");
  EXPECT_EQ(count("SELECT count(*) FROM actions WHERE outcome = 'done'"), 1);
}

TEST_P(RunTest, AGroupWithOneBadIntentIsNotRecordedAtAll) {
  Intent bad = add_intent("b");
  bad.kind = "delete_user";
  const Error error = error_of(ledger_->record_intents(run_, lease_, std::vector{add_intent("a"), bad}, kNoon));
  EXPECT_EQ(error.kind, ErrorKind::ledger);
  EXPECT_EQ(count("SELECT count(*) FROM actions"), 0);
}

TEST_P(RunTest, IntentsOfARunThatWasNeverBegunAreRefused) {
  EXPECT_EQ(error_of(ledger_->record_intents(run_ + 1, lease_, std::vector{add_intent("a")}, kNoon)).kind,
            ErrorKind::ledger);
}

TEST_P(RunTest, AnOutcomeWithoutAnIntentIsRefusedWithAllOfItsGroup) {
  record({"a"});
  const std::vector<OutcomeRecord> outcomes{{"a", ActionOutcome::done, {}}, {"z", ActionOutcome::done, {}}};
  EXPECT_EQ(error_of(ledger_->record_outcomes(run_, outcomes, kNoon)).what,
            "no intent of action z is recorded in run 1");
  EXPECT_EQ(count("SELECT count(*) FROM actions WHERE outcome IS NOT NULL"), 0);
}

TEST_P(RunTest, ARunKeepsWhatItWasAppliedFromAndHowItEnded) {
  must(ledger_->finish_run(run_, RunResult::partial, kNoon + minutes{1}));
  EXPECT_EQ(
      count("SELECT count(*) FROM runs WHERE id = 1 AND environment = 'qa' AND epoch = 1 AND \"user\" = 'ada' AND "
            "host = 'laptop' AND pid = 4711 AND base_url = 'https://public-api.cipherscale.com/qa' AND "
            "tool_version = '0.1.0' AND declaration_digest = 'd1' AND live_digest = 'l1' AND creates = 0 AND "
            "result = 'partial' AND finished_at - started_at = 60000 AND planned_at = started_at"),
      1);
}

TEST_P(RunTest, FinishingARunThatWasNeverBegunIsAnError) {
  EXPECT_EQ(error_of(ledger_->finish_run(99, RunResult::failed, kNoon)).what, "run 99 was never begun");
}

TEST_P(RunTest, TenThousandIntentsInOneGroup) {
  std::vector<Intent> intents;
  std::vector<OutcomeRecord> outcomes;
  for (int i = 0; i < 10'000; ++i) {
    intents.push_back(add_intent(std::to_string(i)));
    if (i % 2 == 0) outcomes.push_back({std::to_string(i), ActionOutcome::done, {}});
  }
  must(ledger_->record_intents(run_, lease_, intents, kNoon));
  must(ledger_->record_outcomes(run_, outcomes, kNoon));
  crash_and_take_over();
  EXPECT_EQ(open_ids().size(), 5'000U);
}

// ----------------------------------------------------------------------- tenants

class KnownUsersTest : public SharedLedgerTest {};
INSTANTIATE_TEST_SUITE_P(Both, KnownUsersTest, testing::Values(Backend::sqlite, Backend::postgres), name_of);

TEST_P(KnownUsersTest, AreThoseOfTheLastReadOfThatEnvironmentAtThatUrl) {
  const auto ledger = open();
  EXPECT_EQ(must(ledger->known_users("qa", "https://a")), std::nullopt);
  must(ledger->remember_users("qa", "https://a", 10, kNoon));
  must(ledger->remember_users("qa", "https://a", 12, kNoon));
  must(ledger->remember_users("qa", "https://b", 3, kNoon));
  EXPECT_EQ(must(ledger->known_users("qa", "https://a")), 12U);
  EXPECT_EQ(must(ledger->known_users("qa", "https://b")), 3U);
  EXPECT_EQ(must(ledger->known_users("prod", "https://a")), std::nullopt);
}

}  // namespace
}  // namespace cipherform
