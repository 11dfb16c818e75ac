#include "config/name_table.h"

#include <gtest/gtest.h>

#include <string>

namespace cipherform::config {
namespace {

TEST(NameTable, GivesIdsInTheOrderFirstMet) {
  StringArena strings;
  NameTable names;
  EXPECT_EQ(names.intern("b", {}, strings), 0U);
  EXPECT_EQ(names.intern("a", {}, strings), 1U);
  EXPECT_EQ(names.intern("b", {}, strings), 0U);
  EXPECT_EQ(names.size(), 2U);
  EXPECT_EQ(names.find("a"), 1U);
  EXPECT_EQ(names.find("c"), std::nullopt);
  EXPECT_EQ(NameTable{}.find("a"), std::nullopt);
}

TEST(NameTable, KeepsTheFirstSpellingAndPlace) {
  StringArena strings;
  NameTable emails;
  emails.intern("ada@x.com", "Ada@x.com", {.file = 0, .line = 1, .column = 2}, strings);
  emails.intern("ada@x.com", "ADA@x.com", {.file = 0, .line = 3, .column = 4}, strings);
  ASSERT_EQ(emails.size(), 1U);
  EXPECT_EQ(emails[0].spelled, "Ada@x.com");
  EXPECT_EQ(emails[0].key, "ada@x.com");
  EXPECT_EQ(emails[0].at, (SourcePosition{.file = 0, .line = 1, .column = 2}));
}

TEST(NameTable, FindsEveryNameAmongMany) {
  StringArena strings;
  NameTable names;
  for (std::uint32_t i = 0; i < 10'000; ++i) ASSERT_EQ(names.intern("name-" + std::to_string(i), {}, strings), i);
  for (std::uint32_t i = 0; i < 10'000; ++i) ASSERT_EQ(names.find("name-" + std::to_string(i)), i);
}

TEST(NameTable, AdoptsTheNamesOfAnother) {
  StringArena strings;
  NameTable one;
  one.intern("a", {.file = 0, .line = 1, .column = 1}, strings);
  NameTable two;
  two.intern("b", {.file = 1, .line = 1, .column = 1}, strings);
  two.intern("a", {.file = 1, .line = 2, .column = 1}, strings);
  NameTable all;
  EXPECT_EQ(all.adopt(one[0]), 0U);
  EXPECT_EQ(all.adopt(two[0]), 1U);
  EXPECT_EQ(all.adopt(two[1]), 0U);
  EXPECT_EQ(all[0].at.file, 0U);
}

}  // namespace
}  // namespace cipherform::config
