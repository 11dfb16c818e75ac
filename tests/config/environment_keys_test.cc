#include <gtest/gtest.h>

#include <string>

#include "config/declarations.h"

namespace cipherform {
namespace {

std::string url_error(const std::string& url) {
  return tests::errors_of("version: 1\nenvironments:\n  qa: {url: \"" + url + "\"}\n");
}

std::string said(const std::string& message) {
  return "cipherform.yaml:3:13: error: " + message + " (such as https://public-api.cipherscale.com/qa)\n";
}

TEST(EnvironmentUrl, IsHttpWithAHostAndPerhapsAPortAndAPath) {
  for (const auto* url : {"https://a", "http://127.0.0.1:8080/x", "HTTPS://A.example.com:1/", "https://[::1]",
                          "https://[2001:db8::1]:65535/a/b", "https://a/b%20c/~d;e@f:g"}) {
    EXPECT_EQ(url_error(url), "") << url;
  }
}

TEST(EnvironmentUrl, IsNothingElse) {
  for (const auto* url : {"a.example.com", "ftp://a", "https:/a", "://a", "//a"}) {
    EXPECT_EQ(url_error(url), said("url must begin with https:// or http://")) << url;
  }
  for (const auto* url :
       {"https://", "https:///x", "https://a b", "https://a_b", "https://[::1", "https://[]", "https://[x]"}) {
    EXPECT_EQ(url_error(url), said("url has no valid host")) << url;
  }
  for (const auto* url : {"https://a:", "https://a:0", "https://a:65536", "https://a:x", "https://[::1]:x"}) {
    EXPECT_EQ(url_error(url), said("url has no valid port")) << url;
  }
  EXPECT_EQ(url_error("https://u:p@a"), said("url must not contain a user or password"));
  EXPECT_EQ(url_error("https://a/?x"), said("url must not contain a query or fragment"));
  EXPECT_EQ(url_error("https://a#x"), said("url must not contain a query or fragment"));
  EXPECT_EQ(url_error("https://a/ü"), said("url has a character that must be percent-encoded"));
}

TEST(EnvironmentUrl, LosesItsFinalSlashes) {
  EXPECT_EQ(tests::state_of("version: 1\nenvironments: {qa: {url: 'https://a/x//'}}\n").base_url, "https://a/x");
}

TEST(ApiKey, IsNeverRepeatedInAMessage) {
  for (const auto* key : {"SECRET", "{SECRET: x}", "{env: SEC-RET}", "{env: [SECRET]}", "{file: [SECRET]}",
                          "{command: SECRET}", "{command: [[SECRET]]}", "{env: 5, SECRET: x}", "[SECRET]"}) {
    const std::string errors =
        tests::errors_of("version: 1\nenvironments: {qa: {url: 'https://a', api_key: " + std::string(key) + "}}\n");
    EXPECT_NE(errors, "") << key;
    EXPECT_EQ(errors.find("SEC"), std::string::npos) << errors;
  }
}

TEST(LedgerUrl, IsNeverRepeatedInAMessage) {
  for (const auto* url : {"postgresql://u:SECRET@db", "postgresql://u:SEC@RET@db", "postgresql://u:SEC/RET@db",
                          "postgresql://u:SEC RET@db", "SECRET", "postgresql://db?p%61ssword=SECRET"}) {
    const std::string errors =
        tests::errors_of("version: 1\nenvironments: {qa: {url: 'https://a', ledger: '" + std::string(url) + "'}}\n");
    EXPECT_NE(errors, "") << url;
    EXPECT_EQ(errors.find("SEC"), std::string::npos) << errors;
  }
}

TEST(Environments, AreAtMostAsManyAsAMaskHasBits) {
  std::string yaml = "version: 1\nenvironments:\n";
  for (int i = 0; i < 64; ++i) yaml += "  e" + std::to_string(i) + ": {url: https://a}\n";
  EXPECT_EQ(tests::errors_of(yaml), "");
  EXPECT_EQ(tests::errors_of(yaml + "  e64: {url: https://a}\n"),
            "cipherform.yaml:67:3: error: more than 64 environments\n");
}

TEST(Environments, MayPromoteInAChainButNotInACircle) {
  const std::string chain =
      "version: 1\nenvironments:\n  a: {url: https://a}\n  b: {url: https://a, promotes_from: a}\n"
      "  c: {url: https://a, promotes_from: b}\n";
  EXPECT_EQ(tests::errors_of(chain), "");
  EXPECT_EQ(tests::errors_of(chain + "  d: {url: https://a, promotes_from: d}\n"),
            "cipherform.yaml:6:38: error: environments are promoted in a circle: d from d\n");
}

TEST(Environments, ReportsOfAPromotionCircleOnlyWhoIsInIt) {
  EXPECT_EQ(tests::errors_of("version: 1\nenvironments:\n  a: {url: https://a, promotes_from: b}\n"
                             "  b: {url: https://a, promotes_from: b}\n"),
            "cipherform.yaml:4:38: error: environments are promoted in a circle: b from b\n");
}

}  // namespace
}  // namespace cipherform
