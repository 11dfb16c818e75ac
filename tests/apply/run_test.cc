// What stops a run, at every point where it can: the ledger, the lease, the key, the
// user, an API that is down. And that after it nothing more is sent, and all is reported.
#include "apply/run.h"

#include <algorithm>

#include "apply_fixture.h"

namespace cipherform {
namespace {

class RunTest : public ApplyTest {
 protected:
  /// Thirteen requests over all phases.
  void mixed_plan() {
    plan_.actions.clear();
    for (const char* name : {"ada", "bob", "cyd"}) exists(name, {"Sales"});
    create_many(12);
    for (const char* name : {"ada", "bob", "cyd"}) add(name, "Engineering");
    add("ada", "Support");
    add("bob", "Admins", true);
    add("cyd", "Admins", true);
    for (const char* name : {"ada", "bob", "cyd"}) remove(name, "Sales");
  }
  static constexpr std::size_t kRequests = 12;

  /// Everything as it was before the first apply.
  void start_over() {
    tenant_.forget_everything();
    ledger_ = fakes::MemoryLedger();
    lease_ = *ledger_.acquire("qa", {"ada", "laptop", 4711}, clock_.now());
    run_ = *ledger_.begin_run(lease_, plan_, clock_.now());
    sent_.clear();
    mixed_plan();
  }
  /// Whatever stopped it: nothing is left open in a ledger that works, and what was not
  /// tried is not in it.
  void expect_all_accounted_for(const ApplyReport& report) const {
    ASSERT_EQ(report.actions.size(), plan_.actions.size());
    for (std::size_t i = 0; i < report.actions.size(); ++i) {
      if (report.actions[i].outcome != ActionOutcome::done) {
        EXPECT_NE(report.actions[i].detail, "") << i;
      }
    }
  }
};

TEST_F(RunTest, TheMixedPlanIsTwelveRequests) {
  mixed_plan();
  const ApplyReport report = apply();
  EXPECT_EQ(report.requests, kRequests);
  EXPECT_EQ(count(report, ActionOutcome::done), plan_.actions.size());
}

// ------------------------------------------------------------------------ ledger

TEST_F(RunTest, WhenTheLedgerFailsAtAnyCallNothingMoreIsSent) {
  for (const unsigned lanes : {1U, 8U}) {
    link_options_.parallelism = lanes;
    for (std::size_t nth = 1; nth < 100; ++nth) {
      SCOPED_TRACE(nth);
      start_over();
      std::size_t sent_when_failed = 0;
      const std::size_t before = ledger_.calls().size();
      ledger_.fail_call(nth, true);
      at_change_ = [&](std::size_t) {
        if (ledger_.count("failed") == 0) ++sent_when_failed;
      };
      const ApplyReport report = apply();
      if (ledger_.calls().size() - before < nth) break;
      EXPECT_EQ(sent_.size(), sent_when_failed);
      ASSERT_TRUE(report.stopped_by);
      EXPECT_EQ(report.stopped_by->kind, ErrorKind::ledger);
      EXPECT_EQ(report.stopped_by->what, "the ledger failed: disk full");
      EXPECT_FALSE(report.interrupted);
      expect_all_accounted_for(report);
    }
  }
}

TEST_F(RunTest, ALedgerThatFailsOnceStopsTheRunAndStillGetsTheOutcomes) {
  for (std::size_t nth = 1; nth < 100; ++nth) {
    SCOPED_TRACE(nth);
    start_over();
    const std::size_t before = ledger_.calls().size();
    ledger_.fail_call(nth);
    const ApplyReport report = apply();
    if (ledger_.calls().size() - before < nth) break;
    ASSERT_TRUE(report.stopped_by);
    // Only what could not be written at the very end stays open, for the next run.
    if (!ledger_.calls().back().starts_with("failed")) expect_ledger_agrees(report);
  }
}

TEST_F(RunTest, WhatIsInFlightWhenTheLedgerFailsIsAwaitedAndReported) {
  exists("ada", {"Sales"});
  exists("bob", {"Sales"});
  link_options_.parallelism = 2;
  add("ada", "Engineering");
  add("ada", "Support");
  add("bob", "Engineering");
  ledger_.fail_call(2);  // the intent of ada's second add, or an outcome
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), (Lines{"done", "skipped: not tried, because the run stopped", "done"}));
  EXPECT_TRUE(report.stopped_by);
}

// ------------------------------------------------------------------------- lease

