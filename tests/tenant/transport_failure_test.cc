// Only what never left completely may be sent again; the words are cpprestsdk's put right.
#include "tenant/transport_failure.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace cipherform::tests {
namespace {

using Stage = TransportFailure::Stage;
const PeerName kTenant{"api.example:443", std::nullopt, false};

LostRequest lost(bool sent, std::string message, int code = 0) {
  LostRequest result;
  result.sent = sent;
  result.message = std::move(message);
  result.code = code;
  return result;
}

TEST(TransportFailure, StageIsWhatWasCountedWhateverTheMessage) {
  for (const char* message : {"Failed to write request body", "Failed to connect to any resolved endpoint",
                              "Failed to read HTTP status line", "", "anything"}) {
    EXPECT_EQ(to_failure(lost(true, message), kTenant).stage == Stage::ambiguous, true) << message;
    EXPECT_EQ(to_failure(lost(false, message), kTenant).stage == Stage::not_sent, true) << message;
  }
  EXPECT_EQ(to_failure(LostRequest{}, kTenant).stage == Stage::ambiguous, true) << "what nobody knows is ambiguous";
}

TEST(TransportFailure, PutsTheLibrarysCodesRight) {
  const auto what = [](const char* message, int code) { return to_failure(lost(false, message, code), kTenant).what; };
  EXPECT_EQ(what("Failed to connect to any resolved endpoint", EHOSTUNREACH),
            "connection refused by api.example:443, or no route to it");
  EXPECT_EQ(what("Failed to connect to any resolved endpoint", ENETUNREACH),
            "cannot connect to api.example:443: Network is unreachable");
  EXPECT_EQ(what("Error resolving address", 1), "there is no host named api.example");
  EXPECT_EQ(what("Error resolving address", 2), "cannot resolve the host name api.example");
  EXPECT_EQ(what("Failed to write request headers", EPIPE),
            "api.example:443 closed the connection before the whole request was written");
  EXPECT_EQ(what("Failed to write request body", EPIPE),
            "api.example:443 closed the connection before the whole request was written");
}

TEST(TransportFailure, OnlyWhatMayPassIsRetryable) {
  const auto retryable = [](const char* message, int code) {
    return to_failure(lost(false, message, code), kTenant).retryable;
  };
  EXPECT_TRUE(retryable("Failed to connect to any resolved endpoint", EHOSTUNREACH));
  EXPECT_TRUE(retryable("Failed to write request body", EPIPE));
  EXPECT_TRUE(retryable("Error resolving address", 2));
  EXPECT_FALSE(retryable("Error resolving address", 1));
  EXPECT_TRUE(retryable("Error in SSL handshake", ECONNRESET));
}

}  // namespace
}  // namespace cipherform::tests
