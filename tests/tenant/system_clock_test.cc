#include <gtest/gtest.h>

#include "cipherform/tenant.h"

namespace cipherform::tests {
namespace {

TEST(SystemClock, TellsTheMachinesTimes) {
  const auto clock = system_clock();
  const auto before = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const Time now = clock->now();
  EXPECT_GE(now, before);
  EXPECT_LE(now, std::chrono::system_clock::now());

  const SteadyTime steady_before = std::chrono::steady_clock::now();
  const SteadyTime steady = clock->steady();
  EXPECT_GE(steady, steady_before);
  EXPECT_LE(steady, std::chrono::steady_clock::now());
}

}  // namespace
}  // namespace cipherform::tests
