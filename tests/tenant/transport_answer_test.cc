#include "tenant/transport_answer.h"

#include <gtest/gtest.h>

namespace cipherform::tests {
namespace {

ReceivedHead head(int status, std::optional<std::string> length, std::size_t bytes) {
  ReceivedHead result;
  result.status = status;
  result.content_length = std::move(length);
  result.body_bytes = bytes;
  return result;
}

TEST(TransportAnswer, IsGoodWhereItIsAsLongAsItSays) {
  EXPECT_FALSE(answer_problem(head(200, "0", 0)));
  EXPECT_FALSE(answer_problem(head(404, "007", 7)));
  EXPECT_FALSE(answer_problem(head(302, std::nullopt, 9)));
  EXPECT_FALSE(answer_problem(head(304, "99", 0))) << "the length of what was not sent";
  for (const auto& [length, bytes] : {std::pair("6", 7), std::pair("8", 7), std::pair("18446744073709551623", 7),
                                      std::pair("0", 1), std::pair("", 0), std::pair("0x0", 0)}) {
    EXPECT_TRUE(answer_problem(head(200, length, static_cast<std::size_t>(bytes)))) << length;
  }
}

TEST(TransportAnswer, MayNameTheIdentityCodingOnly) {
  ReceivedHead coded = head(200, "2", 2);
  for (const char* coding : {"", "identity", "Identity"}) {
    coded.content_encoding = coding;
    EXPECT_FALSE(answer_problem(coded)) << coding;
  }
  for (const char* coding : {"gzip", "identity, gzip", "br"}) {
    coded.content_encoding = coding;
    const auto problem = answer_problem(coded);
    ASSERT_TRUE(problem) << coding;
    EXPECT_FALSE(problem->retryable);
  }
}

TEST(TransportAnswer, KeepsTheConnectionOnlyWhereItsEndIsCertain) {
  EXPECT_TRUE(leaves_connection_usable(head(200, "2", 2)));
  EXPECT_TRUE(leaves_connection_usable(head(204, std::nullopt, 0)));
  EXPECT_TRUE(leaves_connection_usable(head(204, "0", 0)));
  EXPECT_FALSE(leaves_connection_usable(head(204, "2", 0)));
  EXPECT_FALSE(leaves_connection_usable(head(304, "2", 0)));
  EXPECT_FALSE(leaves_connection_usable(head(200, std::nullopt, 2)));
  ReceivedHead chunked = head(200, std::nullopt, 2);
  chunked.transfer_encoding = "Chunked";
  EXPECT_FALSE(answer_problem(chunked));
  EXPECT_TRUE(leaves_connection_usable(chunked));
  chunked.trailer = true;
  EXPECT_FALSE(leaves_connection_usable(chunked));
}

}  // namespace
}  // namespace cipherform::tests
