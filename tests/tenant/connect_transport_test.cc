// What connect() refuses before anything is sent.
#include <gtest/gtest.h>

#include "tenant/transport_fixture.h"

namespace cipherform::tests {
namespace {

Error error_of(const TransportOptions& options) {
  auto transport = connect(options);
  if (!transport) return transport.error();
  ADD_FAILURE() << "it connects";
  return {};
}

TEST(Connect, RefusesAKeyThatNoHeaderMayHoldAndNeverShowsIt) {
  const auto with_key = [](std::string key) {
    TransportOptions options = options_for("https://tenant.example");
    options.api_key = std::move(key);
    const Error error = error_of(options);
    EXPECT_EQ(error.kind, ErrorKind::credential);
    EXPECT_EQ(to_string(error).find("s3cret"), std::string::npos);
    return error.what;
  };
  const std::string bad = "the API key has a space, a line break or a character that is not ASCII";
  EXPECT_EQ(with_key(""), "the API key is empty");
  EXPECT_EQ(with_key("s3cret\r\nX-Admin: 1"), bad);
  EXPECT_EQ(with_key("s3cret "), bad);
  EXPECT_EQ(with_key("s3cret\t"), bad);
  EXPECT_EQ(with_key(std::string("s3cret\0x", 8)), bad);
  EXPECT_EQ(with_key("s3cr\xc3\xa9t"), bad);
  EXPECT_EQ(with_key("s3cret" + std::string(4091, 'x')), "the API key is longer than 4096 bytes");

  TransportOptions longest = options_for("https://tenant.example");
  longest.api_key = std::string(4096, '~');
  EXPECT_TRUE(connect(longest).has_value());
}

TEST(Connect, RefusesAUserAgentWithALineBreak) {
  TransportOptions options = options_for("https://tenant.example");
  options.user_agent = "x\r\nX-Admin: 1";
  EXPECT_EQ(error_of(options).what, "the user agent has a character that no header may have");
}

TEST(Connect, RefusesPlainHttpToAnotherMachine) {
  TransportOptions options = options_for("http://tenant.example/qa");
  const Error error = error_of(options);
  EXPECT_EQ(error.kind, ErrorKind::declaration);
  EXPECT_EQ(error.what, "the base URL is plain http to tenant.example: the API key would be readable on the way");
  options.insecure_http = true;
  EXPECT_TRUE(connect(options).has_value());
}

TEST(Connect, TakesNoLanesForOne) { EXPECT_TRUE(connect(options_for("https://tenant.example", 0)).has_value()); }

}  // namespace
}  // namespace cipherform::tests
