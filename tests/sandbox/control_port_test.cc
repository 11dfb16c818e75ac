#include "sandbox/control_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "raw_http.h"
#include "sample_tenant.h"
#include "sandbox/loopback.h"

namespace cipherform::sandbox {
namespace {

using ::testing::HasSubstr;
using testing::RawAnswer;
using testing::RawConnection;
using testing::request;
using testing::sample_tenant;
using ::testing::StartsWith;

std::string url_of(const BoundSocket& bound) { return "http://127.0.0.1:" + std::to_string(bound.port); }

class ControlPortTest : public ::testing::Test {
 protected:
  RawAnswer put(std::string_view plan) { return control_.request("PUT", "/fault-plan", plan, {}); }
  int listing() const { return request(url_, "GET", "/tenants/users").status; }

  TenantApi api_{sample_tenant(),
                 {},
                 {.base_path = "", .api_key = "sandbox", .limits = {}, .requests_per_second = 0, .list_groups = true},
                 system_clocks()};
  BoundSocket tenant_socket_ = listen_on("127.0.0.1", 0).value();
  BoundSocket control_socket_ = listen_on("127.0.0.1", 0).value();
  const std::string url_ = url_of(tenant_socket_);
  const std::string control_url_ = url_of(control_socket_);
  TenantFront front_{api_, std::move(tenant_socket_.socket), std::chrono::milliseconds{0}, system_clocks()};
  ControlPort port_{front_, std::move(control_socket_.socket)};
  RawConnection control_{control_url_};
};

TEST_F(ControlPortTest, PutsReplacesAndClearsThePlan) {
  EXPECT_EQ(listing(), 200);
  EXPECT_EQ(put(R"({"rules":[{"fault":{"status":503}}]})").status, 204);
  EXPECT_EQ(listing(), 503);
  EXPECT_EQ(put(R"({"rules":[{"match":{"nth":1},"fault":{"status":502}}]})").status, 204);
  EXPECT_EQ(listing(), 502);
  EXPECT_EQ(listing(), 200);
  EXPECT_EQ(put(R"({"rules":[{"fault":{"status":500}}]})").status, 204);
  EXPECT_EQ(control_.request("DELETE", "/fault-plan").status, 204);
  EXPECT_EQ(listing(), 200);
}

TEST_F(ControlPortTest, KeepsThePlanWhereTheNewOneIsWrong) {
  put(R"({"rules":[{"fault":{"status":503}}]})");
  const RawAnswer refused = put(R"({"rules":[{"fault":{"staus":503}}]})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("rules[0].fault.staus"));
  EXPECT_EQ(listing(), 503);
}

TEST_F(ControlPortTest, SaysTheStatistics) {
  listing();
  const RawAnswer answer = control_.request("GET", "/statistics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, front_.statistics());
  EXPECT_THAT(answer.body, StartsWith(R"({"format_version":1,"requests":{"list_users":1},)"));
}

TEST_F(ControlPortTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(control_.request("GET", "/elsewhere").status, 404);
  EXPECT_EQ(control_.request("PUT", "/statistics").headers.at("allow"), "GET");
  EXPECT_EQ(control_.request("POST", "/fault-plan", "{}").headers.at("allow"), "PUT, DELETE");
  control_.send_bytes("what?\r\n\r\n");
  EXPECT_THAT(control_.read_to_end(), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
}

}  // namespace
}  // namespace cipherform::sandbox