TEST_F(RunTest, ALeaseTakenOverAtAnyRequestStopsTheRun) {
  for (std::size_t nth = 1; nth <= kRequests; ++nth) {
    SCOPED_TRACE(nth);
    link_options_.parallelism = 1;
    start_over();
    at_change_ = [&](std::size_t) {
      if (sent_.size() == nth) ledger_.take_over("qa", clock_.now());
    };
    const ApplyReport report = apply();
    EXPECT_EQ(sent_.size(), nth);
    EXPECT_EQ(report.stopped_by.has_value(), nth < kRequests);
    if (report.stopped_by) {
      EXPECT_EQ(report.stopped_by->kind, ErrorKind::locked);
    }
    expect_ledger_agrees(report);  // what was learned is recorded all the same
  }
}

TEST_F(RunTest, TheLeaseIsKeptThroughALongRetryAfter) {
  exists("ada", {"Sales"});
  add("ada", "Engineering");
  tenant_.fail_change(1, fakes::answers(429, "slow down", "840"));
  const SteadyTime before = clock_.steady();
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines{"done"});
  EXPECT_GE(clock_.steady() - before, minutes{14});
  EXPECT_GE(ledger_.count("renew"), 13U);
  EXPECT_GT(ledger_.expires("qa"), clock_.now());
}

TEST_F(RunTest, TheLeaseIsKeptThroughASlowAnswer) {
  link_options_.timeout = minutes{10};
  tenant_.set_latency(minutes{9});
  exists("ada", {"Sales"});
  add("ada", "Engineering");
  add("ada", "Support");
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines(2, "done"));
  EXPECT_EQ(ledger_.count("failed"), 0U);
}

TEST_F(RunTest, WhatWaitsForARetryIsNotSentOnceTheLeaseIsLost) {
  exists("ada", {"Sales"});
  add("ada", "Engineering");
  tenant_.fail_change(1, fakes::answers(429, "slow down", "840"));
  at_change_ = [&](std::size_t) { ledger_.take_over("qa", clock_.now()); };
  const ApplyReport report = apply();
  EXPECT_EQ(sent_.size(), 1U);
  EXPECT_EQ(outcomes(report), Lines{"throttled: answered 429: slow down"});
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::locked);
}

// --------------------------------------------------------------------------- key

TEST_F(RunTest, ARefusedKeyStopsTheRunAtAnyRequest) {
  for (const int status : {401, 403}) {
    for (std::size_t nth = 1; nth <= kRequests; ++nth) {
      SCOPED_TRACE(nth);
      link_options_.parallelism = 1;
      start_over();
      tenant_.fail_change(nth, fakes::answers(status, "who are you?"));
      const ApplyReport report = apply();
      EXPECT_EQ(sent_.size(), nth);
      ASSERT_TRUE(report.stopped_by);
      EXPECT_EQ(report.stopped_by->kind, ErrorKind::credential);
      EXPECT_EQ(count(report, ActionOutcome::ambiguous), 0U);
      expect_all_accounted_for(report);
      expect_ledger_agrees(report);
    }
  }
}

TEST_F(RunTest, ARefusedKeyLetsWhatIsInFlightEnd) {
  exists("ada", {"Sales"});
  exists("bob", {"Sales"});
  add("ada", "Engineering");
  add("ada", "Support");
  add("bob", "Engineering");
  add("bob", "Support");
  tenant_.fail_user(email("ada"), fakes::answers(401, "who are you?"));
  const ApplyReport report = apply();
  EXPECT_EQ(sent_.size(), 2U);
  EXPECT_EQ(outcomes(report), (Lines{"refused: answered 401: who are you?",
                                     "skipped: not tried, because an earlier change of this user was not made", "done",
                                     "skipped: not tried, because the run stopped"}));
}

TEST_F(RunTest, AKeyThatIsRefusedWhenReadingStopsTheRunToo) {
  exists("ada", {"Sales"});
  exists("bob", {"Sales"});
  add("ada", "Engineering");
  remove("bob", "Sales");
  tenant_.fail_change(1, fakes::lost_after());
  tenant_.fail_reads(fakes::answers(401).always());
  const ApplyReport report = apply();
  EXPECT_EQ(sent_.size(), 1U);
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::credential);
  EXPECT_EQ(report.actions[0].outcome, ActionOutcome::ambiguous);
  EXPECT_EQ(report.actions[1].outcome, ActionOutcome::skipped);
}

// ----------------------------------------------------------------- the API is down

TEST_F(RunTest, ARetryAfterOverTheLongestWaitStopsTheRunAndSaysWhenToGoOn) {
  exists("ada", {"Sales"});
  exists("bob", {"Sales"});
  link_options_.parallelism = 1;
  add("ada", "Engineering");
  add("bob", "Engineering");
  tenant_.fail_change(1, fakes::answers(429, "come back later", "3600"));
  const ApplyReport report = apply();
  EXPECT_EQ(sent_.size(), 1U);
  EXPECT_EQ(report.actions[0].outcome, ActionOutcome::throttled);
  ASSERT_TRUE(report.stopped_by);
  EXPECT_TRUE(report.stopped_by->hint.starts_with("apply again after 2026-01-01T01:00:00")) << report.stopped_by->hint;
}

