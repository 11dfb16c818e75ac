#include "render/markdown_page.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace cipherform {
namespace {

std::string numbered(std::size_t i) { return "entry " + std::to_string(i); }  // "- entry 0\n" is ten bytes

TEST(MarkdownPage, ListsEverythingThatFits) {
  MarkdownPage page(1000, 0);
  EXPECT_EQ(page.list("", 2, numbered, {100, 10}), 2U);
  EXPECT_TRUE(page.whole());
  EXPECT_EQ(std::move(page).take(), "- entry 0\n- entry 1\n");
}

TEST(MarkdownPage, CountsWhatIsLeftOut) {
  MarkdownPage page(1000, 0);
  EXPECT_EQ(page.list("> ", 4'213, numbered, {100, 2}), 2U);
  EXPECT_TRUE(page.whole()) << "as many as were wanted are there";
  EXPECT_EQ(std::move(page).take(), "> - entry 0\n> - entry 1\n> - and 4,211 more\n");
}

TEST(MarkdownPage, StopsAtTheBytesThatAListMayTake) {
  for (const std::size_t bytes : {0U, 9U, 10U, 19U, 20U}) {
    MarkdownPage page(1000, 0);
    page.line("before");
    EXPECT_EQ(page.list("", 5, numbered, {bytes, 5}), bytes / 10);
    EXPECT_FALSE(page.whole());
  }
}

TEST(MarkdownPage, AsksForNoEntryThatItDoesNotNeed) {
  MarkdownPage page(1000, 0);
  std::size_t asked = 0;
  const auto entry = [&](std::size_t i) {
    ++asked;
    return numbered(i);
  };
  page.list("", 1'000'000, entry, {95, 1'000'000});
  EXPECT_EQ(asked, 10U);
}

TEST(MarkdownPage, SharesWhatIsLeftBesideWhatIsReserved) {
  MarkdownPage page(1000, 200);
  EXPECT_EQ(page.share(1, 2), 400U);
  page.own(std::string(400, 'x'));
  EXPECT_EQ(page.share(3, 4), 300U);
  page.own(std::string(500, 'x'));
  EXPECT_EQ(page.share(1, 1), 0U);
}

}  // namespace
}  // namespace cipherform
