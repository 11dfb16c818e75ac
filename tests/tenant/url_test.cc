#include "tenant/url.h"

#include <gtest/gtest.h>

namespace cipherform::tests {
namespace {

std::string problem(std::string_view text) {
  const auto url = parse_base_url(text, false);
  EXPECT_FALSE(url.has_value()) << text;
  if (url) return "";
  EXPECT_EQ(url.error().kind, ErrorKind::declaration);
  return url.error().what;
}

TEST(BaseUrl, IsTakenApart) {
  const auto url = parse_base_url("HTTPS://Public-API.cipherscale.com/qa/", false);
  ASSERT_TRUE(url.has_value());
  EXPECT_TRUE(url->https);
  EXPECT_EQ(url->host, "public-api.cipherscale.com");
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->prefix, "/qa");
  EXPECT_FALSE(url->loopback);
  EXPECT_EQ(address(*url), "public-api.cipherscale.com:443");
}

TEST(BaseUrl, MayHaveAPortAndAnyPath) {
  EXPECT_EQ(parse_base_url("http://localhost:8080", false)->port, 8080);
  EXPECT_EQ(parse_base_url("http://localhost", false)->port, 80);
  EXPECT_EQ(parse_base_url("http://localhost:8080/", false)->prefix, "");
  EXPECT_EQ(parse_base_url("https://a_b.internal:65535/x%2Fy/~z;1//", false)->prefix, "/x%2Fy/~z;1");
}

TEST(BaseUrl, IsPlainHttpOnlyToThisMachineOrByPermission) {
  for (const char* text : {"http://127.0.0.1", "http://127.255.0.9:1/qa", "http://LOCALHOST"}) {
    const auto url = parse_base_url(text, false);
    ASSERT_TRUE(url.has_value()) << text;
    EXPECT_TRUE(url->loopback) << text;
  }
  for (const char* text : {"http://127.0.0.1.example.com", "http://128.0.0.1", "http://localhost.example.com",
                           "http://10.0.0.1", "http://127.1", "http://0.0.0.0"}) {
    EXPECT_FALSE(parse_base_url(text, false).has_value()) << text;
    EXPECT_TRUE(parse_base_url(text, true).has_value()) << text;
  }
}

TEST(BaseUrl, ErrorsSayWhatIsWrongWithoutTheUrl) {
  EXPECT_EQ(problem(""), "the base URL must begin with https://");
  EXPECT_EQ(problem("tenant.example/qa"), "the base URL must begin with https://");
  EXPECT_EQ(problem("ftp://tenant.example"), "the base URL must begin with https://");
  EXPECT_EQ(problem("https://ada:s3cret@tenant.example"), "the base URL must not hold a user or password");
  EXPECT_EQ(problem("https://tenant.example/qa?x=1"), "the base URL must not have a query or fragment");
  EXPECT_EQ(problem("https://tenant.example#top"), "the base URL must not have a query or fragment");
  EXPECT_EQ(problem("https://tenant.example/q a"),
            "the base URL has a character in its path that must be percent-encoded");
  EXPECT_EQ(problem("https://tenant.example/%zz"),
            "the base URL has a character in its path that must be percent-encoded");
  EXPECT_EQ(problem("https://tenant.example/%2"),
            "the base URL has a character in its path that must be percent-encoded");
  for (const char* port : {"", "0", "65536", "-1", "80x", "+80"}) {
    EXPECT_EQ(problem(std::string("https://tenant.example:") + port),
              "the base URL has a port that is not a number from 1 to 65535");
  }
  for (const char* host : {"", "/qa", "-a.b", ".a", "a..b", "a b", "a\r\nX", "caf\xc3\xa9"}) {
    EXPECT_EQ(problem(std::string("https://") + host), "the base URL has no valid host name") << host;
  }
  EXPECT_EQ(problem("http://[::1]:8080"), "the base URL has an IPv6 address, which cpprestsdk cannot connect to");
}

TEST(Loopback, IsThisMachine) {
  for (const char* host : {"localhost", "LocalHost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"})
    EXPECT_TRUE(is_loopback(host));
  for (const char* host : {"", "localhost.", "127.0.0", "127.0.0.1.x", "::2", "0.0.0.0"})
    EXPECT_FALSE(is_loopback(host));
}

}  // namespace
}  // namespace cipherform::tests