TEST_F(RunTest, WhatWaitsForTheGateDoesNotLeaveWhenTheRunStops) {
  link_options_.parallelism = 32;  // all are recorded and submitted, and the gate lets four start
  for (int i = 0; i < 30; ++i) {
    const std::string name = "user" + std::to_string(i);
    exists(name, {"Sales"});
    add(name, "Engineering");
  }
  tenant_.fail_change(1, fakes::answers(401));
  const ApplyReport report = apply();
  ASSERT_TRUE(report.stopped_by);
  EXPECT_LE(sent_.size(), 5U);  // another one may start before the answer is looked at
  expect_ledger_agrees(report);
}

TEST_F(RunTest, AFailureThatWillNotGoAwayStopsTheRun) {
  exists("ada", {"Sales"});
  exists("bob", {"Sales"});
  link_options_.parallelism = 1;
  add("ada", "Engineering");
  add("bob", "Engineering");
  fakes::Fault untrusted = fakes::not_sent();
  untrusted.retryable = false;
  tenant_.fail_change(1, untrusted);
  const ApplyReport report = apply();
  EXPECT_EQ(sent_.size(), 1U);
  EXPECT_EQ(outcomes(report), (Lines{"not_sent: connection reset", "skipped: not tried, because the run stopped"}));
  EXPECT_TRUE(report.stopped_by);
}

