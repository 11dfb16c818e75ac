#include <gtest/gtest.h>

#include "fakes/states.h"
#include "plan/planning.h"
#include "plan/saved_plans.h"

namespace cipherform::plan_tests {
namespace {

using fakes::Desired;
using fakes::in;
using fakes::Live;

Desired declared() {
  return Desired().group("Eng").user("ada@x.com", {"Eng"}).user("bob@x.com", {in("Eng").until("2026-03-01"), "Ops"});
}
Live tenant() { return Live().group("Eng").group("Ops").user("bob@x.com", {"Ops"}).user("eve@x.com", {"Eng", "Ops"}); }

std::string fingerprint_of(const DesiredState& desired, const LiveState& live, Selection selection = {}) {
  return fingerprint(plan_of(desired, live, std::move(selection)));
}

TEST(Fingerprint, IsSixteenHexDigits) {
  const std::string print = fingerprint_of(declared(), tenant());
  EXPECT_EQ(print.size(), 16U);
  EXPECT_EQ(print.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Fingerprint, IsTheSameWhereTheSameIsDone) {
  Plan plan = plan_of(declared(), tenant());
  const std::string print = fingerprint(plan);
  plan.created_at += std::chrono::hours{20};
  plan.tool_version = "9.9";
  plan.declaration_digest = "another";
  plan.live_digest = "another";
  plan.findings.clear();
  std::get<CreateUser>(plan.actions.front().change).grants.front().sources.front().line = 99;
  EXPECT_EQ(fingerprint(plan), print);
}

TEST(Fingerprint, DoesNotDependOnWhoElseIsInTheTenant) {
  EXPECT_EQ(fingerprint_of(declared(), tenant().user("zoe@x.com", {"Ops"})), fingerprint_of(declared(), tenant()));
}

TEST(Fingerprint, OfRemovalsDoesNotDependOnWhatTheyAreAShareOf) {
  Guardrails strict;
  strict.max_removals_percent = 1;
  const auto with = [&](unsigned others) {
    Live live = tenant();
    for (unsigned i = 0; i < others; ++i) live.user("u" + std::to_string(i) + "@x.com", {"Ops"});
    const Plan plan = plan_of(declared().guardrails(strict), live);
    EXPECT_EQ(plan.guardrail_hits.size(), 1U);
    return fingerprint(plan);
  };
  EXPECT_EQ(with(10), with(20));
}

TEST(Fingerprint, IsAnotherWhereAnythingElseWouldBeDone) {
  const Plan plan = plan_of(declared(), tenant());
  const std::string print = fingerprint(plan);
  const auto changed = [&](auto change) {
    Plan other = plan;
    change(other);
    return fingerprint(other);
  };
  EXPECT_NE(changed([](Plan& p) { p.environment = "prod"; }), print);
  EXPECT_NE(changed([](Plan& p) { p.base_url += "x"; }), print);
  EXPECT_NE(changed([](Plan& p) { p.selection.targets = {"*"}; }), print);
  EXPECT_NE(changed([](Plan& p) { p.actions.pop_back(); }), print);
  EXPECT_NE(changed([](Plan& p) { std::swap(p.actions[0], p.actions[1]); }), print);
  EXPECT_NE(changed([](Plan& p) { std::get<CreateUser>(p.actions[0].change).email = "eva@x.com"; }), print);
  EXPECT_NE(changed([](Plan& p) { std::get<CreateUser>(p.actions[0].change).grants[0].privileged = true; }), print);
  EXPECT_NE(changed([](Plan& p) { std::get<CreateUser>(p.actions[0].change).grants[0].group.id = "other"; }), print);
  EXPECT_NE(changed([](Plan& p) { std::get<AddMember>(p.actions[1].change).user_id = "other"; }), print);
  EXPECT_NE(changed([](Plan& p) { std::get<AddMember>(p.actions[1].change).grant.until.reset(); }), print);
  EXPECT_NE(changed([](Plan& p) { std::get<AddMember>(p.actions[1].change).grant.fallback = true; }), print);
  EXPECT_NE(changed([](Plan& p) { std::get<RemoveMember>(p.actions[2].change).cause = RemovalCause::expired; }), print);
  EXPECT_NE(changed([](Plan& p) { std::get<RemoveMember>(p.actions[2].change).user_id = "other"; }), print);
  EXPECT_NE(changed([](Plan& p) { p.guardrail_hits.push_back({GuardrailKind::max_creates, "m", ""}); }), print);
  EXPECT_NE(changed([](Plan& p) {
              p.blocked.push_back({p.actions[2].change, BlockCause::last_membership, "m"});
            }),
            print);
}

// The end of one field and the start of the next cannot be told apart by their bytes alone.
TEST(Fingerprint, FieldsDoNotRunIntoEachOther) {
  Plan one = plan_of(declared(), tenant());
  Plan other = one;
  std::get<AddMember>(one.actions[1].change).user_id = "u1";
  std::get<AddMember>(one.actions[1].change).email = "2@x.com";
  std::get<AddMember>(other.actions[1].change).user_id = "u12";
  std::get<AddMember>(other.actions[1].change).email = "@x.com";
  EXPECT_NE(fingerprint(one), fingerprint(other));
}

TEST(Fingerprint, SurvivesSaving) {
  for (const Plan& plan : {rich_plan(), blocked_plan(), selected_plan(), hostile_plan(), empty_plan()}) {
    EXPECT_EQ(fingerprint(plan_from_json(to_json(plan)).value()), fingerprint(plan));
  }
}

}  // namespace
}  // namespace cipherform::plan_tests
