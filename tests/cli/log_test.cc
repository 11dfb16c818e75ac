#include "cli/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/scripted_transport.h"

namespace cipherform::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What is logged while one request is answered with 403, at this level.
std::string logged(std::string_view level) {
  testing::internal::CaptureStderr();
  start_log(level);
  fakes::VirtualClock clock;
  auto transport = with_request_log(
      std::make_unique<fakes::ScriptedTransport>(clock, [](const HttpRequest&) { return fakes::reply(403, "no"); }),
      clock);
  transport->start(7, {Method::post, "/tenants/users", R"({"email":"ada@example.com"})"});
  const auto completion = transport->wait(std::nullopt);
  log_info("read\x1b[31m 3 users");
  std::string text = testing::internal::GetCapturedStderr();
  start_log("warning");
  EXPECT_TRUE(completion && completion->ticket == 7);
  return text;
}

TEST(Log, ShowsEveryRequestAtDebugWithoutItsBody) {
  const std::string text = logged("debug");
  EXPECT_THAT(text, HasSubstr("debug: POST /tenants/users: 403, 2 bytes ("));
  EXPECT_THAT(text, Not(HasSubstr("ada@example.com")));
}

TEST(Log, IsEscapedAndHasNoRequestsAtInfo) {
  const std::string text = logged("info");
  EXPECT_THAT(text, HasSubstr("info: read\\x1b[31m 3 users"));
  EXPECT_THAT(text, Not(HasSubstr("/tenants/users")));
}

TEST(Log, IsSilentByDefault) { EXPECT_EQ(logged("warning"), ""); }

}  // namespace
}  // namespace cipherform::cli
