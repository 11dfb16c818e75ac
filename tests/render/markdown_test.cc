// Whole comments against golden files; what must hold of every comment is in
// markdown_limits_test.cc and markdown_gfm_test.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cipherform/render.h"
#include "fakes/golden.h"
#include "render/sample_plans.h"

namespace cipherform {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string difference(const char* name, std::string_view text) {
  return fakes::golden_difference(
      std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / "render" / (std::string{name} + ".md"), text);
}

TEST(RenderMarkdown, ShowsEverythingOfARichPlan) {
  EXPECT_EQ(difference("plan_rich", render_markdown(samples::rich_plan())), "");
}

TEST(RenderMarkdown, IsShortWhereNothingChanges) {
  const std::string text = render_markdown(samples::empty_plan());
  EXPECT_EQ(difference("plan_empty", text), "");
  EXPECT_THAT(text, HasSubstr("No changes. qa matches the declaration."));
}

TEST(RenderMarkdown, AlarmsNobodyWhereOnlyUsersAreAdded) {
  Plan plan = samples::plan_to_report();
  std::erase_if(plan.actions, [](const Action& action) {
    const auto* add = std::get_if<AddMember>(&action.change);
    return std::holds_alternative<RemoveMember>(action.change) || (add != nullptr && add->grant.privileged);
  });
  EXPECT_EQ(difference("plan_additions", render_markdown(plan)), "");
}

TEST(RenderMarkdown, ShowsAPlanThatIsOnlyBlocked) {
  EXPECT_EQ(difference("plan_blocked", render_markdown(samples::blocked_plan())), "");
}

TEST(RenderMarkdown, SumsUpWhatAnUnprovedListingWithholds) {
  EXPECT_EQ(difference("plan_unproved_many", render_markdown(samples::unproved_plan(90))), "");
}

TEST(RenderMarkdown, FoldsManyFindings) {
  EXPECT_EQ(difference("plan_findings", render_markdown(samples::plan_with_many_findings())), "");
}

TEST(RenderMarkdown, TellsWhatBecameOfTheTenant) {
  EXPECT_EQ(difference("drift", render_markdown(samples::drift_plan())), "");
  Plan still = samples::empty_plan();
  still.drift = DriftBasis{};
  EXPECT_THAT(render_markdown(still),
              StartsWith("<!-- cipherform:drift:qa -->\n### No drift. qa matches the declaration.\n"));
}

TEST(RenderMarkdown, FoldsManyPeople) {
  EXPECT_EQ(difference("plan_many", render_markdown(samples::large_plan(30))), "");
}

TEST(RenderMarkdown, GivesNoFoldToASmallPlan) {
  for (const Plan& plan : {samples::rich_plan(), samples::empty_plan(), samples::large_plan(20)}) {
    EXPECT_THAT(render_markdown(plan), Not(HasSubstr("<details>")));
  }
}

TEST(RenderMarkdown, SaysThatOnlyAPartWasCompared) {
  Plan plan = samples::empty_plan();
  plan.selection = {{"bob@*", "Eng`\x1b[31m"}, {"Payments"}};
  const std::string text = render_markdown(plan);
  EXPECT_THAT(text, HasSubstr("> [!WARNING]\n> **Only a part was compared.** Nothing is known of the rest.\n"
                              "> - `--target bob@*`\n> - ``--target Eng`\\x1b[31m``\n> - `--exclude Payments`\n"));
  EXPECT_THAT(text, Not(HasSubstr("matches the declaration")));
}

TEST(RenderMarkdown, SaysHowAGuardrailIsAcknowledged) {
  Plan plan = samples::plan_to_report();
  plan.guardrail_hits = {{GuardrailKind::max_removals,
                          "37 memberships would be removed: 14.2 % of the tenant's 260, more than 10 %", "removals=37"},
                         {GuardrailKind::max_members, "Engineering would have 41 members: more than 40", ""}};
  const std::string text = render_markdown(plan);
  EXPECT_THAT(text, HasSubstr("> [!CAUTION]\n> **Apply refuses this plan: 2 guardrails are hit**\n"));
  EXPECT_THAT(text, HasSubstr("If this is meant: `--ack removals=37`\n"));
  EXPECT_THAT(text, HasSubstr("Engineering would have 41 members: more than 40. Cannot be acknowledged: change the "
                              "declaration.\n"));
}

TEST(RenderMarkdown, BeginsWithTheMarkerOfItsEnvironment) {
  Plan plan = samples::rich_plan();
  EXPECT_THAT(render_markdown(plan), StartsWith("<!-- cipherform:plan:qa -->\n### "));
  plan.environment = "a-->b\n";
  EXPECT_THAT(render_markdown(plan), StartsWith("<!-- cipherform:plan:a-%2D%3Eb%0A -->\n### "));
}

TEST(RenderMarkdown, HoldsTheFingerprintOfThePlan) {
  const Plan plan = samples::rich_plan();
  EXPECT_THAT(render_markdown(plan), HasSubstr("fingerprint `" + fingerprint(plan) + "`"));
}

TEST(RenderMarkdown, IsTheSameEachTime) {
  EXPECT_EQ(render_markdown(samples::rich_plan()), render_markdown(samples::rich_plan()));
}

}  // namespace
}  // namespace cipherform
