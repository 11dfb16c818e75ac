#include "tenant/listing_order.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cipherform {
namespace {

constexpr std::string_view kEarly = "2026-01-01T00:00:00.000Z";
constexpr std::string_view kLate = "2026-01-02T00:00:00.000Z";
constexpr std::string_view kLast = "2026-01-03T00:00:00.000Z";

OrderEvidence evidence(const std::vector<RowKey>& page) {
  OrderEvidence order;
  order.add(page);
  return order;
}

bool fixed(const std::vector<RowKey>& page) { return evidence(page).fits_fixed_order(); }

TEST(OrderEvidence, WithoutRowsEverythingFits) {
  EXPECT_TRUE(fixed({}));
  EXPECT_TRUE(fixed({{"a", kEarly, kEarly}}));
}

TEST(OrderEvidence, IdsUpOrDownAreAFixedOrder) {
  EXPECT_TRUE(fixed({{"a", kLate, kLate}, {"b", kEarly, kLast}, {"c", kLast, kEarly}}));
  EXPECT_TRUE(fixed({{"c", kLate, kLate}, {"b", kEarly, kLast}, {"a", kLast, kEarly}}));
  EXPECT_FALSE(fixed({{"a", kLate, kLate}, {"c", kEarly, kLast}, {"b", kLast, kEarly}}));
}

TEST(OrderEvidence, CreationUpOrDownIsAFixedOrder) {
  EXPECT_TRUE(fixed({{"b", kEarly, kLate}, {"c", kLate, kEarly}, {"a", kLast, kLast}}));
  EXPECT_TRUE(fixed({{"b", kLast, kLate}, {"c", kLate, kEarly}, {"a", kEarly, kLast}}));
  EXPECT_FALSE(fixed({{"b", kEarly, kLate}, {"c", kLast, kEarly}, {"a", kLate, kLast}}));
}

TEST(OrderEvidence, TiesNeedTheIdToDecide) {
  EXPECT_TRUE(fixed({{"z", kEarly, {}}, {"a", kLate, {}}, {"b", kLate, {}}, {"c", kLast, {}}}));
  EXPECT_TRUE(fixed({{"a", kLast, {}}, {"a1", kLate, {}}, {"b", kLate, {}}, {"0", kEarly, {}}}));
  EXPECT_TRUE(fixed({{"a", kEarly, {}}, {"y", kLate, {}}, {"x", kLate, {}}, {"z", kLast, {}}}));
  EXPECT_FALSE(fixed({{"z", kEarly, {}}, {"b", kLate, {}}, {"a", kLate, {}}, {"c", kLate, {}}}));
}

TEST(OrderEvidence, TheSameIdTwiceIsNoOrder) { EXPECT_FALSE(fixed({{"a", kEarly, {}}, {"a", kLate, {}}})); }

TEST(OrderEvidence, EvidenceOfAllPagesCounts) {
  OrderEvidence order;
  order.add(std::vector<RowKey>{{"c", kEarly, {}}, {"a", kLate, {}}});
  EXPECT_TRUE(order.fits_fixed_order());
  order.add(std::vector<RowKey>{{"a", kLast, {}}, {"b", kEarly, {}}});
  EXPECT_FALSE(order.fits_fixed_order());
}

TEST(OrderEvidence, TimesAreComparedAcrossFormats) {
  // Downwards by id, so only the times can carry an upward order.
  EXPECT_TRUE(fixed({{"b", "2026-01-01T00:00:00Z", {}}, {"c", "2026-01-01T00:00:00.5Z", {}}, {"a", kLate, {}}}));
  EXPECT_TRUE(fixed({{"b", "2026-01-01T01:00:00+01:00", {}}, {"c", "2026-01-01T00:00:01Z", {}}, {"a", kLate, {}}}));
  EXPECT_FALSE(
      fixed({{"b", "2026-01-01T00:00:00+00:00", {}}, {"c", "2026-01-01T00:00:01+01:00", {}}, {"a", kLate, {}}}));
  // Go leaves out trailing zeros: the order is below the millisecond.
  EXPECT_TRUE(
      fixed({{"b", "2026-01-01T00:00:00.1234Z", {}}, {"c", "2026-01-01T00:00:00.12345Z", {}}, {"a", kLate, {}}}));
  EXPECT_FALSE(
      fixed({{"b", "2026-01-01T00:00:00.12345Z", {}}, {"c", "2026-01-01T00:00:00.1234Z", {}}, {"a", kLate, {}}}));
  EXPECT_FALSE(fixed(
      {{"b", "2026-01-01T00:00:00.1239+00:00", {}}, {"c", "2026-01-01T00:00:00.1234+00:00", {}}, {"a", kLate, {}}}));
}

TEST(OrderEvidence, WithoutReadableTimesOnlyTheIdCounts) {
  EXPECT_TRUE(fixed({{"a", {}, {}}, {"b", {}, {}}}));
  EXPECT_FALSE(fixed({{"b", "yesterday", {}}, {"c", "today", {}}, {"a", "now", {}}}));
}

TEST(OrderEvidence, AnOrderByUpdatesIsSeenWhereItMayBeOne) {
  const OrderEvidence up = evidence({{"b", kEarly, kEarly}, {"c", kLate, kLate}, {"a", kLast, kLast}});
  EXPECT_TRUE(up.may_follow_updates());
  EXPECT_FALSE(up.may_be_latest_first());
  const OrderEvidence down = evidence({{"b", kLast, kLast}, {"c", kLate, kLate}, {"a", kEarly, kEarly}});
  EXPECT_TRUE(down.may_follow_updates());
  EXPECT_TRUE(down.may_be_latest_first());
  const OrderEvidence neither = evidence({{"b", kEarly, kLate}, {"c", kLate, kEarly}, {"a", kLast, kLast}});
  EXPECT_FALSE(neither.may_follow_updates());
}

TEST(OrderEvidence, EqualOrUnreadableUpdatesExcludeNothing) {
  EXPECT_TRUE(evidence({{"a", kEarly, kLate}, {"b", kLate, kLate}}).may_be_latest_first());
  EXPECT_TRUE(evidence({{"a", kEarly, {}}, {"b", kLate, {}}}).may_be_latest_first());
}

}  // namespace
}  // namespace cipherform
