// Whole plans against golden files; what must hold of every plan beside them.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "cipherform/render.h"
#include "fakes/golden.h"
#include "render/sample_plans.h"

namespace cipherform {
namespace {

std::string difference(const char* name, std::string_view text) {
  return fakes::golden_difference(
      std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / "render" / (std::string{name} + ".txt"),
      text);
}

std::string last_line(const std::string& text) {
  const auto start = text.rfind('\n', text.size() - 2);
  return text.substr(start + 1);
}

TEST(RenderText, ShowsEverythingOfARichPlan) {
  EXPECT_EQ(difference("plan_rich", render_text(samples::rich_plan(), {})), "");
}

TEST(RenderText, ColorsARichPlan) {
  EXPECT_EQ(difference("plan_rich_color", render_text(samples::rich_plan(), {.color = true})), "");
}

TEST(RenderText, SaysNoChanges) {
  const std::string text = render_text(samples::empty_plan(), {});
  EXPECT_EQ(difference("plan_empty", text), "");
  EXPECT_EQ(last_line(text), "No changes. qa matches the declaration.\n");
}

TEST(RenderText, SaysThatOnlyAPartWasCompared) {
  Plan plan = samples::empty_plan();
  EXPECT_EQ(render_text(plan, {}).find("Only a part"), std::string::npos);
  plan.selection = {{"bob@*", "Eng\x1b[31m"}, {"Payments"}};
  EXPECT_NE(render_text(plan, {}).find("\nOnly a part was compared: --target bob@* --target Eng\\x1b[31m --exclude "
                                       "Payments\n"),
            std::string::npos)
      << render_text(plan, {});
}

TEST(RenderText, ShowsAPlanThatIsOnlyBlocked) {
  EXPECT_EQ(difference("plan_blocked", render_text(samples::blocked_plan(), {})), "");
}

TEST(RenderText, WarnsOfAnUnprovedListing) {
  EXPECT_EQ(difference("plan_unproved", render_text(samples::unproved_plan(5), {})), "");
}

TEST(RenderText, FoldsWithheldRemovalsButNoAction) {
  EXPECT_EQ(difference("plan_unproved_many", render_text(samples::unproved_plan(90), {})), "");
}

TEST(RenderText, ShowsGuardrailsWithTheirAcknowledgements) {
  Plan plan = samples::plan_to_report();
  plan.guardrail_hits = {
      {GuardrailKind::max_removals, "2 memberships would be removed, 20 % of 10: more than 10 %", "removals=2"},
      {GuardrailKind::max_creates, "2 users would be created: more than 1", "creates=2"},
      {GuardrailKind::privileged_reason, "bob@example.com gets Admins without a reason", ""}};
  EXPECT_EQ(difference("plan_guardrails", render_text(plan, {})), "");
}

TEST(RenderText, TellsWhatBecameOfTheTenant) {
  EXPECT_EQ(difference("drift", render_text(samples::drift_plan(), {})), "");
  Plan still = samples::empty_plan();
  still.drift = DriftBasis{};
  const std::string text = render_text(still, {});
  EXPECT_EQ(text.find("cipherform drift of qa ("), 0U) << text;
  EXPECT_EQ(text.find("converged"), std::string::npos);
  EXPECT_EQ(last_line(text), "No drift. qa matches the declaration.\n");
  still.proof = {false, "the list shrank", 3, 3, 1};
  EXPECT_NE(render_text(still, {}).find("\n  Check again when nobody else"), std::string::npos);
}

TEST(RenderText, EndsAListOfManyWhoAppeared) {
  Plan plan = samples::empty_plan();
  plan.drift = DriftBasis{};
  for (int i = 100; i < 300; ++i) {
    const std::string who = "u" + std::to_string(i) + "@example.com";
    plan.findings.push_back({FindingKind::appeared_undeclared, who, {}, who + " appeared"});
  }
  const std::string text = render_text(plan, {});
  EXPECT_NE(text.find("  Appeared, and declared by nobody (200):\n    u100@example.com appeared\n"), std::string::npos);
  EXPECT_NE(text.find("    u149@example.com appeared\n    and 150 more\n"), std::string::npos) << text;
}

TEST(RenderText, FoldsManyFindings) {
  EXPECT_EQ(difference("plan_findings", render_text(samples::plan_with_many_findings(), {})), "");
}

TEST(RenderText, EscapesHostileNames) {
  const std::string text = render_text(samples::hostile_plan(), {});
  EXPECT_EQ(difference("plan_hostile", text), "");
  for (const char c : text) ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n');
  EXPECT_EQ(text.find("::"), std::string::npos);
  EXPECT_EQ(text.find("##"), std::string::npos);
}

TEST(RenderText, ColorAddsNothingButColor) {
  for (const Plan& plan : {samples::rich_plan(), samples::hostile_plan(), samples::unproved_plan(30)}) {
    std::string text = render_text(plan, {.color = true});
    for (const std::string_view code : {"\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[1;31m"}) {
      for (auto at = text.find(code); at != std::string::npos; at = text.find(code, at)) text.erase(at, code.size());
    }
    EXPECT_EQ(text, render_text(plan, {}));
  }
}

TEST(RenderText, ALargePlanIsAllThere) {
  const Plan plan = samples::large_plan(34'000);
  ASSERT_GT(plan.actions.size(), 100'000U);
  const std::string text = render_text(plan, {});
  EXPECT_GT(std::count(text.begin(), text.end(), '\n'), 100'000);
  EXPECT_NE(text.find("\nRequests: 102000, about 2 h 50 min at 10 requests/s.\n"), std::string::npos);
}

}  // namespace
}  // namespace cipherform
