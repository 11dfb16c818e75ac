#include "cli/open_intents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "fakes/mock_ledger.h"

namespace cipherform::cli {
namespace {

using testing::_;
using testing::Return;
using testing::StrictMock;

class OpenIntents : public testing::Test {
 protected:
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  const Surroundings around_{.in = in_, .out = out_, .err = err_};
  Console console_{around_, ColorMode::never};
  StrictMock<fakes::MockLedger> ledger_;
};

TEST_F(OpenIntents, AreNotMentionedWhereThereAreNone) {
  EXPECT_CALL(ledger_, open_intents(std::string_view{"qa"})).WillOnce(Return(std::vector<Intent>{}));
  EXPECT_TRUE(close_open_intents(ledger_, "qa", {}, console_));
  EXPECT_EQ(err_.str(), "");
}

TEST_F(OpenIntents, AreSaidAndClosedInTheirOwnRuns) {
  EXPECT_CALL(ledger_, open_intents(_))
      .WillOnce(Return(std::vector<Intent>{{"a1", "create_user", "ada@example.com", "", 3},
                                           {"a2", "add_member", "bob@example.com", "Engineering", 4}}));
  const auto closes = [](const char* id) {
    return testing::Truly([id](std::span<const OutcomeRecord> records) {
      return records.size() == 1 && records[0].action_id == id && records[0].outcome == ActionOutcome::ambiguous;
    });
  };
  EXPECT_CALL(ledger_, record_outcomes(3, closes("a1"), _)).WillOnce(Return(Result<void>{}));
  EXPECT_CALL(ledger_, record_outcomes(4, closes("a2"), _)).WillOnce(Return(Result<void>{}));
  EXPECT_TRUE(close_open_intents(ledger_, "qa", {}, console_));
  EXPECT_THAT(err_.str(), testing::HasSubstr("what came of 2 actions"));
}

TEST_F(OpenIntents, ALedgerThatFailsIsAnError) {
  EXPECT_CALL(ledger_, open_intents(_)).WillOnce(Return(Result<std::vector<Intent>>(fakes::ledger_failure())));
  const auto closed = close_open_intents(ledger_, "qa", {}, console_);
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::ledger);
}

}  // namespace
}  // namespace cipherform::cli
