#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/states.h"
#include "plan/planning.h"

namespace cipherform::plan_tests {
namespace {

using fakes::Live;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kUrl = "https://tenant.example/qa";
const Time kRecorded = *parse_until("2025-12-01T08:00:00Z");

LiveState tenant_of(std::initializer_list<std::string_view> owners) {
  Live live;
  live.group("Eng").user("bob@x.com", {"Eng"});
  for (const std::string_view owner : owners) live.user(std::string(owner), {"Eng"}, {.owner = true});
  return live;
}

KnownTenant known(const LiveState& live) { return {std::string(kUrl), owner_ids(live), kRecorded}; }

std::optional<GuardrailHit> judge(const KnownTenant& before, const LiveState& live, std::string_view url = kUrl) {
  return other_tenant(before, "qa", url, live);
}

TEST(OtherTenant, OwnersAreThoseOfAProvedReadSorted) {
  LiveState live = tenant_of({"zoe@x.com", "ada@x.com"});
  EXPECT_EQ(owner_ids(live).size(), 2U);
  EXPECT_TRUE(std::ranges::is_sorted(owner_ids(live)));
  live.proof.complete = false;
  EXPECT_THAT(owner_ids(live), IsEmpty());
}

TEST(OtherTenant, OneOwnerWhoStayedIsEnough) {
  const LiveState before = tenant_of({"ada@x.com", "zoe@x.com"});
  KnownTenant recorded = known(before);
  EXPECT_FALSE(judge(recorded, before));
  recorded.owners = {"gone", owner_ids(before).front()};
  std::ranges::sort(recorded.owners);
  EXPECT_FALSE(judge(recorded, before));
}

TEST(OtherTenant, NobodyWhoOwnedItOwnsIt) {
  KnownTenant recorded = known(tenant_of({"ada@x.com"}));
  recorded.owners = {"o1", "o2", "o3", "o4", "o5"};
  const auto hit = judge(recorded, tenant_of({}));
  ASSERT_TRUE(hit);
  EXPECT_EQ(hit->kind, GuardrailKind::other_tenant);
  EXPECT_EQ(hit->message,
            "another tenant may be behind qa: recorded on 2025-12-01T08:00:00Z was https://tenant.example/qa, owned by "
            "o1, o2, o3 and 2 more; there now is https://tenant.example/qa, owned by nobody who was seen");
  EXPECT_THAT(hit->acknowledgement, ::testing::MatchesRegex("tenant=[0-9a-f]+"));
  EXPECT_EQ(hit->acknowledgement.size(), std::string_view("tenant=").size() + 16);
}

TEST(OtherTenant, OwnersAreNotJudgedWithoutAProofOrARecord) {
  KnownTenant recorded = known(tenant_of({"ada@x.com"}));
  recorded.owners = {"gone"};
  LiveState unproved = tenant_of({"ada@x.com"});
  unproved.proof.complete = false;
  EXPECT_FALSE(judge(recorded, unproved));
  recorded.owners.clear();
  EXPECT_FALSE(judge(recorded, tenant_of({"ada@x.com"})));
}

TEST(OtherTenant, AnotherUrlIsAnotherTenantWhoeverOwnsIt) {
  LiveState live = tenant_of({"ada@x.com"});
  const KnownTenant recorded = known(live);
  EXPECT_TRUE(judge(recorded, live, "https://tenant.example/prod"));
  live.proof.complete = false;
  const auto hit = judge(recorded, live, "https://tenant.example/prod");
  ASSERT_TRUE(hit);
  EXPECT_THAT(hit->message, HasSubstr("there now is https://tenant.example/prod, of owners that are not known"));
}

TEST(OtherTenant, TheAcknowledgementStandsForWhatIsThereNow) {
  KnownTenant recorded = known(tenant_of({}));
  recorded.owners = {"gone"};
  const LiveState live = tenant_of({"ada@x.com"});
  const auto hit = judge(recorded, live);
  recorded.recorded_at += std::chrono::hours{1};
  recorded.owners = {"gone too"};
  EXPECT_EQ(judge(recorded, live)->acknowledgement, hit->acknowledgement);
  EXPECT_NE(judge(recorded, tenant_of({"ada@x.com", "eve@x.com"}))->acknowledgement, hit->acknowledgement);
  EXPECT_NE(judge(recorded, live, "https://other")->acknowledgement, hit->acknowledgement);
}

TEST(OtherTenant, APlanIsJudgedWhereATenantIsKnown) {
  const DesiredState desired = fakes::Desired().group("Eng").user("bob@x.com", {"Eng"});
  const LiveState live = tenant_of({"ada@x.com"});
  PlanOptions options;
  options.now = *parse_until(kNow);
  EXPECT_THAT(make_plan(desired, live, options)->guardrail_hits, IsEmpty());
  options.known_tenant = KnownTenant{desired.base_url, {"gone"}, kRecorded};
  const auto plan = make_plan(desired, live, options);
  ASSERT_EQ(plan->guardrail_hits.size(), 1U);
  EXPECT_EQ(plan->guardrail_hits.front().kind, GuardrailKind::other_tenant);

  options.known_tenant->recorded_at += std::chrono::hours{1};
  EXPECT_EQ(fingerprint(*make_plan(desired, live, options)), fingerprint(*plan)) << "when it was recorded is no matter";
  const LiveState other = tenant_of({"ada@x.com", "eve@x.com"});
  EXPECT_NE(fingerprint(*make_plan(desired, other, options)), fingerprint(*plan));
}

}  // namespace
}  // namespace cipherform::plan_tests
