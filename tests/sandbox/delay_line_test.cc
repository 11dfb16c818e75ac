#include "sandbox/delay_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace cipherform::sandbox {
namespace {

using namespace std::chrono_literals;

TEST(DelayLine, DeliversInOrderAndNotBeforeTheDelay) {
  const auto sent_at = std::chrono::steady_clock::now();
  std::vector<int> order;
  std::promise<void> last;
  DelayLine line;
  line.send(20ms, [&] { order.push_back(1); });
  line.send(20ms, [&] { order.push_back(2); });
  line.send(20ms, [&] { last.set_value(); });
  last.get_future().wait();
  EXPECT_GE(std::chrono::steady_clock::now() - sent_at, 20ms);
  EXPECT_THAT(order, ::testing::ElementsAre(1, 2));
}

TEST(DelayLine, DeliversWhatIsDueFirstFirst) {
  std::vector<int> order;
  std::promise<void> last;
  DelayLine line;
  line.send(40ms, [&] { last.set_value(); });
  line.send(20ms, [&] { order.push_back(2); });
  line.send(0ms, [&] { order.push_back(1); });
  last.get_future().wait();
  EXPECT_THAT(order, ::testing::ElementsAre(1, 2));
}

TEST(DelayLine, DeliversAtOnceWhenFlushed) {
  std::promise<void> before;
  std::promise<void> after;
  DelayLine line;
  line.send(1h, [&] { before.set_value(); });
  line.flush();
  before.get_future().wait();
  line.send(1h, [&] { after.set_value(); });
  after.get_future().wait();
}

TEST(DelayLine, DeliversWhatIsLeftWhenDestroyed) {
  int delivered = 0;
  {
    DelayLine line;
    for (int i = 0; i < 10; ++i) line.send(1h, [&] { ++delivered; });
  }
  EXPECT_EQ(delivered, 10);
}

}  // namespace
}  // namespace cipherform::sandbox
