#include "sandbox/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "raw_http.h"
#include "sample_tenant.h"
#include "sandbox/request_bodies.h"

namespace cipherform::sandbox {
namespace {

using namespace std::chrono_literals;
using testing::RawAnswer;
using testing::RawConnection;
using testing::request;
using testing::sample_tenant;

class HttpServerTest : public ::testing::Test {
 protected:
  void start(std::chrono::milliseconds latency = 0ms) {
    server_.emplace(api_, latency);
    ASSERT_TRUE(server_->listen("127.0.0.1", 0));
  }
  std::string url() const { return server_->origin(); }

  /// Returns once `count` users listings have been asked for.
  void wait_for_listings(std::uint64_t count) const {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (api_.requests("GET /tenants/users") < count && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    ASSERT_EQ(api_.requests("GET /tenants/users"), count);
  }

  TenantApi api_{sample_tenant(),
                 {},
                 {.base_path = "", .api_key = "sandbox", .limits = {}, .requests_per_second = 0, .list_groups = true},
                 system_clocks()};
  std::optional<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersManyRequestsOnOneConnection) {
  start();
  RawConnection connection(url());
  for (int i = 0; i < 50; ++i) {
    const RawAnswer answer = connection.request("GET", "/tenants/users?limit=1");
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("content-type"), "application/json; charset=utf-8");
    EXPECT_TRUE(answer.body.starts_with(R"({"data":[{"id":")"));
  }
  EXPECT_EQ(connection.request("POST", "/tenants/users", "{}").status, 400);
  EXPECT_EQ(connection.request("GET", "/tenants/users").status, 200);
}

TEST_F(HttpServerTest, PassesKeyMethodPathAndQuery) {
  start();
  EXPECT_EQ(request(url(), "GET", "/tenants/users", {}, "").status, 401);
  EXPECT_EQ(request(url(), "GET", "/tenants/users", {}, "apikey: wrong\r\n").status, 401);
  EXPECT_EQ(request(url(), "GET", "/tenants/users", {}, "ApiKey:   sandbox\r\n").status, 200);
  EXPECT_EQ(request(url(), "GET", "/tenants/users", {}, "apikey: sandbox\r\napikey: sandbox\r\n").status, 401);
  EXPECT_EQ(request(url(), "GET", "/tenants/users?limit=0").status, 400);
  EXPECT_EQ(request(url(), "GET", "/elsewhere").status, 404);
  const RawAnswer wrong = request(url(), "PUT", "/tenants/users", "{}");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.at("allow"), "GET, POST");
}

TEST_F(HttpServerTest, SendsNoBodyWhereThereIsNone) {
  start();
  const std::string ada = "/tenants/users/" + to_string(sample_tenant().users().id(0));
  RawConnection connection(url());
  const RawAnswer removed = connection.request("DELETE", ada + "/groups/" + testing::kAdmins);
  EXPECT_EQ(removed.status, 204);
  EXPECT_EQ(removed.body, "");
  EXPECT_EQ(connection.request("GET", ada).status, 200) << "the connection is still in step";
}

TEST_F(HttpServerTest, ReadsBodiesUpToAMebibyte) {
  start();
  const std::string fits = R"({"email":")" + std::string(kMaxBodyBytes - 12, 'x') + "\"}";
  ASSERT_EQ(fits.size(), kMaxBodyBytes);
  EXPECT_EQ(request(url(), "POST", "/tenants/users", fits).status, 400);
  const RawAnswer refused = request(url(), "POST", "/tenants/users", fits + " ");
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(refused.body,
            R"({"statusCode":413,"message":"the body is longer than 1048576 bytes","error":"Payload Too Large"})");
}

TEST_F(HttpServerTest, ReadsChunkedBodies) {
  start();
  RawConnection connection(url());
  const std::string body = R"({"email":"c@example.com","groups":[")" + testing::kStaff + "\"]}";
  connection.send_bytes(
      "POST /tenants/users HTTP/1.1\r\nHost: x\r\napikey: sandbox\r\nTransfer-Encoding: chunked\r\n\r\n");
  connection.send_bytes("a\r\n" + body.substr(0, 10) + "\r\n");
  std::array<char, 8> size{};
  std::snprintf(size.data(), size.size(), "%zx", body.size() - 10);
  connection.send_bytes(size.data() + ("\r\n" + body.substr(10) + "\r\n0\r\n\r\n"));
  EXPECT_EQ(connection.read_answer().status, 201);
}

