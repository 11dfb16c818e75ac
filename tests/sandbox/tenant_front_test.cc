// Every fault over a real socket, seen by a client that has no opinion of its own.
#include "sandbox/tenant_front.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "raw_http.h"
#include "sample_tenant.h"
#include "sandbox/loopback.h"

namespace cipherform::sandbox {
namespace {

using namespace std::chrono_literals;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::kAdmins;
using testing::kStaff;
using testing::RawAnswer;
using testing::RawConnection;
using testing::sample_tenant;
using ::testing::StartsWith;

std::string new_user(const std::string& email) {
  return R"({"email":")" + email + R"(","groups":[")" + kStaff + "\"]}";
}
const std::string kThree =
    "[" + new_user("x@example.com") + "," + new_user("y@example.com") + "," + new_user("z@example.com") + "]";

class TenantFrontTest : public ::testing::Test {
 protected:
  void SetUp() override { start(); }

  void start(double requests_per_second = 0, std::chrono::milliseconds latency = 0ms) {
    front_.reset();
    Clocks clocks = system_clocks();
    clocks.now = [] { return testing::kLater + 400ms; };
    api_.emplace(sample_tenant(), std::nullopt,
                 TenantApi::Settings{.base_path = "",
                                     .api_key = "sandbox",
                                     .limits = {},
                                     .requests_per_second = requests_per_second,
                                     .list_groups = true},
                 clocks);
    auto bound = listen_on("127.0.0.1", 0);
    ASSERT_TRUE(bound);
    url_ = "http://127.0.0.1:" + std::to_string(bound->port);
    front_.emplace(*api_, std::move(bound->socket), latency, clocks);
  }

  /// From now on every request has this fault.
  void put(const std::string& fault) {
    auto plan = parse_fault_plan(R"({"rules":[{"fault":{)" + fault + "}}]}");
    ASSERT_TRUE(plan) << (plan ? "" : to_string(plan.error()));
    front_->faults().put(*std::move(plan));
  }

  RawAnswer create(const std::string& body = kThree) const {
    return RawConnection(url_).request("POST", "/tenants/users", body);
  }
  /// All bytes of the answer to a create, and then the end.
  std::string bytes_of_create(const std::string& body = kThree) {
    RawConnection connection(url_);
    connection.send_request("POST", "/tenants/users", body);
    std::string bytes = connection.read_to_end();
    reset_ = connection.was_reset();
    return bytes;
  }

