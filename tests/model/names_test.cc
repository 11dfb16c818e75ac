#include <gtest/gtest.h>

#include "cipherform/model.h"

namespace cipherform {
namespace {

TEST(EmailKey, FoldsAsciiOnly) { EXPECT_EQ(email_key("Ada.L\xC3\x84@Example.COM"), "ada.l\xC3\x84@example.com"); }

TEST(IsEmail, AcceptsWhatCanBeSent) {
  for (const char* text : {"ada@example.com", "a+b.c@sub.example.co.uk", "x_1-2@e-x.org", "o'neil@example.com"}) {
    EXPECT_TRUE(is_email(text)) << text;
  }
  EXPECT_TRUE(is_email(std::string(64, 'a') + "@example.com"));
}

TEST(IsEmail, RefusesWhatCannot) {
  for (const char* text :
       {"", "ada", "@example.com", "ada@", "ada@example", "a da@example.com", "ada@exa mple.com", "ada@@example.com",
        "ada@example..com", "ada@-x.com", "ada@x-.com", ".ada@example.com", "ada.@example.com", "a..b@example.com",
        "\"a\"@example.com", "ada@example.com\n", "<ada@example.com>", "ada@example.com.", "ada@exam_ple.com"}) {
    EXPECT_FALSE(is_email(text)) << text;
  }
  EXPECT_FALSE(is_email(std::string(65, 'a') + "@example.com"));
  EXPECT_FALSE(is_email("a@" + std::string(64, 'b') + ".com"));
  const std::string label = "." + std::string(63, 'b');
  const std::string domain = label.substr(1) + label + label;  // 191 bytes
  EXPECT_TRUE(is_email(std::string(62, 'a') + "@" + domain));  // 254, the most
  EXPECT_FALSE(is_email(std::string(63, 'a') + "@" + domain));
}

TEST(IsUuid, IsTheCanonicalForm) {
  EXPECT_TRUE(is_uuid("550e8400-e29b-41d4-a716-446655440000"));
  EXPECT_TRUE(is_uuid("550E8400-E29B-41D4-A716-446655440000"));
  for (const char* text : {"", "550e8400e29b41d4a716446655440000", "550e8400-e29b-41d4-a716-44665544000g",
                           "550e8400-e29b-41d4-a716-4466554400000", "{550e8400-e29b-41d4-a716-446655440000}"}) {
    EXPECT_FALSE(is_uuid(text)) << text;
  }
}

TEST(ParseUserStatus, ComparesWithoutCaseAndKeepsTheUnknown) {
  EXPECT_EQ(parse_user_status("ACTIVE"), UserStatus::active);
  EXPECT_EQ(parse_user_status("Pending"), UserStatus::invited);
  EXPECT_EQ(parse_user_status("expired"), UserStatus::expired);
  EXPECT_EQ(parse_user_status("Deactivated"), UserStatus::deactivated);
  EXPECT_EQ(parse_user_status("activ"), UserStatus::other);
  EXPECT_EQ(parse_user_status(""), UserStatus::other);
}

TEST(GlobMatch, MatchesTheWholeText) {
  EXPECT_TRUE(glob_match("*@example.com", "ada@example.com"));
  EXPECT_TRUE(glob_match("Eng*", "Engineering"));
  EXPECT_TRUE(glob_match("[AB]da", "Ada"));
  EXPECT_TRUE(glob_match("\\*", "*"));
  EXPECT_FALSE(glob_match("Eng", "Engineering"));
  EXPECT_FALSE(glob_match("?", ""));
}

TEST(DidYouMean, NamesTheClosestOfTheLikely) {
  const std::array<std::string_view, 3> keys{"groups", "users", "teams"};
  EXPECT_EQ(did_you_mean("group", keys), "groups");
  EXPECT_EQ(did_you_mean("Users", keys), "users");
  EXPECT_EQ(did_you_mean("environment", keys), "");
  EXPECT_EQ(did_you_mean("x", std::array<std::string_view, 1>{"y"}), "y");
  EXPECT_EQ(did_you_mean("xy", std::array<std::string_view, 1>{"ab"}), "");
}

}  // namespace
}  // namespace cipherform
