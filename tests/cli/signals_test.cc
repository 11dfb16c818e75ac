#include "cli/signals.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <future>

namespace cipherform::cli {
namespace {

/// Waits for a request to stop, at most ten seconds.
bool comes(const SignalInterruption& interruption) {
  pollfd ready{interruption.descriptor(), POLLIN, 0};
  return ::poll(&ready, 1, 10'000) == 1;
}

TEST(SignalInterruption, TellsOfCtrlCAndCalls) {
  std::promise<void> called;
  SignalInterruption interruption;
  interruption.on_request([&] { called.set_value(); });
  EXPECT_FALSE(interruption.requested());
  ::kill(::getpid(), SIGINT);
  called.get_future().wait();
  EXPECT_TRUE(interruption.requested());
  EXPECT_TRUE(comes(interruption));
}

TEST(SignalInterruption, TellsOfTermination) {
  SignalInterruption interruption;
  ::kill(::getpid(), SIGTERM);
  EXPECT_TRUE(comes(interruption));
}

TEST(SignalInterruption, CallsWhoeverAsksAfterwards) {
  SignalInterruption interruption;
  ::kill(::getpid(), SIGINT);
  ASSERT_TRUE(comes(interruption));
  bool called = false;
  interruption.on_request([&] { called = true; });
  EXPECT_TRUE(called);
}

[[noreturn]] void interrupt_twice() {
  const SignalInterruption interruption;
  ::kill(::getpid(), SIGINT);
  if (!comes(interruption)) _exit(1);
  ::kill(::getpid(), SIGINT);
  ::poll(nullptr, 0, 10'000);
  _exit(2);
}

TEST(SignalInterruptionDeathTest, EndsAtOnceAtTheSecondRequest) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(interrupt_twice(), testing::ExitedWithCode(130), "");
}

}  // namespace
}  // namespace cipherform::cli
