// The walk alone: pages are handed to it by hand, so each rule is seen by itself.
#include "tenant/listing_walk.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>

namespace cipherform {
namespace {

using ::testing::ElementsAre;

/// A row as of one reading: its ids stand for the order of creation.
struct Row {
  unsigned id = 0;
  unsigned updated = 0;
};

std::vector<Row> rows(unsigned first, unsigned end) {
  std::vector<Row> made;
  for (unsigned id = first; id < end; ++id) made.push_back({id, id});
  return made;
}

std::string time_text(unsigned n) { return fmt::format("2026-01-01T00:{:02}:{:02}.000Z", n / 60, n % 60); }

class WalkTest : public ::testing::Test {
 protected:
  void start(std::uint32_t limit = 10, std::uint32_t overlap = 2, unsigned ahead = 1, std::uint64_t most_rows = 1000) {
    WalkOptions options;
    options.limit = limit;
    options.overlap = overlap;
    options.ahead = ahead;
    options.most_rows = most_rows;
    walk.emplace(options, strings);
  }

  /// Answers the request to `offset` and judges all whose turn it is.
  void arrive(std::uint64_t offset, const std::vector<Row>& page, std::optional<bool> has_next,
              std::optional<std::uint64_t> total = {}) {
    pages[offset] = {page, has_next, total};
    walk->arrived(offset, std::to_string(offset));
    while (const std::string* const body = walk->turn()) judge(pages[std::stoull(*body)]);
  }

  std::vector<std::uint64_t> requests() {
    std::vector<std::uint64_t> offsets;
    while (const auto offset = walk->next_request()) offsets.push_back(*offset);
    return offsets;
  }

  /// Answers requests one after another until the list is given up; how many it took.
  template <class Answer>
  unsigned until_given_up(Answer answer) {
    unsigned asked = 0;
    std::deque<std::uint64_t> open;
    while (error.empty() && asked < 10'000) {
      for (const std::uint64_t offset : requests()) open.push_back(offset);
      if (open.empty()) {
        ADD_FAILURE() << "nothing is asked for";
        return asked;
      }
      const std::uint64_t offset = open.front();
      open.pop_front();
      ++asked;
      answer(offset);
    }
    return asked;
  }

  bool saw(unsigned id) const { return walk->has(fmt::format("{:06}", id)); }
  bool saw_all(unsigned end) const {
    for (unsigned id = 0; id < end; ++id) {
      if (!saw(id)) return false;
    }
    return true;
  }

  struct Page {
    std::vector<Row> rows;
    std::optional<bool> has_next;
    std::optional<std::uint64_t> total;
  };

  void judge(const Page& page) {
    std::vector<std::string> texts;
    texts.reserve(3 * page.rows.size());
    std::vector<RowKey> keys;
    for (const Row& row : page.rows) {
      texts.push_back(fmt::format("{:06}", row.id));
      texts.push_back(time_text(row.id));
      texts.push_back(time_text(row.updated));
      keys.push_back({texts[texts.size() - 3], texts[texts.size() - 2], texts[texts.size() - 1]});
    }
    const auto verdict = walk->judge({page.total, page.has_next}, keys);
    if (!verdict) {
      error = verdict.error().what;
      walk.reset();
      start();  // an empty one, so that the loops end
    } else if (verdict->accepted) {
      places.assign(verdict->rows.begin(), verdict->rows.end());
    }
  }

