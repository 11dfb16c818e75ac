#include "sandbox/wire_http.h"

#include <gtest/gtest.h>

#include "sandbox/request_bodies.h"

namespace cipherform::sandbox {
namespace {

std::optional<WireRequest> taken(std::string& unread) {
  auto request = take_request(unread);
  EXPECT_TRUE(request) << (request ? "" : request.error().messages.front());
  return request ? *std::move(request) : std::nullopt;
}

unsigned refusal(std::string text) {
  const auto request = take_request(text);
  return request ? 0 : request.error().status;
}

TEST(TakeRequest, ReadsOneRequestAndLeavesTheNext) {
  std::string unread =
      "POST /qa/tenants/users?x=1&y HTTP/1.1\r\nHost: a\r\nApiKey:  secret \r\nContent-Length: 4\r\n\r\n{\"a\"GET / "
      "HTTP/1.1\r\n";
  const auto request = taken(unread);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->path, "/qa/tenants/users");
  EXPECT_EQ(request->query, "x=1&y");
  EXPECT_EQ(request->api_key, "secret");
  EXPECT_EQ(request->body, "{\"a\"");
  EXPECT_FALSE(request->close);
  EXPECT_EQ(unread, "GET / HTTP/1.1\r\n");
  EXPECT_FALSE(taken(unread));
}

TEST(TakeRequest, WaitsForEveryByte) {
  const std::string whole = "DELETE /a HTTP/1.1\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::string part = whole.substr(0, size);
    EXPECT_FALSE(taken(part)) << size;
    EXPECT_EQ(part, whole.substr(0, size));
  }
  std::string unread = whole;
  EXPECT_TRUE(taken(unread).value().close);
}

TEST(TakeRequest, JoinsChunks) {
  const std::string whole =
      "POST /a HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\nnext";
  for (std::size_t size = 0; size < whole.size() - 4; ++size) {
    std::string part = whole.substr(0, size);
    EXPECT_FALSE(taken(part)) << size;
  }
  std::string unread = whole;
  EXPECT_EQ(taken(unread).value().body, "abc0123456789");
  EXPECT_EQ(unread, "next");
}

TEST(TakeRequest, JoinsRepeatedKeysSoThatNoneIsRight) {
  std::string unread = "GET / HTTP/1.1\r\napikey: a\r\napikey: a\r\n\r\n";
  EXPECT_EQ(taken(unread).value().api_key, "a, a");
}

TEST(TakeRequest, RefusesWhatIsNoRequest) {
  EXPECT_EQ(refusal("\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET /\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / FTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET elsewhere HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nno header\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nContent-Length:\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nlong\r\n"), 400);
}

TEST(TakeRequest, RefusesWhatIsTooLong) {
  const std::string most = std::to_string(kMaxBodyBytes);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length: " + most + "\r\n\r\n"), 0);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length: " + std::to_string(kMaxBodyBytes + 1) + "\r\n\r\n"), 413);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n"), 413);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"), 413);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nX: " + std::string(70'000, 'x')), 431);
}

TEST(WireAnswer, IsWrittenWithItsLength) {
  WireAnswer answer;
  answer.status = 404;
  answer.headers = {{"Content-Type", "text/plain"}, {"X-A", "b"}};
  answer.body = "nobody";
  EXPECT_EQ(bytes_of(answer),
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nX-A: b\r\nContent-Length: 6\r\n\r\nnobody");
  EXPECT_EQ(head_of({.status = 299, .headers = {}, .body = {}}, "many"),
            "HTTP/1.1 299 Error\r\nContent-Length: many\r\n\r\n");
}

TEST(WireAnswer, CarriesWhatTheApiSays) {
  ApiAnswer answer;
  answer.status = 429;
  answer.body = "{}";
  answer.retry_after = std::chrono::seconds{7};
  answer.allow = "GET";
  EXPECT_EQ(bytes_of(to_wire(answer)),
            "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json; charset=utf-8\r\nRetry-After: 7\r\n"
            "Allow: GET\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(Headers, EndNoLine) {
  EXPECT_TRUE(is_header_value("a b; c"));
  EXPECT_FALSE(is_header_value("a\r\nb"));
  EXPECT_FALSE(is_header_value("\x7f"));
  EXPECT_TRUE(is_header_name("X-Name"));
  for (const char* name : {"", "a b", "a:", "a\n"}) EXPECT_FALSE(is_header_name(name)) << name;
}

}  // namespace
}  // namespace cipherform::sandbox
