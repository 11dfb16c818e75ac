#include "plan/key_index.h"

#include <gtest/gtest.h>

#include <string>

#include "plan/email_keys.h"

namespace cipherform::plan {
namespace {

TEST(KeyIndex, FindsEveryKeyAndNothingElse) {
  std::vector<std::string> keys;
  for (int i = 0; i < 1000; ++i) keys.push_back("user-" + std::to_string(i) + "@x.com");
  const KeyIndex index(keys.size(), [&](std::uint32_t i) { return std::string_view{keys[i]}; });
  for (std::uint32_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(index.find(keys[i]), i);
    EXPECT_NE(index.guess(index.hash_of(keys[i])), kNone);
  }
  EXPECT_EQ(index.find("user-1000@x.com"), kNone);
  EXPECT_EQ(index.find(""), kNone);
}

TEST(KeyIndex, OfEqualKeysTheFirstCounts) {
  const std::vector<std::string_view> keys{"a", "b", "a"};
  const KeyIndex index(keys.size(), [&](std::uint32_t i) { return keys[i]; });
  EXPECT_EQ(index.find("a"), 0U);
}

TEST(KeyIndex, MayBeEmpty) {
  const KeyIndex index(0, [](std::uint32_t /*i*/) { return std::string_view{}; });
  EXPECT_EQ(index.find("a"), kNone);
}

TEST(EmailKeys, LowerCaseEmailsAreTheirOwnKeys) {
  EmailKeys keys;
  const std::string lower = "ada@x.com";
  EXPECT_EQ(keys.of(lower).data(), lower.data());
  EXPECT_EQ(keys.of("Ada@X.com"), "ada@x.com");
}

}  // namespace
}  // namespace cipherform::plan
