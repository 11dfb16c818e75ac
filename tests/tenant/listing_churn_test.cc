// The proof, held against a tenant that changes while it is read: thousands of seeded
// scans, in each of which nobody who existed throughout may be missing where the listing
// says that it is complete. A naive reader in the same harness shows that it would notice.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <unordered_set>

#include "cipherform/tenant.h"
#include "tenant/churning_tenant.h"
#include "tenant/decode.h"

namespace cipherform {
namespace {

using fakes::Churn;
using fakes::ChurningTenant;
using fakes::Habits;
using fakes::ListOrder;
using fakes::ScriptedTransport;
using fakes::VirtualClock;

using Ids = std::unordered_set<std::string>;

std::size_t missed(const ChurningTenant& tenant, const Ids& seen) {
  const auto ids = tenant.throughout();
  return static_cast<std::size_t>(
      std::count_if(ids.begin(), ids.end(), [&](const std::string& id) { return !seen.contains(id); }));
}

struct Tally {
  unsigned scans = 0;
  unsigned complete = 0;
  unsigned refused = 0;
  unsigned missed_although_complete = 0;
  unsigned missed_otherwise = 0;
  std::uint64_t requests = 0;
  std::uint64_t first_wrong_seed = 0;
};

unsigned pick(std::mt19937_64& random, unsigned least, unsigned most) {
  return std::uniform_int_distribution<unsigned>(least, most)(random);
}

/// One scan, all of whose circumstances follow from the seed.
void scan(ListOrder order, std::uint64_t seed, Tally& tally, bool deep = false) {
  std::mt19937_64 random(seed);
  Habits habits;
  habits.order = order;
  habits.all_updated = pick(random, 0, 2) > 0;
  habits.says_has_next = pick(random, 0, 3) > 0;
  habits.says_total = pick(random, 0, 5) > 0;
  habits.most_in_page = std::array{7U, 10U, 25U, 50U, 100U}[pick(random, 0, 4)];
  habits.takes_sort = pick(random, 0, 7) > 0;
  Churn churn;
  churn.chance = std::array{0.05, 0.3, 0.6, 1.0}[pick(random, 0, 3)];
  churn.most = pick(random, 1, 8);
  churn.burst = pick(random, 0, 3) == 0 ? pick(random, 5, 40) : 0;
  churn.updates = pick(random, 0, 3) > 0;
  churn.fail_chance = pick(random, 0, 4) == 0 ? 0.05 : 0;
  const unsigned users = deep ? 2000 : pick(random, 20, 200);
  ChurningTenant tenant(users, habits, churn, random());

  VirtualClock clock;
  ScriptedTransport transport(clock, [&](const HttpRequest& request) { return tenant.answer(request); });
  TenantLink link(transport, clock, random, {});
  ReadOptions options;
  options.limit = pick(random, 0, 3) == 0 ? pick(random, 5, 100) : 100;
  options.overlap = pick(random, 0, 3) == 0 ? pick(random, 1, 20) : 5;
  options.parallelism = pick(random, 1, 8);
  const auto live = read_tenant(link, options);
  ++tally.scans;
  if (!live) {
    EXPECT_EQ(live.error().kind, ErrorKind::listing) << "seed " << seed << ": " << to_string(live.error());
    ++tally.refused;
    return;
  }
  Ids seen;
  for (const LiveUser& user : live->users) {
    EXPECT_TRUE(seen.emplace(user.id).second) << "seed " << seed << ": twice " << user.id;
  }
  EXPECT_EQ(live->proof.complete, live->proof.reason.empty()) << "seed " << seed;
  tally.requests += live->proof.requests;
  tally.complete += live->proof.complete ? 1U : 0U;
  if (missed(tenant, seen) == 0) return;
  if (!live->proof.complete) {
    ++tally.missed_otherwise;
    return;
  }
  if (tally.missed_although_complete++ == 0) tally.first_wrong_seed = seed;
}

std::string_view name(ListOrder order) {
  switch (order) {
    case ListOrder::created_up:
      return "createdAt, oldest first";
    case ListOrder::created_down:
      return "createdAt, latest first";
    case ListOrder::id_up:
      return "id";
    case ListOrder::id_down:
      return "id, downwards";
    case ListOrder::created_in_batches:
      return "createdAt with ties";
    case ListOrder::updated_up:
      return "updatedAt, oldest first";
    case ListOrder::updated_down:
      return "updatedAt, latest first";
    case ListOrder::none:
      return "none";
  }
  return "";
}

class ListingUnderChurn : public ::testing::TestWithParam<ListOrder> {};

TEST_P(ListingUnderChurn, NobodyIsMissedWhereTheListingSaysThatItIsComplete) {
  constexpr std::uint64_t kScans = 1600;
  Tally tally;
  for (std::uint64_t seed = 1; seed <= kScans; ++seed) scan(GetParam(), seed, tally);
  std::cout << fmt::format(
      "{:24} {} scans: {} complete, {} refused, {} missed someone and said so, {:.1f} requests each\n",
      name(GetParam()), tally.scans, tally.complete, tally.refused, tally.missed_otherwise,
      static_cast<double>(tally.requests) / tally.scans);
  EXPECT_EQ(tally.missed_although_complete, 0U) << "first with seed " << tally.first_wrong_seed;
  const bool stable = GetParam() == ListOrder::created_up || GetParam() == ListOrder::created_down ||
                      GetParam() == ListOrder::id_up || GetParam() == ListOrder::id_down;
  EXPECT_GT(tally.complete, stable ? kScans * 3 / 4 : 0);
}

INSTANTIATE_TEST_SUITE_P(Orders, ListingUnderChurn,
                         ::testing::Values(ListOrder::created_up, ListOrder::created_down, ListOrder::id_up,
                                           ListOrder::id_down, ListOrder::created_in_batches, ListOrder::updated_up,
                                           ListOrder::updated_down, ListOrder::none));

// ------------------------------------------------------------- the naive reader

struct NaiveScan {
  Ids seen;
  std::uint64_t last_total = 0;
};

/// Adds up offsets until hasNext is false, as most clients do.
NaiveScan naive_scan(ChurningTenant& tenant) {
  NaiveScan scan;
  PageDecoder decoder;
  for (std::uint64_t offset = 0;;) {
    auto reply = tenant.answer(list_users_request(offset, 100, ""));
    const UserPage& page = **decoder.users(reply.result->body);
    for (const RowKey& key : page.keys) scan.seen.emplace(key.id);
    scan.last_total = *page.facts.total;
    offset += page.keys.size();
    if (!*page.facts.has_next) return scan;
  }
}

TEST(NaiveListing, MissesUsersAndTotalDoesNotTellSoTheHarnessSeesIt) {
  constexpr unsigned kScans = 300;
  unsigned missed_someone = 0;
  unsigned missed_although_total_agrees = 0;
  for (std::uint64_t seed = 1; seed <= kScans; ++seed) {
    Habits habits;
    habits.order = seed % 2 == 0 ? ListOrder::created_down : ListOrder::id_up;
    Churn churn;
    churn.chance = 0.3;
    ChurningTenant tenant(2000, habits, churn, seed);
    const NaiveScan scan = naive_scan(tenant);
    if (missed(tenant, scan.seen) == 0) continue;
    ++missed_someone;
    if (scan.seen.size() == scan.last_total) ++missed_although_total_agrees;
  }
  std::cout << fmt::format("naive scan, 2000 users   {} scans: {} missed someone, {} of them although `total` agreed\n",
                           kScans, missed_someone, missed_although_total_agrees);
  EXPECT_GT(missed_someone, kScans / 2);
  EXPECT_GT(missed_although_total_agrees, 0U);
}

TEST(ProvedListing, ReadsTheSameTenantsCompletely) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    scan(seed % 2 == 0 ? ListOrder::created_down : ListOrder::id_up, seed, tally, true);
  }
  std::cout << fmt::format("proved, 2000 users       {} scans: {} complete, {:.1f} requests each\n", tally.scans,
                           tally.complete, static_cast<double>(tally.requests) / tally.scans);
  EXPECT_EQ(tally.missed_although_complete, 0U);
}

}  // namespace
}  // namespace cipherform
