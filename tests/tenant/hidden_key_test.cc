#include "tenant/hidden_key.h"

#include <gtest/gtest.h>

#include "tenant/misbehaving_server.h"
#include "tenant/transport_fixture.h"

namespace cipherform::tests {
namespace {

TEST(HiddenKey, IsReplacedWhereverItStands) {
  EXPECT_EQ(without_key("s3cret", "s3cret"), "[api key]");
  EXPECT_EQ(without_key("no s3cret, s3crets3cret!", "s3cret"), "no [api key], [api key][api key]!");
  EXPECT_EQ(without_key("nothing", "s3cret"), "nothing");
  EXPECT_EQ(without_key("s3cre", "s3cret"), "s3cre");
  EXPECT_EQ(without_key("", "s3cret"), "");
}

TEST(HiddenKey, IsFoundAsJsonEscapesIt) {
  const std::string key = R"(a/b"c\d)";
  EXPECT_EQ(without_key(R"({"message":"bad key a/b\"c\\d"})", key), R"({"message":"bad key [api key]"})");
  EXPECT_EQ(without_key(R"({"message":"bad key a\/b\"c\\d"})", key), R"({"message":"bad key [api key]"})");
  EXPECT_EQ(without_key(R"(plain a/b"c\d)", key), "plain [api key]");
}

TEST(HiddenKey, StandsInNoFailure) {
  TransportFailure failure{TransportFailure::Stage::ambiguous, true, "the proxy says s3cret", "check s3cret"};
  hide_key(failure, "s3cret");
  EXPECT_EQ(failure.what, "the proxy says [api key]");
  EXPECT_EQ(failure.hint, "check [api key]");
}

/// The value of the request's apikey header.
std::string sent_key(const std::string& request) {
  const std::string name = "apikey:";
  const std::size_t at = request.find(name) + name.size();
  return request.substr(at, request.find('\r', at) - at);
}

/// What the transport makes of an answer that echoes the key in body and Retry-After.
Answered echoed(int status, const std::string& before, const std::string& after) {
  MisbehavingServer server({[&](Peer& peer) {
    while (const auto request = peer.request()) {
      const std::string key = sent_key(*request);
      peer.send(answer(status, before + key + after, "Retry-After: " + key + "\r\n"));
    }
  }});
  const auto transport = connected(server.url());
  return outcome(*transport, to_get());
}

TEST(HiddenKey, DoesNotLeaveTheTransportInAnErrorsAnswer) {
  for (const int status : {302, 400, 401, 403, 404, 429, 500, 503}) {
    const Answered got = echoed(status, R"({"message":"the key )", R"( is not known"})");
    expect_answer(got, status, R"({"message":"the key [api key] is not known"})");
    EXPECT_EQ(got->retry_after, "[api key]");
  }
}

TEST(HiddenKey, DoesNotLeaveTheTransportInASuccessThatIsNoJson) {
  expect_answer(echoed(200, "<html>signed in with ", ""), 200, "<html>signed in with [api key]");
  expect_answer(echoed(200, "", ""), 200, "[api key]");
}

TEST(HiddenKey, LeavesDataAlone) {
  const std::string body = R"( {"data":[{"id":"u","firstName":")";
  expect_answer(echoed(200, body, R"("}]})"), 200, body + kKey + R"("}]})");
}

}  // namespace
}  // namespace cipherform::tests
