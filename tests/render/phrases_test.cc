#include "render/phrases.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cipherform {
namespace {

const Time kNow = *parse_rfc3339("2027-01-19T09:30:00Z");

std::string until(const char* text) { return until_phrase(*parse_until(text), kNow); }

Source source(std::string file, std::uint32_t line, std::string team = {}, std::string reason = {}) {
  return {std::move(file), line, 5, std::move(team), std::move(reason), {}};
}

TEST(UntilPhrase, SaysTheDateThatWasWritten) {
  EXPECT_EQ(until("2027-01-31"), "until 2027-01-31 (in 12 days)");
  EXPECT_EQ(until("2027-01-31T08:00:00Z"), "until 2027-01-31T08:00:00Z (in 11 days)");
  EXPECT_EQ(until("2027-01-31T08:00:00+02:00"), "until 2027-01-31T06:00:00Z (in 11 days)");
}

TEST(UntilPhrase, PicksTheUnitThatStillSaysSomething) {
  EXPECT_EQ(until("2027-01-19T09:31:59Z"), "until 2027-01-19T09:31:59Z (in a minute)");
  EXPECT_EQ(until("2027-01-19T11:29:59Z"), "until 2027-01-19T11:29:59Z (in 119 minutes)");
  EXPECT_EQ(until("2027-01-19T11:30:00Z"), "until 2027-01-19T11:30:00Z (in 2 hours)");
  EXPECT_EQ(until("2027-01-21T09:29:59Z"), "until 2027-01-21T09:29:59Z (in 47 hours)");
  EXPECT_EQ(until("2027-01-21T09:30:00Z"), "until 2027-01-21T09:30:00Z (in 2 days)");
  EXPECT_EQ(until("2027-04-19"), "until 2027-04-19 (in 90 days)");
  EXPECT_EQ(until("2027-04-20"), "until 2027-04-20 (in 3 months)");
  EXPECT_EQ(until("2030-01-31"), "until 2030-01-31 (in 3 years)");
}

TEST(AgoPhrase, IsNeverAhead) {
  EXPECT_EQ(ago_phrase(kNow - std::chrono::hours{5}, kNow), "5 hours ago");
  EXPECT_EQ(ago_phrase(kNow, kNow), "just now");
  EXPECT_EQ(ago_phrase(kNow - std::chrono::milliseconds{59'999}, kNow), "just now");
  EXPECT_EQ(ago_phrase(kNow - std::chrono::minutes{1}, kNow), "a minute ago");
  EXPECT_EQ(ago_phrase(kNow + std::chrono::hours{5}, kNow), "just now") << "another machine's clock";
}

TEST(UntilPhrase, OfTheMomentItselfIsNotPast) {
  EXPECT_EQ(until("2027-01-19T09:30:00Z"), "until 2027-01-19T09:30:00Z (in a minute)");
  EXPECT_EQ(until("2027-01-16"), "until 2027-01-16 (2 days ago)");
}

TEST(ExpiredPhrase, NamesTheLastEnd) {
  std::vector<Source> sources{source("a.yaml", 1), source("b.yaml", 2), source("c.yaml", 3)};
  sources[0].until = parse_until("2026-12-01");
  sources[1].until = parse_until("2027-01-16");
  EXPECT_EQ(expired_phrase(sources, kNow), "ended 2027-01-16 (2 days ago)");
  EXPECT_EQ(expired_phrase({}, kNow), "ended");
}

TEST(OriginPhrase, ListsAFewAndCountsTheRest) {
  std::vector<Source> sources{source("a.yaml", 1)};
  EXPECT_EQ(origin_phrase({}), "");
  EXPECT_EQ(origin_phrase(sources), "a.yaml:1:5");
  sources.push_back(source("b.yaml", 2, "sre"));
  EXPECT_EQ(origin_phrase(sources), "a.yaml:1:5 and b.yaml:2:5 via team sre");
  sources.push_back(source("c.yaml", 3));
  EXPECT_EQ(origin_phrase(sources), "a.yaml:1:5, b.yaml:2:5 via team sre and c.yaml:3:5");
  sources.push_back(source("d.yaml", 4));
  EXPECT_EQ(origin_phrase(sources), "a.yaml:1:5, b.yaml:2:5 via team sre and 2 more");
  sources.resize(1'500, source("e.yaml", 5));
  EXPECT_EQ(origin_phrase(sources), "a.yaml:1:5, b.yaml:2:5 via team sre and 1,498 more");
}

TEST(ReasonsPhrase, SaysEachReasonOnce) {
  const std::vector<Source> sources{source("a.yaml", 1, "", "OPS-1"), source("b.yaml", 2),
                                    source("c.yaml", 3, "", "OPS-2"), source("d.yaml", 4, "", "OPS-1")};
  EXPECT_EQ(reasons_phrase(sources), "OPS-1 and OPS-2");
  EXPECT_EQ(reasons_phrase({}), "");
}

TEST(EstimatePhrase, RoundsUpToWhatAPersonWaitsBy) {
  EXPECT_EQ(estimate_phrase(1), "1 s");
  EXPECT_EQ(estimate_phrase(119), "119 s");
  EXPECT_EQ(estimate_phrase(120), "2 min");
  EXPECT_EQ(estimate_phrase(121), "3 min");
  EXPECT_EQ(estimate_phrase(7'140), "119 min");
  EXPECT_EQ(estimate_phrase(7'141), "2 h");
  EXPECT_EQ(estimate_phrase(10'000), "2 h 47 min");
}

TEST(Listed, ReadsAsAPhrase) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed(std::vector<std::string>{"a"}), "a");
  EXPECT_EQ(listed(std::vector<std::string>{"a", "b"}), "a and b");
  EXPECT_EQ(listed(std::vector<std::string>{"a", "b", "c"}), "a, b and c");
}

TEST(GroupedDigits, SeparatesThousands) {
  EXPECT_EQ(grouped_digits(0), "0");
  EXPECT_EQ(grouped_digits(999), "999");
  EXPECT_EQ(grouped_digits(1'000), "1,000");
  EXPECT_EQ(grouped_digits(1'234'567), "1,234,567");
}

TEST(Counted, KnowsOneFromMany) {
  EXPECT_EQ(counted(1, "change", "changes"), "1 change");
  EXPECT_EQ(counted(0, "change", "changes"), "0 changes");
  EXPECT_EQ(counted(12'411, "change", "changes"), "12,411 changes");
}

}  // namespace
}  // namespace cipherform
