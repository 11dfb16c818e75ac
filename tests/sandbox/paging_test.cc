#include "sandbox/paging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_tenant.h"

namespace cipherform::sandbox {
namespace {

using ::testing::ElementsAre;

constexpr PageLimits kLimits{.default_limit = 10, .max_limit = 100};

std::vector<std::string> faults_of(std::string_view query) {
  const auto page = parse_page_request(query, kLimits);
  return page ? std::vector<std::string>{} : page.error().messages;
}

TEST(PageRequest, HasTheApisDefaults) {
  const auto page = parse_page_request("", kLimits).value();
  EXPECT_EQ(page.limit, 10U);
  EXPECT_EQ(page.offset, 0U);
  EXPECT_TRUE(page.sort.empty());
}

TEST(PageRequest, ReadsAllParameters) {
  const auto page = parse_page_request("sort=-updatedAt&limit=25&other=1&offset=50&sort=email%3Aasc", kLimits).value();
  EXPECT_EQ(page.limit, 25U);
  EXPECT_EQ(page.offset, 50U);
  EXPECT_THAT(page.sort, ElementsAre(SortKey{SortField::updated_at, true}, SortKey{SortField::email, false}));
}

TEST(PageRequest, ClampsTheLimit) {
  EXPECT_EQ(parse_page_request("limit=100", kLimits)->limit, 100U);
  EXPECT_EQ(parse_page_request("limit=101", kLimits)->limit, 100U);
  EXPECT_EQ(parse_page_request("limit=4294967297", kLimits)->limit, 100U);
}

TEST(PageRequest, RefusesBadNumbers) {
  for (const char* query :
       {"limit=0", "limit=-1", "limit=", "limit", "limit=1x", "limit=1.5", "limit=+5", "limit=99999999999999999999"}) {
    EXPECT_THAT(faults_of(query), ElementsAre("limit must be a positive number")) << query;
  }
  for (const char* query : {"offset=-1", "offset=", "offset=x", "offset=99999999999999999999"}) {
    EXPECT_THAT(faults_of(query), ElementsAre("offset must not be less than 0")) << query;
  }
}

TEST(PageRequest, AcceptsTheSpellingsOfSort) {
  const auto key = [](std::string_view value) {
    return parse_page_request("sort=" + std::string(value), kLimits)->sort.front();
  };
  EXPECT_EQ(key("createdAt"), (SortKey{SortField::created_at, false}));
  EXPECT_EQ(key("-createdAt"), (SortKey{SortField::created_at, true}));
  EXPECT_EQ(key("createdAt:asc"), (SortKey{SortField::created_at, false}));
  EXPECT_EQ(key("createdAt:desc"), (SortKey{SortField::created_at, true}));
  EXPECT_EQ(key("id"), (SortKey{SortField::id, false}));
}

TEST(PageRequest, RefusesUnknownSortsTogetherWithOtherFaults) {
  for (const char* query :
       {"sort=name", "sort=", "sort=-", "sort=createdAt:up", "sort=-createdAt:asc", "sort=CreatedAt"}) {
    EXPECT_THAT(faults_of(query),
                ElementsAre("sort must be one of createdAt, id, email, updatedAt, with - or :asc or :desc"))
        << query;
  }
  EXPECT_EQ(faults_of("limit=x&sort=name&offset=x").size(), 3U);
}

TEST(SortedUsers, SortsByFieldAndBreaksTiesByCreation) {
  TenantSeed seed;
  seed.groups = {testing::seed_group("A"), testing::seed_group("B")};
  for (const char* email : {"b@example.com", "", "a@example.com", "c@example.com", ""}) {
    seed.users.push_back(testing::seed_user(email, {"A"}));
  }
  EmulatedTenant tenant = make_tenant(seed, 0).value();
  const auto by = [&](const std::vector<SortKey>& sort) { return sorted_users(tenant.users(), sort); };
  EXPECT_THAT(by({{SortField::email, false}}), ElementsAre(1, 4, 2, 0, 3));
  EXPECT_THAT(by({{SortField::email, true}}), ElementsAre(3, 0, 2, 1, 4));
  EXPECT_THAT(by({{SortField::email, false}, {SortField::created_at, true}}), ElementsAre(4, 1, 2, 0, 3));
  const std::string group_b = to_string(tenant.groups()[1].id);
  tenant.apply(*tenant.check_join(2, group_b, testing::kLater));
  tenant.apply(*tenant.check_join(0, group_b, testing::kLater));
  EXPECT_THAT(by({{SortField::updated_at, true}}), ElementsAre(0, 2, 4, 3, 1));
  auto by_id = by({{SortField::id, false}});
  EXPECT_TRUE(std::is_sorted(by_id.begin(), by_id.end(), [&](std::uint32_t a, std::uint32_t b) {
    return tenant.users().id(a) < tenant.users().id(b);
  }));
}

}  // namespace
}  // namespace cipherform::sandbox
