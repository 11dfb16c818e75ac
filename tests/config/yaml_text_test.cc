#include "config/yaml_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "config/declarations.h"

namespace cipherform::config {
namespace {

TEST(YamlText, WordsAndAddressesAreAsTheyAre) {
  for (const char* text : {"Engineering", "Break-glass 2", "ada@example.com", "2fa+bot@example.com", "a.b_c/d",
                           "Infinity", "https://api.example.com:8371/qa", "550e8400-e29b-41d4-a716-446655440000"}) {
    EXPECT_EQ(yaml_string(text), text);
  }
}

TEST(YamlText, WhatSomeReaderTakesForSomethingElseIsQuoted) {
  for (const char* text :
       {"yes",  "No", "NULL", "~",        "true", "off",  "y",  "1e3", "0x10", "1:30", "2027", ".inf", "- x", "# x",
        "*",    "&a", "!",    "!!binary", "a: b", "a #b", "<<", "{a}", "[a]",  "|",    ">",    "%a",   "@a",  "`a`",
        "a  b", " a", "a ",   "---",      "...",  "=",    "",   "1@2", "a,b",  "'a'",  "é",    "?"}) {
    EXPECT_EQ(yaml_string(text), '"' + std::string(text) + '"');
  }
}

TEST(YamlText, EscapesWhatIsNotSeenAndWhatEndsALine) {
  EXPECT_EQ(yaml_string("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(yaml_string("a\n\tb\r\x1b[2J\x7f"), R"("a\n\tb\x0d\x1b[2J\x7f")");
  EXPECT_EQ(yaml_string(std::string("a\0b", 3)), R"("a\x00b")");
  EXPECT_EQ(yaml_string("\u0085 \u00a0 \u00ad"), R"("\x85 \xa0 \xad")");
  EXPECT_EQ(yaml_string("\u202e\u2028\u200b\ufeff"), R"("\u202e\u2028\u200b\ufeff")");
  EXPECT_EQ(yaml_string("\U000e0041"), R"("\U000e0041")");
  EXPECT_EQ(yaml_string("\xff\xc3"), "\"\uFFFD\uFFFD\"");
}

TEST(YamlText, CommentsAreCutBetweenCharacters) {
  EXPECT_EQ(yaml_comment("Engineering"), "Engineering");
  EXPECT_EQ(yaml_comment("two words"), "\"two words\"");
  const std::string cut = yaml_comment(std::string(255, 'x') + "é and more");
  EXPECT_EQ(cut, std::string(255, 'x') + "…");
}

/// Every string that a declaration may hold comes back as it was, as a value and as a key.
TEST(YamlText, IsReadBack) {
  const std::vector<std::string> names = {"yes",
                                          "1e3",
                                          "- x",
                                          "# x",
                                          "a: b",
                                          "a #b",
                                          "<<",
                                          "\"",
                                          "\\",
                                          "'",
                                          "*a",
                                          "&a",
                                          "!a",
                                          "~",
                                          "{a}",
                                          "a\\n",
                                          "\u202e",
                                          "\u200b",
                                          "\u00a0",
                                          "\ufeff",
                                          "\U000e0041",
                                          "日本語",
                                          std::string(256, '"'),
                                          "?",
                                          "-"};
  for (const std::string& name : names) {
    const std::string written = yaml_string(name);
    const DesiredState state = tests::state_of(tests::kHead + "groups: {" + written + ": {members: [a@x.com]}}\n" +
                                               "users: [{email: b@x.com, groups: [" + written + "]}]\n");
    ASSERT_EQ(state.groups.size(), 1U) << written;
    EXPECT_EQ(state.groups.front().name, name);
    EXPECT_EQ(state.memberships.size(), 2U) << written;
  }
}

}  // namespace
}  // namespace cipherform::config