  std::uint64_t users() const { return api_->users(); }
  void wait_for_users(std::uint64_t count) const {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (users() < count && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    ASSERT_EQ(users(), count);
  }

  std::string url_;
  std::optional<TenantApi> api_;
  std::optional<TenantFront> front_;
  bool reset_ = false;
};

TEST_F(TenantFrontTest, ServesTheTenantWhereNothingGoesWrong) {
  RawConnection connection(url_);
  for (int i = 0; i < 3; ++i) {
    const RawAnswer answer = connection.request("GET", "/tenants/users?limit=1");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("content-type"), "application/json; charset=utf-8");
    EXPECT_THAT(answer.body, StartsWith(R"({"data":[{"id":")"));
  }
  const std::string ada = "/tenants/users/" + to_string(sample_tenant().users().id(0));
  EXPECT_EQ(connection.request("DELETE", ada + "/groups/" + kAdmins).status, 204);
  EXPECT_EQ(connection.request("POST", ada + "/groups", R"({"groupId":")" + kAdmins + "\"}").status, 201);
  EXPECT_EQ(connection.request("PUT", "/tenants/users").headers.at("allow"), "GET, POST");
  EXPECT_EQ(connection.request("GET", "/tenants/users", {}, "apikey: wrong\r\n").status, 401);
  EXPECT_EQ(connection.request("POST", "/tenants/users", new_user("c@example.com")).status, 201);
  const std::string statistics = front_->statistics();
  EXPECT_THAT(statistics, HasSubstr(R"("requests":{"add":1,"create":1,"list_users":4,"other":1,"remove":1})"));
  EXPECT_THAT(statistics, HasSubstr(R"("answers":{"200":3,"201":2,"204":1,"401":1,"405":1})"));
  EXPECT_THAT(statistics, HasSubstr(R"("changes":{"memberships_added":1,"memberships_removed":1,"users_created":1})"));
  EXPECT_THAT(statistics, HasSubstr(R"("violations":{"wrong_key":1},"invitations":{"c@example.com":1})"));
}

TEST_F(TenantFrontTest, AnswersWhatIsNoRequestAndEnds) {
  RawConnection connection(url_);
  connection.send_bytes("what?\r\n\r\n");
  EXPECT_THAT(connection.read_to_end(), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_F(TenantFrontTest, ClosesWhenAsked) {
  RawConnection connection(url_);
  connection.send_request("GET", "/tenants/users?limit=1", {}, "apikey: sandbox\r\nConnection: close\r\n");
  EXPECT_THAT(connection.read_to_end(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(TenantFrontTest, NamesTheRuleThatARequestWouldBreak) {
  RawConnection connection(url_);
  const std::string bob = "/tenants/users/" + to_string(sample_tenant().users().id(1));
  EXPECT_EQ(connection.request("DELETE", bob + "/groups/" + testing::kEngineering).status, 400);
  EXPECT_EQ(connection.request("DELETE", bob + "/groups/" + kAdmins).status, 404);
  EXPECT_EQ(connection.request("POST", bob + "/groups", R"({"groupId":")" + testing::kEngineering + "\"}").status, 409);
  EXPECT_EQ(connection.request("POST", "/tenants/users", new_user("BOB@example.com")).status, 409);
  EXPECT_THAT(front_->statistics(),
              HasSubstr(R"("violations":{"absent_member":1,"existing_email":1,"existing_member":1,"last_group":1})"));
}

TEST_F(TenantFrontTest, ClosesBeforeTheAnswerWithoutExecuting) {
  put(R"("execute":false,"close":"before")");
  EXPECT_EQ(bytes_of_create(), "");
  EXPECT_FALSE(reset_);
  EXPECT_EQ(users(), 3U);
  EXPECT_THAT(front_->statistics(), HasSubstr(R"("answers":{})"));
}

TEST_F(TenantFrontTest, ExecutesAndClosesBeforeTheAnswer) {
  put(R"("close":"before")");
  EXPECT_EQ(bytes_of_create(), "");
  EXPECT_EQ(users(), 6U);
}

TEST_F(TenantFrontTest, ResetsTheConnection) {
  put(R"("close":"before","reset":true)");
  EXPECT_EQ(bytes_of_create(), "");
  EXPECT_TRUE(reset_);
  EXPECT_EQ(users(), 6U);
}

TEST_F(TenantFrontTest, ClosesWithinTheHead) {
  put(R"("close":"in_head")");
  const std::string bytes = bytes_of_create();
  EXPECT_THAT(bytes, StartsWith("HTTP/1.1 201 Created\r\n"));
  EXPECT_EQ(bytes.find("\r\n\r\n"), std::string::npos);
  EXPECT_EQ(users(), 6U);
}

TEST_F(TenantFrontTest, ClosesWithinTheBody) {
  const std::string whole = create().body;
  start();
  put(R"("close":"in_body")");
  const std::string bytes = bytes_of_create();
  EXPECT_THAT(bytes, HasSubstr("Content-Length: " + std::to_string(whole.size()) + "\r\n"));
  EXPECT_EQ(bytes.substr(bytes.find("\r\n\r\n") + 4), whole.substr(0, whole.size() / 2));
  EXPECT_EQ(users(), 6U);
}

TEST_F(TenantFrontTest, LiesAboutTheLength) {
  const std::string whole = create().body;
  for (const auto& [fault, length] : {std::pair<std::string, std::string>{"longer", std::to_string(whole.size() + 10)},
                                      {"shorter", std::to_string(whole.size() / 2)},
                                      {"malformed", "many"}}) {
    start();
    put(R"("content_length":")" + fault + '"');
    RawConnection connection(url_);
    connection.send_request("POST", "/tenants/users", kThree, "apikey: sandbox\r\nConnection: close\r\n");
    const std::string bytes = connection.read_to_end();
    EXPECT_THAT(bytes, HasSubstr("Content-Length: " + length + "\r\n"));
    EXPECT_THAT(bytes, EndsWith("\r\n\r\n" + whole));
  }
}

TEST_F(TenantFrontTest, AnswersInterimFirst) {
  put(R"("interim":103)");
  RawConnection connection(url_);
  connection.send_request("GET", "/tenants/users?limit=1", {}, "apikey: sandbox\r\nConnection: close\r\n");
  EXPECT_THAT(connection.read_to_end(), StartsWith("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n"));
}

TEST_F(TenantFrontTest, RedirectsWithoutExecuting) {
  put(R"("status":307,"headers":{"Location":"http://127.0.0.1:1/elsewhere"})");
  const RawAnswer answer = create();
  EXPECT_EQ(answer.status, 307);
  EXPECT_EQ(answer.headers.at("location"), "http://127.0.0.1:1/elsewhere");
  EXPECT_EQ(users(), 3U);
}

TEST_F(TenantFrontTest, RefusesInItsOwnWords) {
  put(R"("status":422,"body":{"error":"no seats"},"headers":{"X-Request-Id":"7"})");
  const RawAnswer answer = create();
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body, R"({"error":"no seats"})");
  EXPECT_EQ(answer.headers.at("x-request-id"), "7");
  put(R"("status":500)");
  EXPECT_EQ(create().body,
            R"({"statusCode":500,"message":"a fault of the sandbox's plan","error":"Internal Server Error"})");
  EXPECT_EQ(users(), 3U);
}

TEST_F(TenantFrontTest, ThrottlesAndSeesWhoDoesNotWait) {
  put(R"("status":429,"retry_after":60)");
  RawConnection connection(url_);
  EXPECT_EQ(connection.request("GET", "/tenants/users").headers.at("retry-after"), "60");
  EXPECT_THAT(front_->statistics(), HasSubstr(R"("throttled":1,"early":0)"));
  EXPECT_EQ(connection.request("GET", "/tenants/users").status, 429);
  EXPECT_THAT(front_->statistics(), HasSubstr(R"("throttled":2,"early":1)"));
}

TEST_F(TenantFrontTest, SaysRetryAfterAsADate) {
  put(R"("status":503,"retry_after":60,"retry_after_as_date":true)");
  EXPECT_EQ(create().headers.at("retry-after"), "Mon, 04 May 2026 00:01:01 GMT") << "never before its time";
  put(R"("status":429,"headers":{"Retry-After":"soon"})");
  EXPECT_EQ(create().headers.at("retry-after"), "soon");
}

TEST_F(TenantFrontTest, CountsItsOwnRateLimit) {
  start(0.5);
  RawConnection connection(url_);
  EXPECT_EQ(connection.request("GET", "/tenants/users").status, 200);
  const RawAnswer refused = connection.request("GET", "/tenants/users");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.at("retry-after"), "2");
  EXPECT_EQ(connection.request("GET", "/tenants/users").status, 429);
  EXPECT_THAT(front_->statistics(), HasSubstr(R"("answers":{"200":1,"429":2},"throttled":2,"early":1)"));
}

TEST_F(TenantFrontTest, DripsByteByByte) {
  put(R"("drip_ms":1,"shape":"ids")");
  const auto begun = std::chrono::steady_clock::now();
  const RawAnswer answer = create();
  EXPECT_EQ(answer.status, 201);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds{answer.body.size()});
}

TEST_F(TenantFrontTest, AnswersLater) {
  put(R"("answer_after_ms":30)");
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(create().status, 201);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 30ms);
}

TEST_F(TenantFrontTest, ExecutesSlowlyAndThenAnswers) {
  put(R"("execute_after_ms":30)");
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(create().status, 201);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 30ms);
  EXPECT_EQ(users(), 6U);
}

TEST_F(TenantFrontTest, ExecutesLongAfterTheConnectionEnded) {
  put(R"("execute_after_ms":20,"close":"before")");
  EXPECT_EQ(bytes_of_create(), "");
  wait_for_users(6);
  EXPECT_THAT(front_->statistics(), HasSubstr(R"("changes":{"users_created":3})"));
}

TEST_F(TenantFrontTest, ExecutesAfterItHasAnsweredThatItTimedOut) {
  put(R"("execute_after_ms":20,"status":504)");
  EXPECT_EQ(create().status, 504);
  wait_for_users(6);
}

// That nothing is executed before the answer is asked here, where the delay outlasts any machine's slowness.
TEST_F(TenantFrontTest, ExecutesWhatIsLateWhenItStops) {
  put(R"("execute_after_ms":600000,"close":"before")");
  EXPECT_EQ(bytes_of_create(), "");
  EXPECT_EQ(users(), 3U);
  put(R"("execute_after_ms":600000,"status":504)");
  EXPECT_EQ(create(new_user("late@example.com")).status, 504);
  EXPECT_EQ(users(), 3U);
  front_.reset();
  EXPECT_EQ(users(), 7U);
}

TEST_F(TenantFrontTest, HangsUntilTheClientGoes) {
  put(R"("hang":true)");
  {
    RawConnection connection(url_);
    connection.send_request("POST", "/tenants/users", kThree);
    wait_for_users(6);
    EXPECT_THAT(front_->statistics(), HasSubstr(R"("answers":{},"throttled":0,"early":0,"in_flight":1)"));
  }
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (front_->statistics().find(R"("in_flight":0)") == std::string::npos &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_THAT(front_->statistics(), HasSubstr(R"("in_flight":0)"));
}

TEST_F(TenantFrontTest, ExecutesTheFirstOfABatch) {
  put(R"("execute_only_first":2,"status":500)");
  EXPECT_EQ(create().status, 500);
  EXPECT_EQ(users(), 5U);
  EXPECT_EQ(api_->invitations("y@example.com"), 1U);
  EXPECT_EQ(api_->invitations("z@example.com"), 0U);
  put(R"("execute_only_first":1,"close":"before")");
  EXPECT_EQ(bytes_of_create("[" + new_user("z@example.com") + "," + new_user("last@example.com") + "]"), "");
  EXPECT_EQ(users(), 6U);
  put(R"("execute_only_first":0)");
  EXPECT_EQ(create(new_user("last@example.com")).body, "[]");
  EXPECT_EQ(users(), 6U);
}

TEST_F(TenantFrontTest, AnswersHtml) {
  put(R"("html":true)");
  const RawAnswer answer = create();
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(answer.body, StartsWith("<!DOCTYPE html>"));
  EXPECT_EQ(users(), 6U);
  put(R"("html":true,"status":502)");
  EXPECT_EQ(create(new_user("more@example.com")).status, 502);
  EXPECT_EQ(users(), 6U);
}

TEST_F(TenantFrontTest, AnswersInAnotherShape) {
  put(R"("shape":"wrapped")");
  EXPECT_THAT(create().body, StartsWith(R"({"data":[{"id":")"));
  put(R"("shape":"bare")");
  EXPECT_THAT(RawConnection(url_).request("GET", "/tenants/users").body, StartsWith(R"([{"id":")"));
  put(R"("shape":"ids")");
  EXPECT_THAT(RawConnection(url_).request("GET", "/tenants/users?limit=1").body,
              ContainsRegex("^.\"data\":.[{]\"id\":\"[^\"]*\"[}]],\"total\":6,"));
}

TEST_F(TenantFrontTest, TreatsOnlyTheRequestsOfItsRules) {
  auto plan = parse_fault_plan(R"({"rules":[{"match":{"operation":"create","nth":2},"fault":{"status":500}}]})");
  front_->faults().put(*std::move(plan));
  RawConnection connection(url_);
  EXPECT_EQ(connection.request("POST", "/tenants/users", new_user("1@example.com")).status, 201);
  EXPECT_EQ(connection.request("GET", "/tenants/users").status, 200);
  EXPECT_EQ(connection.request("POST", "/tenants/users", new_user("2@example.com")).status, 500);
  EXPECT_EQ(connection.request("POST", "/tenants/users", new_user("2@example.com")).status, 201);
  EXPECT_THAT(front_->statistics(), HasSubstr(R"("rules":[{"matched":3,"applied":1}])"));
}

TEST_F(TenantFrontTest, CountsRequestsInFlight) {
  start(0, 20ms);
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (int i = 0; i < 4; ++i) connections.push_back(std::make_unique<RawConnection>(url_));
  for (const auto& connection : connections) connection->send_request("GET", "/tenants/users");
  for (const auto& connection : connections) EXPECT_EQ(connection->read_answer().status, 200);
  EXPECT_THAT(front_->statistics(), ContainsRegex(R"("most_in_flight":[1-4],)"));
}

TEST_F(TenantFrontTest, AnswersWhatIsInFlightBeforeItStops) {
  start(0, 1h);
  RawConnection idle(url_);
  RawConnection half(url_);
  half.send_bytes("POST /tenants/users HTTP/1.1\r\nContent-Length: 100\r\n\r\n{");
  RawConnection busy(url_);
  busy.send_request("POST", "/tenants/users", kThree);
  wait_for_users(6);
  front_.reset();
  EXPECT_EQ(busy.read_answer().status, 201);
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_FALSE(RawConnection(url_).connected());
}

TEST_F(TenantFrontTest, SurvivesClientsThatGoAway) {
  for (int i = 0; i < 50; ++i) {
    RawConnection(url_).send_bytes("GET /tenan");
    RawConnection(url_).send_request("GET", "/tenants/users");
  }
  EXPECT_EQ(RawConnection(url_).request("GET", "/tenants/users").status, 200);
}

}  // namespace
}  // namespace cipherform::sandbox
