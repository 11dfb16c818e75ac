#include "sandbox/socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <thread>

namespace cipherform::sandbox {
namespace {

std::pair<Socket, Socket> socket_pair() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {Socket(ends[0]), Socket(ends[1])};
}

TEST(Socket, SendsAndReceives) {
  auto [one, other] = socket_pair();
  EXPECT_TRUE(one.send("abc"));
  std::string received = "> ";
  EXPECT_TRUE(other.receive(received));
  EXPECT_EQ(received, "> abc");
}

TEST(Socket, SeesThatThePeerHasGone) {
  auto [one, other] = socket_pair();
  one = Socket();
  std::string received;
  EXPECT_FALSE(other.receive(received));
  EXPECT_FALSE(other.send("abc"));
}

TEST(Socket, IsClosedWithItsOwner) {
  auto [one, other] = socket_pair();
  const int descriptor = one.descriptor();
  {
    Socket owner = std::move(one);
    EXPECT_EQ(owner.descriptor(), descriptor);
    EXPECT_EQ(one.descriptor(), -1);  // NOLINT(bugprone-use-after-move): that is what is looked at
  }
  EXPECT_EQ(::fcntl(descriptor, F_GETFD), -1);
}

TEST(Socket, EndsWhoeverWaitsForMore) {
  auto [one, other] = socket_pair();
  std::thread waiting([&socket = other] {
    std::string received;
    EXPECT_FALSE(socket.receive(received));
  });
  other.stop_receiving();
  waiting.join();
  EXPECT_TRUE(other.send("abc")) << "the other direction is open still";
  other.shut_down();
  EXPECT_FALSE(other.send("abc"));
}

}  // namespace
}  // namespace cipherform::sandbox