TEST_F(HttpServerTest, SurvivesClientsThatGoAway) {
  start();
  for (int i = 0; i < 20; ++i) {
    RawConnection(url()).send_bytes("GET /tenan");
    RawConnection(url()).send_bytes("POST /tenants/users HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
    RawConnection(url()).send_request("GET", "/tenants/users");
  }
  EXPECT_EQ(request(url(), "GET", "/tenants/users").status, 200);
}

TEST_F(HttpServerTest, ServesConcurrentConnections) {
  start();
  std::atomic<int> good = 0;
  std::vector<std::thread> clients;
  clients.reserve(8);
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&] {
      RawConnection connection(url());
      for (int i = 0; i < 50; ++i) good += connection.request("GET", "/tenants/users").status == 200 ? 1 : 0;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, 400);
}

TEST_F(HttpServerTest, DelaysAnswersWithoutHoldingUpOthers) {
  start(50ms);
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (int i = 0; i < 16; ++i) {
    connections.push_back(std::make_unique<RawConnection>(url()));
    connections.back()->send_request("GET", "/tenants/users");
  }
  for (const auto& connection : connections) EXPECT_EQ(connection->read_answer().status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 50ms);
}

TEST_F(HttpServerTest, AnswersWhatIsInFlightBeforeItStops) {
  start(1h);
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (int i = 0; i < 16; ++i) {
    connections.push_back(std::make_unique<RawConnection>(url()));
    connections.back()->send_request("GET", "/tenants/users");
  }
  wait_for_listings(16);  // an hour's latency of 16 requests occupies none of the pool's threads
  server_.reset();
  for (const auto& connection : connections) EXPECT_EQ(connection->read_answer().status, 200);
}

TEST_F(HttpServerTest, StopsWithConnectionsThatSendNothingOrHalf) {
  start();
  const RawConnection silent(url());
  const RawConnection half(url());
  half.send_bytes("GET /tenan");
  const RawConnection body(url());
  body.send_bytes("POST /tenants/users HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
  RawConnection idle(url());
  EXPECT_EQ(idle.request("GET", "/tenants/users").status, 200);
  const std::string stopped = url();
  server_.reset();
  EXPECT_FALSE(RawConnection(stopped).connected());
}

TEST_F(HttpServerTest, StopsUnderLoad) {
  start();
  std::vector<std::thread> clients;
  clients.reserve(4);
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([address = url()] {
      RawConnection connection(address);
      while (connection.request("GET", "/tenants/users").status == 200) {
      }
    });
  }
  while (api_.requests("GET /tenants/users") < 200) std::this_thread::yield();
  server_.reset();
  for (std::thread& client : clients) client.join();
}

TEST_F(HttpServerTest, LeavesThePortsOfStoppedServersAlone) {
  start();
  const std::string stopped = url();
  server_.reset();
  HttpServer another(api_, 0ms);
  ASSERT_TRUE(another.listen("127.0.0.1", 0));
  if (another.origin() != stopped) {
    EXPECT_FALSE(RawConnection(stopped).connected()) << "http_listener has bound an old port again";
  }
}

TEST_F(HttpServerTest, SaysWhichPortIsTaken) {
  start();
  HttpServer another(api_, 0ms);
  const auto refused = another.listen("127.0.0.1", testing::port_of(url()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "port " + std::to_string(testing::port_of(url())) + " on 127.0.0.1 is in use");
  EXPECT_EQ(request(url(), "GET", "/tenants/users").status, 200);
}

}  // namespace
}  // namespace cipherform::sandbox
