#include "sandbox/connection_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "raw_http.h"
#include "sandbox/loopback.h"

namespace cipherform::sandbox {
namespace {

using namespace std::chrono_literals;
using testing::RawConnection;

class ConnectionServerTest : public ::testing::Test {
 protected:
  void start(ConnectionServer::Serve serve) {
    auto bound = listen_on("127.0.0.1", 0);
    ASSERT_TRUE(bound);
    url_ = "http://127.0.0.1:" + std::to_string(bound->port);
    server_.emplace(std::move(bound->socket), std::move(serve));
  }
  std::string url_;
  std::optional<ConnectionServer> server_;
};

TEST_F(ConnectionServerTest, NumbersConnectionsAndClosesThem) {
  start([](const Connection& connection) { connection.send(std::to_string(connection.number())); });
  EXPECT_EQ(RawConnection(url_).read_to_end(), "1");
  EXPECT_EQ(RawConnection(url_).read_to_end(), "2");
  for (int i = 3; i <= 300; ++i) ASSERT_EQ(RawConnection(url_).read_to_end(), std::to_string(i));
}

TEST_F(ConnectionServerTest, ServesEachWithoutWaitingForTheOthers) {
  start([](const Connection& connection) {
    std::string received;
    connection.receive(received);
    connection.send(received);
  });
  RawConnection first(url_);
  RawConnection second(url_);
  second.send_bytes("b");
  EXPECT_EQ(second.read_to_end(), "b");
  first.send_bytes("a");
  EXPECT_EQ(first.read_to_end(), "a");
}

TEST_F(ConnectionServerTest, StopsWhoeverWaits) {
  std::atomic<int> begun = 0;
  start([&](const Connection& connection) {
    ++begun;
    if (connection.number() == 1) connection.pause(1h);
    connection.wait_until_gone();
    connection.send("ended");
  });
  RawConnection first(url_);
  RawConnection second(url_);
  while (begun < 2) std::this_thread::yield();
  server_.reset();
  EXPECT_EQ(first.read_to_end(), "ended");
  EXPECT_EQ(second.read_to_end(), "ended");
  EXPECT_FALSE(RawConnection(url_).connected());
}

}  // namespace
}  // namespace cipherform::sandbox