TEST_F(RunTest, AnApiThatOnlyFailsIsNotAskedAThousandTimes) {
  for (int i = 0; i < 1'000; ++i) {
    const std::string name = "user" + std::to_string(i);
    exists(name, {"Sales"});
    add(name, "Engineering");
    tenant_.fail_user(email(name), fakes::answers(500, "oops"));
  }
  const ApplyReport report = apply();
  EXPECT_LE(sent_.size(), 20U + link_options_.parallelism);
  ASSERT_TRUE(report.stopped_by);
  EXPECT_TRUE(report.stopped_by->hint.find("requests in a row had no clean answer") != std::string::npos)
      << report.stopped_by->hint;
  EXPECT_EQ(count(report, ActionOutcome::ambiguous), sent_.size());
  EXPECT_EQ(count(report, ActionOutcome::skipped) + count(report, ActionOutcome::not_sent), 1'000U - sent_.size());
}

TEST_F(RunTest, NineteenFailuresInARowAreNotTheEnd) {
  link_options_.parallelism = 1;
  for (int i = 0; i < 40; ++i) {
    const std::string name = "user" + std::to_string(i);
    exists(name, {"Sales"});
    add(name, "Engineering");
    if (i % 20 != 19) tenant_.fail_user(email(name), fakes::answers(500, "oops"));
  }
  const ApplyReport report = apply();
  EXPECT_FALSE(report.stopped_by);
  EXPECT_EQ(sent_.size(), 40U + 38U);  // each failure is settled by one read, and sent once more
}

// ------------------------------------------------------------------- interruption

TEST_F(RunTest, AnInterruptionAtAnyRequestFinishesWhatIsInFlightAndReports) {
  for (const unsigned lanes : {1U, 3U}) {
    link_options_.parallelism = lanes;
    for (std::size_t nth = 0; nth < kRequests; ++nth) {
      SCOPED_TRACE(nth);
      start_over();
      const StopWhen stop([&] { return sent_.size() >= nth; });
      const ApplyReport report = apply(&stop);
      EXPECT_EQ(sent_.size(), nth);
      EXPECT_TRUE(report.interrupted);
      EXPECT_FALSE(report.stopped_by);
      // Of those that were to leave together, the later ones may not have left any more.
      const std::size_t not_made = count(report, ActionOutcome::skipped) + count(report, ActionOutcome::not_sent);
      EXPECT_EQ(count(report, ActionOutcome::done) + not_made, plan_.actions.size());
      EXPECT_EQ(not_made > 0, report.interrupted);
      expect_all_accounted_for(report);
      expect_ledger_agrees(report);
    }
  }
}

TEST_F(RunTest, AnInterruptionBeforeTheFirstRequestSendsNothing) {
  mixed_plan();
  const StopWhen stop([] { return true; });
  const ApplyReport report = apply(&stop);
  EXPECT_EQ(transport_.sent().size(), 0U);
  EXPECT_EQ(ledger_.count("intents"), 0U);
  EXPECT_TRUE(report.interrupted);
  EXPECT_EQ(outcomes(report), Lines(plan_.actions.size(), "skipped: not tried, because the run was interrupted"));
}

TEST_F(RunTest, AnInterruptionWhenAllIsDoneCutNothingShort) {
  exists("ada", {"Sales"});
  add("ada", "Engineering");
  const StopWhen stop([&] { return !sent_.empty(); });
  const ApplyReport report = apply(&stop);
  EXPECT_EQ(outcomes(report), Lines{"done"});
  EXPECT_FALSE(report.interrupted);
}

TEST_F(RunTest, AnInterruptionEndsAWaitForARetry) {
  exists("ada", {"Sales"});
  add("ada", "Engineering");
  tenant_.fail_change(1, fakes::answers(429, "slow down", "600"));
  const StopWhen stop([&] { return !sent_.empty(); });
  const ApplyReport report = apply(&stop);
  EXPECT_EQ(sent_.size(), 1U);
  EXPECT_EQ(outcomes(report), Lines{"throttled: answered 429: slow down"});
  EXPECT_TRUE(report.interrupted);
  expect_ledger_agrees(report);
}

TEST_F(RunTest, AnInterruptionLeavesDoubtsAsTheyAre) {
  exists("ada", {"Sales"});
  add("ada", "Engineering");
  tenant_.fail_change(1, fakes::lost_after());
  const StopWhen stop([&] { return !sent_.empty(); });
  const ApplyReport report = apply(&stop);
  EXPECT_EQ(outcomes(report),
            Lines{"ambiguous: connection reset; the run stopped before the tenant could be read again"});
  EXPECT_EQ(tenant_.reads(), 0U);
  EXPECT_TRUE(report.interrupted);
}

// ------------------------------------------------------------- every fault, anywhere

TEST_F(RunTest, AfterAnyFaultAtAnyRequestASecondRunConverges) {
  const std::vector<std::pair<std::string, fakes::Fault>> faults{
      {"400", fakes::answers(400)},
      {"409", fakes::answers(409)},
      {"404", fakes::answers(404)},
      {"422", fakes::answers(422)},
      {"429", fakes::answers(429, "slow down", "1")},
      {"500", fakes::answers(500)},
      {"500 executed", fakes::executed_but(500)},
      {"302 executed", fakes::executed_but(302)},
      {"200 executed, not JSON", fakes::executed_but(200, "<html>")},
      {"not sent", fakes::not_sent()},
      {"lost after", fakes::lost_after()},
      {"lost before", fakes::lost_before()},
  };
  for (const auto& [name, fault] : faults) {
    for (std::size_t nth = 1; nth <= kRequests; ++nth) {
      SCOPED_TRACE(name + " at " + std::to_string(nth));
      start_over();
      tenant_.fail_change(nth, fault);
      const ApplyReport first = apply();
      EXPECT_FALSE(first.stopped_by);
      expect_all_accounted_for(first);
      expect_ledger_agrees(first);
      tenant_.forget_invitations();  // the second run starts from what the tenant has

      Plan rest = plan_;
      std::erase_if(rest.actions, [&](const Action& action) {
        const auto& change = action.change;
        if (const auto* add = std::get_if<AddMember>(&change)) {
          return tenant_.groups_of(add->email).contains(add->grant.group.name);
        }
        if (const auto* removal = std::get_if<RemoveMember>(&change)) {
          return !tenant_.groups_of(removal->email).contains(removal->group.name);
        }
        return tenant_.find(email_of(change)) != nullptr;
      });
      plan_ = rest;
      run_ = *ledger_.begin_run(lease_, plan_, clock_.now());
      const ApplyReport second = apply();
      EXPECT_EQ(count(second, ActionOutcome::done), plan_.actions.size());
      for (const char* who : {"ada", "bob", "cyd"}) {
        EXPECT_EQ(tenant_.groups_of(email(who)).contains("Sales"), false) << who;
        EXPECT_EQ(tenant_.groups_of(email(who)).size(), 2U) << who;
      }
      EXPECT_EQ(tenant_.users().size(), 15U);
    }
  }
}

TEST_F(RunTest, TheSameSeedGivesTheSameTrace) {
  std::vector<Lines> traces;
  for (int i = 0; i < 2; ++i) {
    start_over();
    random_.seed(42);
    tenant_.fail_change(3, fakes::not_sent());
    tenant_.fail_change(5, fakes::lost_after());
    apply();
    Lines trace = sent_;
    for (const std::string& call : ledger_.calls()) trace.push_back(call);
    traces.push_back(trace);
  }
  EXPECT_EQ(traces[0], traces[1]);
}

}  // namespace
}  // namespace cipherform
