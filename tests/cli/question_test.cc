#include "cli/question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <sstream>

#include "fakes/mock_ledger.h"
#include "fakes/scripted_transport.h"

namespace cipherform::cli {
namespace {

using testing::_;
using testing::NiceMock;
using testing::Return;

class Question : public testing::Test {
 protected:
  Reply asked(const std::string& input, int descriptor = -1) {
    std::istringstream in(input);
    const Surroundings around{.in = in, .out = out_, .err = err_, .in_descriptor = descriptor};
    Console console(around, ColorMode::never);
    ConsoleProgress progress(console, clock_);
    LeaseKeeper lease(ledger_, {"qa", 1}, clock_.instant(), clock_, &progress);
    if (lease_time_passes_) clock_.advance_to(clock_.steady() + kLeaseTime);
    return ask("Apply?", around, console, lease, interruption_);
  }

  SignalInterruption interruption_;
  NiceMock<fakes::MockLedger> ledger_;
  fakes::VirtualClock clock_;
  std::ostringstream out_;
  std::ostringstream err_;
  bool lease_time_passes_ = false;
};

TEST_F(Question, OnlyTheWordYesIsAYes) {
  EXPECT_EQ(asked("yes\n"), Reply::yes);
  for (const char* no : {"no\n", "y\n", "YES\n", " yes\n", "yes \n", "yes\r\n", "\n"}) EXPECT_EQ(asked(no), Reply::no);
  EXPECT_EQ(asked(""), Reply::nobody);
}

TEST_F(Question, IsAskedOnStandardError) {
  asked("no\n");
  EXPECT_EQ(out_.str(), "");
  EXPECT_EQ(err_.str(), "Apply?\nOnly \"yes\" is accepted: ");
}

TEST_F(Question, EndsWithCtrlC) {
  std::array<int, 2> silent{};
  ASSERT_EQ(::pipe(silent.data()), 0);
  ::kill(::getpid(), SIGINT);
  EXPECT_EQ(asked("yes\n", silent[0]), Reply::interrupted);
  ::close(silent[0]);
  ::close(silent[1]);
}

TEST_F(Question, EndsWhenTheLeaseIsLostMeanwhile) {
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  ASSERT_EQ(::write(ready[1], "y", 1), 1);
  lease_time_passes_ = true;
  EXPECT_CALL(ledger_, renew(_, _)).WillOnce(Return(Result<void>(fakes::ledger_failure(ErrorKind::locked))));
  EXPECT_EQ(asked("yes\n", ready[0]), Reply::lease_lost);
  ::close(ready[0]);
  ::close(ready[1]);
}

}  // namespace
}  // namespace cipherform::cli
