#include "cipherform/report.h"

#include <gtest/gtest.h>

namespace cipherform {
namespace {

TEST(ActionOutcome, HasTheWordsThatTheLedgerKeeps) {
  EXPECT_EQ(to_string(ActionOutcome::done), "done");
  EXPECT_EQ(to_string(ActionOutcome::refused), "refused");
  EXPECT_EQ(to_string(ActionOutcome::not_sent), "not_sent");
  EXPECT_EQ(to_string(ActionOutcome::ambiguous), "ambiguous");
  EXPECT_EQ(to_string(ActionOutcome::skipped), "skipped");
}

}  // namespace
}  // namespace cipherform
