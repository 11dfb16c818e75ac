#include <gtest/gtest.h>

#include "cipherform/tenant.h"

namespace cipherform {
namespace {

HttpRequest read_request() { return list_users_request(95, 100, "createdAt"); }
HttpRequest change_request() { return add_member_request("u1", "g1"); }

Dispatched answered(Outcome outcome, int status, std::string body = {}, std::string retry_after = {}) {
  Dispatched dispatched;
  dispatched.outcome = outcome;
  dispatched.answer = {status, std::move(body), std::move(retry_after), {}};
  dispatched.attempts = 1;
  return dispatched;
}

TEST(RequestError, ARefusedKeyIsACredentialError) {
  const Error error = to_error(read_request(), answered(Outcome::refused, 401, R"({"message":"Unauthorized"})"));
  EXPECT_EQ(error.kind, ErrorKind::credential);
  EXPECT_EQ(to_string(error),
            "GET /tenants/users: error: the API refuses the key: 401 Unauthorized (check this environment's API key)");
  EXPECT_FALSE(error.server_may_have_changed);
}

TEST(RequestError, AMissingRightIsACredentialError) {
  const Error error =
      to_error(change_request(), answered(Outcome::refused, 403, R"({"message":"Forbidden resource"})"));
  EXPECT_EQ(error.kind, ErrorKind::credential);
  EXPECT_EQ(to_string(error),
            "POST /tenants/users/u1/groups: error: the API key does not allow this: 403 Forbidden: Forbidden resource "
            "(check this environment's API key and what it may do)");
}

TEST(RequestError, ARefusalHasTheApisWords) {
  const Error error =
      to_error(change_request(),
               answered(Outcome::refused, 400, R"({"statusCode":400,"message":["a","b"],"error":"Bad Request"})"));
  EXPECT_EQ(error.kind, ErrorKind::refused);
  EXPECT_EQ(to_string(error), "POST /tenants/users/u1/groups: error: the API answered 400 Bad Request: a; b");
  EXPECT_FALSE(error.server_may_have_changed);
}

TEST(RequestError, NotFoundPointsToTheUrl) {
  EXPECT_EQ(to_string(to_error(read_request(), answered(Outcome::refused, 404))),
            "GET /tenants/users: error: the API answered 404 Not Found (check the environment's url)");
}

TEST(RequestError, ARedirectIsNamed) {
  EXPECT_EQ(to_string(to_error(read_request(), answered(Outcome::refused, 302))),
            "GET /tenants/users: error: the API answers with a redirect, which is not followed: 302 Found (check the "
            "environment's url)");
}

TEST(RequestError, ALimitSaysWhenToComeAgain) {
  Dispatched dispatched = answered(Outcome::throttled, 429, "", "3600");
  dispatched.attempts = 6;
  EXPECT_EQ(to_string(to_error(change_request(), dispatched)),
            "POST /tenants/users/u1/groups: error: the API answered 429 Too Many Requests, after 6 attempts (the API "
            "asks to come again in 3600 seconds)");
  dispatched.answer.retry_after = "Sun, 06 Nov 2044 08:49:37 GMT";
  EXPECT_EQ(to_error(change_request(), dispatched).hint, "the API asks to come again at Sun, 06 Nov 2044 08:49:37 GMT");
  dispatched.answer.retry_after = "";
  EXPECT_EQ(to_error(change_request(), dispatched).hint,
            "the API limits requests; try again later, or with a lower --parallelism");
  EXPECT_FALSE(to_error(change_request(), dispatched).server_may_have_changed);
}

TEST(RequestError, AnAmbiguousChangeMayHaveChangedTheServer) {
  const Error error = to_error(change_request(), answered(Outcome::ambiguous, 502, "<html>"));
  EXPECT_EQ(error.kind, ErrorKind::refused);
  EXPECT_TRUE(error.server_may_have_changed);
  EXPECT_EQ(to_string(error),
            "POST /tenants/users/u1/groups: error: the API answered 502 Bad Gateway: <html> (it may "
            "have been executed: plan again to see)");
}

TEST(RequestError, AReadChangesNothing) {
  Dispatched dispatched = answered(Outcome::ambiguous, 500);
  dispatched.attempts = 6;
  const Error error = to_error(read_request(), dispatched);
  EXPECT_FALSE(error.server_may_have_changed);
  EXPECT_EQ(to_string(error),
            "GET /tenants/users: error: the API answered 500 Internal Server Error, after 6 attempts");
}

TEST(RequestError, LostRequestsKeepTheTransportsWords) {
  Dispatched dispatched;
  dispatched.attempts = 2;
  dispatched.outcome = Outcome::not_sent;
  dispatched.failure = {TransportFailure::Stage::not_sent, true, "connection refused by 127.0.0.1:9", "is it running?"};
  Error error = to_error(change_request(), dispatched);
  EXPECT_EQ(error.kind, ErrorKind::transport);
  EXPECT_FALSE(error.server_may_have_changed);
  EXPECT_EQ(to_string(error),
            "POST /tenants/users/u1/groups: error: connection refused by 127.0.0.1:9, after 2 "
            "attempts (is it running?)");
  dispatched.outcome = Outcome::ambiguous;
  dispatched.attempts = 1;
  dispatched.failure = {TransportFailure::Stage::ambiguous, true, "timed out after 30 s", {}};
  error = to_error(change_request(), dispatched);
  EXPECT_TRUE(error.server_may_have_changed);
  EXPECT_EQ(error.what, "timed out after 30 s");
}

}  // namespace
}  // namespace cipherform
