#include "cli/signals.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <future>

namespace cipherform::cli {
namespace {

/// Waits for a request to stop, at most ten seconds.
bool comes(const SignalInterruption& interruption) {
  pollfd ready{interruption.descriptor(), POLLIN, 0};
  return ::poll(&ready, 1, 10'000) == 1;
}

struct CountingTransport final : Transport {
  void start(std::uint64_t /*ticket*/, HttpRequest /*request*/) override {}
  std::optional<Completion> wait(std::optional<SteadyTime> /*until*/) override { return std::nullopt; }
  void wake() noexcept override { ++woken; }
  std::atomic<int> woken = 0;
};

TEST(SignalInterruption, TellsOfCtrlCAndCalls) {
  std::promise<void> called;
  SignalInterruption interruption;
  interruption.on_request(&interruption, [&] { called.set_value(); });
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
  interruption.on_request(&interruption, [&] { called = true; });
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

TEST(WakeOnRequest, WakesTheTransportOnlyWhileItLives) {
  SignalInterruption interruption;
  CountingTransport transport;
  { const WakeOnRequest waking(interruption, transport); }
  ::kill(::getpid(), SIGINT);
  ASSERT_TRUE(comes(interruption));
  EXPECT_EQ(transport.woken, 0) << "nobody may call a transport that may be gone";
  const WakeOnRequest waking(interruption, transport);
  EXPECT_GE(transport.woken, 1) << "a request that was there already counts";
}

}  // namespace
}  // namespace cipherform::cli
