#include <gtest/gtest.h>

#include "cipherform/tenant.h"

namespace cipherform {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

Time at(std::string_view text) { return *parse_rfc3339(text); }

TEST(RetryAfter, Seconds) {
  const Time now = at("2026-01-01T00:00:00Z");
  EXPECT_EQ(parse_retry_after("0", now), milliseconds{0});
  EXPECT_EQ(parse_retry_after("120", now), seconds{120});
  EXPECT_EQ(parse_retry_after(" \t007 ", now), seconds{7});
}

TEST(RetryAfter, DecimalsAreRoundedUpToTheMillisecond) {
  const Time now = at("2026-01-01T00:00:00Z");
  EXPECT_EQ(parse_retry_after("1.5", now), milliseconds{1'500});
  EXPECT_EQ(parse_retry_after("0.0301", now), milliseconds{31});
  EXPECT_EQ(parse_retry_after("2.0000", now), seconds{2});
}

TEST(RetryAfter, AbsurdSecondsAreAYear) {
  const Time now = at("2026-01-01T00:00:00Z");
  EXPECT_EQ(parse_retry_after("99999999999", now), hours{24 * 366});
  EXPECT_EQ(parse_retry_after("99999999999999999999999999999999", now), hours{24 * 366});
}

TEST(RetryAfter, AllThreeFormsOfADate) {
  const Time now = at("1994-11-06T08:49:30.500Z");
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), milliseconds{6500});
  EXPECT_EQ(parse_retry_after("Sunday, 06-Nov-94 08:49:37 GMT", now), milliseconds{6500});
  EXPECT_EQ(parse_retry_after("Sun Nov  6 08:49:37 1994", now), milliseconds{6500});
  EXPECT_EQ(parse_retry_after("Wed Nov 16 08:49:30 1994", now), hours{240} - milliseconds{500});
}

TEST(RetryAfter, ADateThatPassedIsNow) {
  const Time now = at("2026-01-01T00:00:00Z");
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), milliseconds{0});
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 2026 00:00:00 GMT", now), milliseconds{0});
}

TEST(RetryAfter, ATwoDigitYearIsAtMostFiftyYearsAhead) {
  const Time now = at("2026-01-01T00:00:00Z");
  EXPECT_EQ(parse_retry_after("Thursday, 01-Jan-26 00:00:09 GMT", now), seconds{9});
  EXPECT_EQ(parse_retry_after("Wednesday, 01-Jan-76 00:00:00 GMT", now), hours{24 * 366});
  EXPECT_EQ(parse_retry_after("Saturday, 01-Jan-77 00:00:00 GMT", now), milliseconds{0});
}

TEST(RetryAfter, WhatIsNeitherIsNothing) {
  const Time now = at("2026-01-01T00:00:00Z");
  for (const std::string_view value : {"",
                                       " ",
                                       "soon",
                                       "-1",
                                       "+5",
                                       "1.",
                                       ".5",
                                       "1.5s",
                                       "5s",
                                       "1 2",
                                       "0x10",
                                       "Sun, 06 Nov 1994 08:49:37",
                                       "Sun, 06 Nov 1994 08:49:37 UTC",
                                       "Sun, 6 Nov 1994 08:49:37 GMT",
                                       "Sun, 31 Feb 2027 08:49:37 GMT",
                                       "Sun, 06 Nov 1994 24:00:00 GMT",
                                       "Sun, 06 Nov 1994 08:60:00 GMT",
                                       "Xxx, 06 Nov 1994 08:49:37 GMT",
                                       "Sun, 06 Nov 1994 08:49:37 GMT!",
                                       "1994-11-06T08:49:37Z",
                                       "Sun Nov 6 08:49:37 1994",
                                       "Sunday, 06-Nov-1994 08:49:37 GMT"}) {
    EXPECT_EQ(parse_retry_after(value, now), std::nullopt) << value;
  }
}

}  // namespace
}  // namespace cipherform
