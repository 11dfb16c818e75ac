#include "cipherform/utf8.h"

#include <gtest/gtest.h>

namespace cipherform {
namespace {

TEST(RepairedUtf8, LeavesWhatIsWellFormed) {
  for (const std::string text : {"", "a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xef\xbf\xbd"}) {
    EXPECT_EQ(repaired_utf8(text), text);
  }
}

TEST(RepairedUtf8, ReplacesEachByteThatBelongsToNothing) {
  const std::string mark = "\xef\xbf\xbd";
  EXPECT_EQ(repaired_utf8("a\xff"), "a" + mark);
  EXPECT_EQ(repaired_utf8("\xc3"), mark);                        // cut
  EXPECT_EQ(repaired_utf8("\xc0\xaf"), mark + mark);             // overlong
  EXPECT_EQ(repaired_utf8("\xed\xa0\x80"), mark + mark + mark);  // a surrogate
  EXPECT_EQ(repaired_utf8("\xf4\x90\x80\x80x"), mark + mark + mark + mark + "x");
}

}  // namespace
}  // namespace cipherform
