#include "apply_fixture.h"

namespace cipherform {
namespace {

class ExecutePlanTest : public ApplyTest {
 protected:
  Result<RunEnd> execute(const Interruption* interruption = nullptr) {
    TenantLink link(transport_, clock_, random_, link_options_);
    LeaseKeeper lease(ledger_, lease_, clock_.instant(), clock_, nullptr, interruption);
    return execute_plan(plan_, link, lease, options_);
  }
};

TEST_F(ExecutePlanTest, ConvergedIsWhatTheFinalReadSays) {
  exists("bob", {"Sales"});
  create("ada");
  add("bob", "Engineering");
  const auto end = execute();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->result, RunResult::converged);
  EXPECT_EQ(ledger_.result(), RunResult::converged);
  ASSERT_TRUE(end->live);
  EXPECT_EQ(end->live->users.size(), 2U);
}

TEST_F(ExecutePlanTest, AnAnswerThatLiesIsNotConverged) {
  exists("bob", {"Sales"});
  add("bob", "Engineering");
  tenant_.fail_change(1, fakes::answers(201));
  const auto end = execute();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->report.actions[0].outcome, ActionOutcome::done);
  EXPECT_EQ(end->result, RunResult::partial);
}

TEST_F(ExecutePlanTest, WhatWasInDoubtAndIsInPlaceAtLastIsRecordedAsDone) {
  tenant_.fail_change(1, fakes::lost_after());
  unsigned failing = 0;
  create("ada");
  at_change_ = [&](std::size_t) { failing = 1; };
  options_.settle_time = seconds{1};
  fakes::Fault unread = fakes::answers(401);
  unread.times = 1;
  tenant_.fail_reads(unread);  // the read that would settle it; the final one works
  const auto end = execute();
  ASSERT_TRUE(end);
  EXPECT_EQ(failing, 1U);
  EXPECT_EQ(end->report.actions[0].outcome, ActionOutcome::ambiguous);
  EXPECT_EQ(end->result, RunResult::converged);
  EXPECT_EQ(ledger_.outcome_of(plan_.actions[0].id), "done");
}

TEST_F(ExecutePlanTest, ARunThatCannotBeRecordedSendsNothing) {
  create("ada");
  ledger_.fail_call(1);
  const auto end = execute();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::ledger);
  EXPECT_EQ(transport_.sent().size(), 0U);
}

TEST_F(ExecutePlanTest, AnInterruptedRunIsNotReadAgain) {
  create("ada");
  create("bob");
  const StopWhen stop([&] { return !sent_.empty(); });
  const auto end = execute(&stop);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->result, RunResult::interrupted);
  EXPECT_FALSE(end->left);
  EXPECT_EQ(tenant_.reads(), 0U);
}

TEST_F(ExecutePlanTest, AFinalReadThatFailsIsSaid) {
  create("ada");
  tenant_.fail_reads(fakes::answers(401).always());
  const auto end = execute();
  ASSERT_TRUE(end);
  ASSERT_EQ(end->errors.size(), 1U);
  EXPECT_EQ(end->errors[0].kind, ErrorKind::credential);
  EXPECT_EQ(end->result, RunResult::partial);
}

}  // namespace
}  // namespace cipherform