  StringArena strings;
  std::optional<ListingWalk> walk;
  std::map<std::uint64_t, Page> pages;
  std::vector<std::uint32_t> places;
  std::string error;
};

TEST_F(WalkTest, OnePageIsTheWholeListAndNeedsNoOrder) {
  start();
  EXPECT_THAT(requests(), ElementsAre(0));
  arrive(0, {{3, 1}, {1, 2}, {2, 3}}, false, 3);
  EXPECT_TRUE(walk->ended());
  EXPECT_TRUE(walk->proves());
  EXPECT_TRUE(requests().empty());
}

TEST_F(WalkTest, AnEmptyListIsAList) {
  start();
  requests();
  arrive(0, {}, false, 0);
  EXPECT_TRUE(walk->proves());
  EXPECT_EQ(walk->rows(), 0U);
}

TEST_F(WalkTest, PagesOverlap) {
  start();
  EXPECT_THAT(requests(), ElementsAre(0));
  arrive(0, rows(0, 10), true);
  EXPECT_THAT(requests(), ElementsAre(8));
  arrive(8, rows(8, 18), true);
  EXPECT_THAT(requests(), ElementsAre(16));
  arrive(16, rows(16, 20), false);
  EXPECT_TRUE(walk->proves());
  EXPECT_TRUE(saw_all(20));
  EXPECT_EQ(walk->requests(), 3U);
  EXPECT_EQ(walk->accepted_pages(), 3U);
}

TEST_F(WalkTest, NothingIsReadAheadWithoutATotalAndNeverTheLastPage) {
  start(10, 2, 8);
  requests();
  arrive(0, rows(0, 10), true);
  EXPECT_THAT(requests(), ElementsAre(8));
  start(10, 2, 8);
  requests();
  arrive(0, rows(0, 10), true, 50);
  EXPECT_THAT(requests(), ElementsAre(8, 16, 24, 32));  // 40 would be the last
}

TEST_F(WalkTest, ReadingAheadIsBounded) {
  start(10, 2, 2);
  requests();
  arrive(0, rows(0, 10), true, 1000);
  EXPECT_EQ(requests().size(), 4U);
}

TEST_F(WalkTest, PagesReadAheadMayArriveInAnyOrder) {
  start(10, 2, 8);
  requests();
  arrive(0, rows(0, 10), true, 34);
  EXPECT_THAT(requests(), ElementsAre(8, 16));
  arrive(16, rows(16, 26), true, 34);
  EXPECT_EQ(walk->rows(), 10U);
  arrive(8, rows(8, 18), true, 34);
  EXPECT_EQ(walk->rows(), 26U);
  EXPECT_THAT(requests(), ElementsAre(24));
  arrive(24, rows(24, 34), false, 34);
  EXPECT_TRUE(walk->proves());
  EXPECT_TRUE(saw_all(34));
}

TEST_F(WalkTest, APageThatDoesNotJoinIsSteppedBackFrom) {
  start();
  requests();
  arrive(0, rows(0, 10), true);
  requests();
  // Rows 0 to 3 are gone: what was at 12 is at 8 now, and 10 and 11 would be missed.
  arrive(8, rows(12, 22), true);
  EXPECT_EQ(walk->rows(), 10U);
  EXPECT_THAT(requests(), ElementsAre(6));
  arrive(6, rows(10, 20), true);  // still none in common
  EXPECT_THAT(requests(), ElementsAre(4));
  arrive(4, rows(8, 18), true);  // joins, and then the two that were kept do
  EXPECT_EQ(walk->rows(), 22U);
  EXPECT_TRUE(saw_all(22));
  EXPECT_THAT(requests(), ElementsAre(16));
  arrive(16, rows(20, 24), false);
  EXPECT_TRUE(walk->proves());
}

TEST_F(WalkTest, StepsDoubleUntilTheStart) {
  start();
  std::vector<std::uint64_t> all = requests();
  for (unsigned n = 0; n < 6; ++n) {
    arrive(8ULL * n, rows(8 * n, 8 * n + 10), true);
    for (const std::uint64_t offset : requests()) all.push_back(offset);
  }
  std::vector<std::uint64_t> steps;
  for (unsigned page = 48; walk && steps.size() < 6;) {
    arrive(page, rows(500 + page, 510 + page), true);
    const auto next = requests();
    ASSERT_EQ(next.size(), 1U);
    steps.push_back(next.front());
    page = static_cast<unsigned>(next.front());
    if (page == 0) break;
  }
  EXPECT_THAT(steps, ElementsAre(46, 44, 40, 32, 16, 0));
  arrive(0, rows(500, 510), true);  // the start always joins
  EXPECT_EQ(walk->rows(), 60U);
}

TEST_F(WalkTest, AGapBehindAShortPageIsFilled) {
  start(10, 2, 8);
  requests();
  arrive(0, rows(0, 10), true, 40);
  EXPECT_THAT(requests(), ElementsAre(8, 16, 24));
  arrive(16, rows(16, 26), true, 40);
  arrive(8, rows(8, 12), true, 40);  // the API gave less than it could
  EXPECT_EQ(walk->rows(), 12U);
  EXPECT_THAT(requests(), ElementsAre(10));
  arrive(10, rows(10, 20), true, 40);
  EXPECT_EQ(walk->rows(), 26U);
}

TEST_F(WalkTest, APageOvertakenByChangesIsDroppedAndAskedForAgain) {
  start(10, 2, 8);
  requests();
  arrive(0, rows(0, 10), true, 30);
  EXPECT_THAT(requests(), ElementsAre(8, 16));
  arrive(16, rows(16, 26), true, 30);
  arrive(8, rows(100, 110), true, 30);  // of users who are all gone when we look again
  EXPECT_THAT(requests(), ElementsAre(6));
  arrive(6, rows(6, 16), true, 30);
  EXPECT_EQ(walk->rows(), 16U);
  EXPECT_THAT(requests(), ElementsAre(14));
  arrive(14, rows(14, 24), true, 30);
  EXPECT_EQ(walk->rows(), 26U);
  EXPECT_FALSE(saw(100));
}

TEST_F(WalkTest, AnEmptyPageBehindTheEndLeadsBackToTheEnd) {
  start();
  requests();
  arrive(0, rows(0, 10), true);
  requests();
  arrive(8, {}, false);  // five were deleted
  EXPECT_FALSE(walk->ended());
  EXPECT_THAT(requests(), ElementsAre(6));
  arrive(6, {}, false);
  EXPECT_THAT(requests(), ElementsAre(4));
  arrive(4, rows(9, 10), false);
  EXPECT_TRUE(walk->proves());
}

TEST_F(WalkTest, TheLaterReadingOfARowIsKept) {
  start(10, 2, 8);
  requests();
  arrive(0, rows(0, 10), true, 34);
  requests();
  arrive(16, rows(16, 26), true, 34);
  arrive(8, rows(8, 18), true, 34);
  // Page 8 was read after page 0, so 8 and 9 are taken from it; page 16 was read before
  // page 8, so 16 and 17 stay as page 8 has them.
  EXPECT_THAT(places, ElementsAre(kKeepWhatIsThere, kKeepWhatIsThere, 18, 19, 20, 21, 22, 23, 24, 25));
  requests();
  arrive(24, rows(24, 34), false, 34);
  EXPECT_THAT(places, ElementsAre(24, 25, 26, 27, 28, 29, 30, 31, 32, 33));
}

TEST_F(WalkTest, ARowTwiceInOnePageIsOneRow) {
  start();
  requests();
  arrive(0, {{1, 1}, {2, 2}, {1, 5}}, false);
  EXPECT_EQ(walk->rows(), 2U);
  EXPECT_THAT(places, ElementsAre(0, 1, 0));
}

// ------------------------------------------------------------------ the order

TEST_F(WalkTest, WithoutAFixedOrderOnePassProvesNothing) {
  start();
  requests();
  arrive(0, {{5, 1}, {3, 9}, {4, 2}, {1, 7}, {9, 3}, {0, 4}, {7, 8}, {8, 5}, {2, 6}, {6, 0}}, true);
  requests();
  arrive(8, {{2, 6}, {6, 0}, {10, 10}}, false);
  EXPECT_TRUE(walk->ended());
  EXPECT_FALSE(walk->proves());
}

TEST_F(WalkTest, WhatMayBeLatestFirstProvesNothing) {
  start();
  requests();
  std::vector<Row> all = rows(0, 14);
  std::ranges::reverse(all);
  arrive(0, {all.begin(), all.begin() + 10}, true);
  requests();
  arrive(8, {all.begin() + 8, all.end()}, false);
  EXPECT_TRUE(walk->ended());
  EXPECT_FALSE(walk->proves());
}

TEST_F(WalkTest, WhatMayFollowUpdatesJoinsOnlyByRowsThatWereNotUpdated) {
  // Oldest update first, which looks like oldest first. 0 to 6 and 8 were updated and
  // deleted or moved to the end; 10 to 12 were stepped over and are before the page.
  start();
  requests();
  arrive(0, rows(0, 10), true);
  requests();
  arrive(8, {{8, 90}, {9, 91}}, false);
  EXPECT_FALSE(walk->ended());
  EXPECT_THAT(requests(), ElementsAre(6));
  arrive(6, {{12, 12}, {13, 13}, {8, 90}, {9, 91}}, false);
  EXPECT_THAT(requests(), ElementsAre(4));
  arrive(4, {{7, 7}, {10, 10}, {11, 11}, {12, 12}, {13, 13}, {8, 90}, {9, 91}}, false);
  EXPECT_TRUE(saw_all(14));
  EXPECT_TRUE(walk->ended());
  EXPECT_FALSE(walk->proves());  // the rows that moved contradict an order by creation
}

TEST_F(WalkTest, WhereUpdatesDoNotRuleTheOrderUpdatedRowsJoinToo) {
  start();
  requests();
  std::vector<Row> first = rows(0, 10);
  first[3].updated = 50;  // so it is no order by updatedAt
  arrive(0, first, true);
  requests();
  arrive(8, {{8, 90}, {9, 91}, {10, 10}}, false);
  EXPECT_TRUE(walk->proves());
}

TEST_F(WalkTest, WhatMayFollowUpdatesEndsOnlyWithAPageAskedForAfterAllOthersArrived) {
  start(10, 2, 8);
  requests();
  arrive(0, rows(0, 10), true, 40);
  EXPECT_THAT(requests(), ElementsAre(8, 16, 24));
  // While page 8 is on its way, 18 rows behind are deleted, and 24 answers with the end.
  arrive(24, rows(24, 28), false, 28);
  arrive(16, rows(16, 26), true, 28);
  // Then 12 is updated and moves to the end, before page 8 is read.
  arrive(8, {{8, 8}, {9, 9}, {10, 10}, {11, 11}, {13, 13}, {14, 14}, {15, 15}, {16, 16}, {17, 17}, {18, 18}}, true, 28);
  EXPECT_FALSE(saw(12));
  EXPECT_FALSE(walk->ended());
  EXPECT_THAT(requests(), ElementsAre(26));
  arrive(26, {{27, 27}, {12, 99}}, false, 28);
  EXPECT_TRUE(saw(12));
  EXPECT_TRUE(walk->ended());
  EXPECT_FALSE(walk->proves());
}

// ------------------------------------------------------------- limits and ends

TEST_F(WalkTest, AClampedLimitIsFollowed) {
  start(100, 5);
  requests();
  arrive(0, rows(0, 25), true);
  EXPECT_THAT(requests(), ElementsAre(20));
}

TEST_F(WalkTest, AClampWithoutHasNextIsSeenByTheTotal) {
  start(100, 5);
  requests();
  arrive(0, rows(0, 25), std::nullopt, 60);
  EXPECT_THAT(requests(), ElementsAre(20));
}

TEST_F(WalkTest, TinyPagesOverlapLess) {
  for (const auto& [rows_in_page, next] : {std::pair{8U, 6U}, {5U, 4U}, {3U, 2U}, {2U, 1U}, {1U, 1U}}) {
    start(100, 5);
    requests();
    arrive(0, rows(0, rows_in_page), true);
    EXPECT_THAT(requests(), ElementsAre(next)) << rows_in_page;
  }
}

TEST_F(WalkTest, PagesOfOneRowProveNothing) {
  start(1, 5);
  for (unsigned n = 0; n < 4; ++n) {
    EXPECT_THAT(requests(), ElementsAre(n));
    arrive(n, rows(n, n + 1), n < 3);
  }
  EXPECT_TRUE(walk->ended());
  EXPECT_TRUE(saw_all(4));
  EXPECT_FALSE(walk->proves());
}

TEST_F(WalkTest, WithoutAnOverlapOnePassProvesNothing) {
  start(10, 0);
  requests();
  arrive(0, rows(0, 10), true);
  EXPECT_THAT(requests(), ElementsAre(10));
  arrive(10, rows(10, 12), false);
  EXPECT_TRUE(walk->ended());
  EXPECT_FALSE(walk->proves());
}

TEST_F(WalkTest, AFullPageIsNotTheLastWhereTheTotalSaysMore) {
  start();
  requests();
  arrive(0, rows(0, 10), false, 15);
  EXPECT_FALSE(walk->ended());
  EXPECT_THAT(requests(), ElementsAre(8));
  arrive(8, rows(8, 15), false, 15);
  EXPECT_TRUE(walk->proves());
}

TEST_F(WalkTest, WithoutHasNextAShortPageIsTheLast) {
  start();
  requests();
  arrive(0, rows(0, 10), std::nullopt);
  requests();
  arrive(8, rows(8, 18), std::nullopt);
  EXPECT_FALSE(walk->ended());
  requests();
  arrive(16, rows(16, 18), std::nullopt);
  EXPECT_TRUE(walk->proves());
}

TEST_F(WalkTest, WithoutHasNextAShortFirstPageIsAskedBehind) {
  start();
  requests();
  arrive(0, rows(0, 4), std::nullopt);
  EXPECT_FALSE(walk->ended());  // the API may give four rows a page
  EXPECT_THAT(requests(), ElementsAre(3));
  arrive(3, rows(3, 4), std::nullopt);
  EXPECT_TRUE(walk->proves());
}

TEST_F(WalkTest, WithoutHasNextATotalThatAgreesEndsAShortFirstPage) {
  start();
  requests();
  arrive(0, rows(0, 4), std::nullopt, 4);
  EXPECT_TRUE(walk->proves());
}

TEST_F(WalkTest, WithoutHasNextATotalDoesNotEndAFullPage) {
  start();
  requests();
  arrive(0, rows(0, 10), std::nullopt, 10);
  EXPECT_FALSE(walk->ended());
}

TEST_F(WalkTest, AnApiWithoutPagesIsRead) {
  start();
  requests();
  arrive(0, rows(0, 60), false);
  EXPECT_TRUE(walk->proves());
  start();
  requests();
  arrive(0, rows(0, 60), std::nullopt, 60);
  EXPECT_TRUE(walk->proves());
}

// --------------------------------------------------------------- broken lists

TEST_F(WalkTest, AnIgnoredOffsetIsNoticedAfterThreePages) {
  start();
  EXPECT_EQ(until_given_up([&](std::uint64_t offset) { arrive(offset, rows(0, 10), true, 50); }), 4U);
  EXPECT_EQ(error, "every page begins with the same entry: the API ignores `offset`");
}

TEST_F(WalkTest, AListWithoutAnEndIsGivenUp) {
  start(10, 2, 1, 200);
  const unsigned asked = until_given_up([&](std::uint64_t offset) {
    const auto first = static_cast<unsigned>(offset);
    arrive(offset, rows(first, first + 10), true);
  });
  EXPECT_EQ(error, "the list does not end: 202 were read");
  EXPECT_EQ(asked, 25U);
}

TEST_F(WalkTest, APageThatSaysThatMoreFollowsButBringsNothingIsGivenUp) {
  start();
  const unsigned asked = until_given_up([&](std::uint64_t offset) {
    const auto first = static_cast<unsigned>(offset);
    arrive(offset, rows(first, std::min(first + 10, 12U)), true, 12);
  });
  EXPECT_EQ(error, "the list does not end: 17 pages in a row had nobody new");
  EXPECT_EQ(asked, 19U);
}

TEST_F(WalkTest, AnEmptyFirstPageThatSaysThatMoreFollowsIsGivenUp) {
  start();
  requests();
  arrive(0, {}, true, {});
  EXPECT_EQ(error, "the first page is empty, yet it says that more follow");
}

TEST_F(WalkTest, EmptyPagesThatSayThatMoreFollowsAreGivenUp) {
  start();
  const unsigned asked = until_given_up(
      [&](std::uint64_t offset) { arrive(offset, offset == 0 ? rows(0, 10) : std::vector<Row>{}, true, 50); });
  EXPECT_EQ(error, "the list changes faster than it can be read");
  EXPECT_LT(asked, 60U);
}

TEST_F(WalkTest, ACountWithoutAListIsGivenUp) {
  start();
  requests();
  arrive(0, {}, false, 500);
  EXPECT_EQ(error, "the API counts 500 but lists none");
}

TEST_F(WalkTest, PagesThatNeverFitAreGivenUp) {
  start();
  unsigned fresh = 0;
  const unsigned asked = until_given_up([&](std::uint64_t offset) {
    fresh += 20;
    arrive(offset, rows(fresh, fresh + 10), true, 40);
  });
  EXPECT_EQ(error, "the list changes faster than it can be read");
  EXPECT_LT(asked, 200U);
}

}  // namespace
}  // namespace cipherform
