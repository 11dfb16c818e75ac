#include "ledger/lines.h"

#include <gtest/gtest.h>

namespace cipherform {
namespace {

using Texts = std::vector<std::string>;

TEST(Lines, AreOneTextEach) {
  EXPECT_EQ(lines_of({"ada@example.com", "bob@example.com"}), "ada@example.com\nbob@example.com\n");
  EXPECT_EQ(lines_of({}), "");
  EXPECT_EQ(texts_of(""), Texts{});
}

TEST(Lines, AnyTextComesBackAsItWas) {
  const Texts hostile{"", "a\nb@example.com", R"(back\slash)", R"(\n)", "\n\n", std::string("nul\0l", 5), "\\", "ö"};
  EXPECT_EQ(texts_of(lines_of(hostile)), hostile);
  EXPECT_EQ(lines_of(hostile).find('\0'), std::string::npos);
}

TEST(Lines, WhatNobodyWroteIsTakenAsItStands) { EXPECT_EQ(texts_of("a\\x\nlast\\"), (Texts{"a\\x", "last\\"})); }

}  // namespace
}  // namespace cipherform
