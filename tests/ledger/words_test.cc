#include <gtest/gtest.h>

#include "cipherform/ledger.h"
#include "cipherform/report.h"

namespace cipherform {
namespace {

TEST(LedgerWords, AreThoseOfTheFormat) {
  EXPECT_EQ(to_string(ActionOutcome::done), "done");
  EXPECT_EQ(to_string(ActionOutcome::refused), "refused");
  EXPECT_EQ(to_string(ActionOutcome::not_sent), "not_sent");
  EXPECT_EQ(to_string(ActionOutcome::ambiguous), "ambiguous");
  EXPECT_EQ(to_string(ActionOutcome::skipped), "skipped");
  EXPECT_EQ(to_string(RunResult::converged), "converged");
  EXPECT_EQ(to_string(RunResult::partial), "partial");
  EXPECT_EQ(to_string(RunResult::failed), "failed");
  EXPECT_EQ(to_string(RunResult::interrupted), "interrupted");
}

TEST(LedgerWords, AreReadAsTheyAreWritten) {
  using enum ActionOutcome;
  for (const ActionOutcome outcome : {done, refused, throttled, not_sent, ambiguous, absent, skipped}) {
    EXPECT_EQ(action_outcome_of(to_string(outcome)), outcome);
  }
  for (const RunResult result : {RunResult::converged, RunResult::partial, RunResult::failed, RunResult::interrupted}) {
    EXPECT_EQ(run_result_of(to_string(result)), result);
  }
  for (const char* word : {"", "Done", "open"}) {
    EXPECT_EQ(action_outcome_of(word), std::nullopt);
    EXPECT_EQ(run_result_of(word), std::nullopt);
  }
}

}  // namespace
}  // namespace cipherform
