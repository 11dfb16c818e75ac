#include <gtest/gtest.h>

#include "cipherform/model.h"

namespace cipherform {
namespace {

using std::chrono::milliseconds;

TEST(Rfc3339, ReadsUtcOffsetsAndFractions) {
  const auto noon = parse_rfc3339("2027-01-31T12:00:00Z");
  ASSERT_TRUE(noon);
  EXPECT_EQ(noon->time_since_epoch(), std::chrono::seconds{1801396800});
  EXPECT_EQ(parse_rfc3339("2027-01-31T13:30:00+01:30"), noon);
  EXPECT_EQ(parse_rfc3339("2027-01-31t11:00:00-01:00"), noon);
  EXPECT_EQ(parse_rfc3339("2027-01-31T12:00:00.250Z"), *noon + milliseconds{250});
  EXPECT_EQ(parse_rfc3339("2027-01-31T12:00:00.2509999Z"), *noon + milliseconds{250});
}

class NotATime : public testing::TestWithParam<const char*> {};

TEST_P(NotATime, IsRefused) {
  EXPECT_FALSE(parse_rfc3339(GetParam())) << GetParam();
  EXPECT_FALSE(parse_until(GetParam())) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Rfc3339, NotATime,
                         testing::Values("", "tomorrow", "2027-02-30", "2027-13-01T00:00:00Z", "2027-01-31T24:00:00Z",
                                         "2027-01-31T12:60:00Z", "2027-01-31T12:00:61Z", "2027-01-31T12:00:00",
                                         "2027-01-31T12:00:00.Z", "2027-01-31T12:00:00Zx", "2027-01-31T12:00:00+24:00",
                                         "2027-1-31", "27-01-31", "2027-01-31 ", "+2027-01-31",
                                         // Before the year 0 or after 9999 in UTC: could not be written again.
                                         "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:60Z",
                                         "9999-12-31T23:59:00-00:01"));

TEST(Rfc3339, ReachesFromTheFirstToTheLastYearThatCanBeWritten) {
  for (const char* text : {"0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"}) {
    EXPECT_EQ(format_rfc3339(parse_rfc3339(text).value()), text);
  }
}

TEST(Until, OfADateIsTheEndOfThatDay) {
  EXPECT_EQ(parse_until("2027-01-31"), *parse_rfc3339("2027-02-01T00:00:00Z") - milliseconds{1});
}

TEST(FormatRfc3339, GivesBackWhatWasRead) {
  for (const char* text : {"2027-01-31T12:00:00Z", "1969-12-31T23:59:59Z", "2000-02-29T00:00:00.007Z"}) {
    EXPECT_EQ(format_rfc3339(parse_rfc3339(text).value()), text);
  }
}

}  // namespace
}  // namespace cipherform
