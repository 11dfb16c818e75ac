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

}  // namespace
}  // namespace cipherform
