// Killed at any request: the ledger as it is on the disk at that moment is copied, as a
// kill -9 would leave it, and opened by the next run.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "cipherform/apply.h"
#include "fakes/fake_tenant.h"
#include "fakes/scripted_transport.h"
#include "fakes/temporary_directory.h"

namespace cipherform {
namespace {

namespace fs = std::filesystem;

bool is_among(const std::vector<Intent>& intents, const fakes::AskedChange& change) {
  return std::ranges::any_of(intents, [&](const Intent& intent) {
    return intent.kind == change.kind && intent.email == change.email && intent.group == change.group;
  });
}

/// What the next run finds open in the ledger as it is on the disk now.
std::vector<Intent> found_after_a_kill(const fs::path& state, Time now) {
  const fakes::TemporaryDirectory copy;
  for (const char* name : {"ledger.sqlite", "ledger.sqlite-wal"}) fs::copy_file(state / name, copy.path() / name);
  auto ledger = open_ledger(copy.path());
  EXPECT_TRUE(ledger);
  EXPECT_TRUE((*ledger)->acquire("qa", {"bob", "elsewhere", 1}, now + kLeaseTime));
  return *(*ledger)->open_intents("qa");
}

Plan small_plan(fakes::FakeTenant& tenant) {
  Plan plan;
  plan.environment = "qa";
  const GroupRef engineering{tenant.add_group("Engineering"), "Engineering"};
  const GroupRef sales{tenant.add_group("Sales"), "Sales"};
  for (int i = 0; i < 15; ++i) {
    CreateUser create{"new" + std::to_string(i) + "@example.com", {{.group = sales, .sources = {}, .until = {}}}};
    plan.actions.push_back({"create " + std::to_string(i), std::move(create)});
  }
  std::vector<AddMember> adds;
  for (int i = 0; i < 5; ++i) {
    const std::string email = "old" + std::to_string(i) + "@example.com";
    adds.push_back({tenant.add_user(email, {"Sales"}), email, {.group = engineering, .sources = {}, .until = {}}});
    plan.actions.push_back({"add " + std::to_string(i), adds.back()});
  }
  for (const AddMember& add : adds) {
    plan.actions.push_back(
        {"remove " + add.email, RemoveMember{add.user_id, add.email, sales, RemovalCause::not_declared, {}}});
  }
  return plan;
}

TEST(Crash, AtAnyRequestEveryChangeUnderWayIsFoundOpen) {
  const fakes::TemporaryDirectory directory;
  const fs::path state = directory.path() / "state";
  fakes::VirtualClock clock;
  fakes::FakeTenant tenant;
  fakes::ScriptedTransport transport(clock, tenant.handler());
  std::mt19937_64 random(1);
  TenantLink link(transport, clock, random, {.retry = {}, .parallelism = 3});
  const Plan plan = small_plan(tenant);
  auto ledger = open_ledger(state);
  ASSERT_TRUE(ledger);
  const Lease lease = *(*ledger)->acquire("qa", {"ada", "laptop", 4711}, clock.now());
  const RunId run = *(*ledger)->begin_run(lease, plan, clock.now());
  tenant.before_change([&](std::size_t index, std::span<const fakes::AskedChange> asked) {
    const std::vector<Intent> open = found_after_a_kill(state, clock.now());
    for (const fakes::AskedChange& change : asked) {
      EXPECT_TRUE(is_among(open, change)) << "request " << index << ": " << change.kind << ' ' << change.email;
    }
  });
  LeaseKeeper keeper(**ledger, lease, clock.instant(), clock);
  const ApplyReport report = apply_plan(plan, link, keeper, run, ApplyOptions{});
  EXPECT_EQ(tenant.changes(), 13U);
  EXPECT_TRUE(std::ranges::all_of(report.actions,
                                  [](const ActionReport& action) { return action.outcome == ActionOutcome::done; }));
  EXPECT_EQ(found_after_a_kill(state, clock.now()).size(), 0U);
}

}  // namespace
}  // namespace cipherform
