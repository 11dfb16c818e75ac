#include "sandbox/loopback.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bit>

namespace cipherform::sandbox {
namespace {

TEST(LoopbackAddress, IsTheWholeOf127AndLocalhost) {
  EXPECT_EQ(loopback_address("localhost").value(), "127.0.0.1");
  EXPECT_EQ(loopback_address("127.0.0.1").value(), "127.0.0.1");
  EXPECT_EQ(loopback_address("127.1.2.3").value(), "127.1.2.3");
  for (const char* host : {"", "0.0.0.0", "10.0.0.1", "example.com", "::1", "127.0.0.1 ", "127.1", "128.0.0.1"}) {
    const auto refused = loopback_address(host);
    ASSERT_FALSE(refused) << host;
    EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  }
  EXPECT_EQ(to_string(loopback_address("0.0.0.0").error()),
            "error: the sandbox listens on loopback only, not on '0.0.0.0' (use 127.0.0.1)");
}

TEST(FindFreePort, SaysWhichPortIsTaken) {
  const std::uint16_t port = find_free_port("127.0.0.1", 0).value();
  EXPECT_GT(port, 0);
  EXPECT_EQ(find_free_port("127.0.0.1", port), port);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(socket, std::bit_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(socket, 1), 0);
  EXPECT_EQ(find_free_port("127.0.0.1", port).error().what, "port " + std::to_string(port) + " on 127.0.0.1 is in use");
  ::close(socket);
}

TEST(ListenOn, TakesConnectionsAtOnce) {
  const auto bound = listen_on("127.0.0.1", 0);
  ASSERT_TRUE(bound);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(bound->port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const Socket client(::socket(AF_INET, SOCK_STREAM, 0));
  EXPECT_EQ(::connect(client.descriptor(), std::bit_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(listen_on("127.0.0.1", bound->port).error().what,
            "port " + std::to_string(bound->port) + " on 127.0.0.1 is in use");
}

}  // namespace
}  // namespace cipherform::sandbox
