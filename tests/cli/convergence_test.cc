#include "cli/convergence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/memory_ledger.h"
#include "fakes/scripted_transport.h"
#include "fakes/states.h"

namespace cipherform::cli {
namespace {

using fakes::Live;
using ::testing::ElementsAre;

class ConvergenceTest : public testing::Test {
 protected:
  ConvergenceTest() {
    access_.environment.name = "qa";
    access_.environment.url = "https://a";
    access_.clock = std::make_unique<fakes::VirtualClock>();
  }
  std::vector<Receipt> receipts_of(const Plan& plan, const LiveState& live) {
    EXPECT_TRUE(record_convergence(ledger_, access_, plan, live, {}));
    return *ledger_.receipts("qa", 9);
  }
  std::optional<TenantIdentity> kept(const std::optional<TenantIdentity>& seen) {
    EXPECT_TRUE(remember_tenant(ledger_, access_, seen));
    return *ledger_.identity("qa");
  }

  TenantAccess access_;
  fakes::MemoryLedger ledger_;
  LiveState live_ = Live().group("Eng").user("Zoe@x.com", {"Eng"}, {.owner = true}).user("ada@x.com", {"Eng"});
};

TEST_F(ConvergenceTest, AReceiptSaysWhatConvergedAndWhoIsThere) {
  Plan plan;
  plan.declaration_digest = "d1";
  const auto receipts = receipts_of(plan, live_);
  ASSERT_EQ(receipts.size(), 1U);
  EXPECT_EQ(receipts[0].declaration_digest, "d1");
  EXPECT_EQ(receipts[0].live_digest, digest(live_));
  EXPECT_THAT((*ledger_.roster("qa", "https://a"))->people, ElementsAre("ada@x.com", "zoe@x.com"));
}

TEST_F(ConvergenceTest, SomethingLeftToDoAPartAnotherTimeOrABlockedChangeIsNoConvergence) {
  Plan more;
  more.actions.emplace_back();
  Plan part;
  part.selection.targets = {"Eng"};
  Plan other_time;
  other_time.as_of = Time{};
  Plan blocked;
  blocked.blocked.emplace_back();
  for (const Plan& plan : {more, part, other_time, blocked}) EXPECT_TRUE(receipts_of(plan, live_).empty());
  live_.proof.complete = false;
  EXPECT_TRUE(receipts_of(Plan{}, live_).empty());
}

TEST_F(ConvergenceTest, TheTenantIsRememberedFromAProvedReadAlone) {
  const auto seen = identity_of(access_.environment, live_, Time{});
  live_.proof.complete = false;
  EXPECT_EQ(kept(identity_of(access_.environment, live_, Time{})), std::nullopt);
  EXPECT_EQ(kept(seen), seen);
}

TEST_F(ConvergenceTest, OwnersWhoComeAndGoAreFollowedAndTheSameAreNotRecordedAgain) {
  const TenantIdentity first{.base_url = "https://a", .owners = {"u1", "u2"}, .recorded_at = Time{}};
  access_.known_tenant = KnownTenant{.base_url = "https://a", .owners = {"u1", "u2"}};
  EXPECT_EQ(kept(first), std::nullopt) << "the ledger has it";
  EXPECT_EQ(ledger_.count("remember_identity"), 0U);
  const TenantIdentity second{.base_url = "https://a", .owners = {"u2", "u3"}, .recorded_at = Time{}};
  EXPECT_EQ(kept(second), second);
}

}  // namespace
}  // namespace cipherform::cli
