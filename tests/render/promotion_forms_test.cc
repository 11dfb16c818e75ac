// The stages that a declaration passed, as the forms of a plan show them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cipherform/render.h"
#include "render/sample_plans.h"

namespace cipherform {
namespace {

using std::chrono::days;
using std::chrono::hours;
using ::testing::HasSubstr;
using ::testing::Not;

Plan plan_after(std::vector<Stage> promotion) {
  Plan plan = samples::rich_plan();
  plan.promotion = std::move(promotion);
  return plan;
}

Plan promoted() {
  Plan plan = samples::rich_plan();
  plan.promotion = {{"dev", plan.created_at - days{2}}, {"staging", plan.created_at - hours{5}}, {"uat", std::nullopt}};
  return plan;
}

TEST(PromotionForms, TextShowsTheChainSeenFromWhenThePlanWasMade) {
  EXPECT_THAT(render_text(promoted(), {}),
              HasSubstr("\npromotion: dev ✓ 2 days ago → staging ✓ 5 hours ago → uat ✗ → qa\n"));
}

TEST(PromotionForms, MarkdownShowsItToo) {
  EXPECT_THAT(render_markdown(promoted()),
              HasSubstr("\nPromotion: `dev` ✓ 2 days ago → `staging` ✓ 5 hours ago → `uat` ✗ → `qa`\n"));
}

TEST(PromotionForms, HtmlShowsItAmongTheFacts) {
  EXPECT_THAT(render_html(promoted()),
              HasSubstr("<dt>Promotion</dt><dd>dev ✓ 2 days ago → staging ✓ 5 hours ago → uat ✗ → qa</dd>"));
}

TEST(PromotionForms, WithoutStagesNothingIsShown) {
  const Plan plan = samples::rich_plan();
  EXPECT_THAT(render_text(plan, {}), Not(HasSubstr("promotion")));
  EXPECT_THAT(render_markdown(plan), Not(HasSubstr("Promotion")));
  EXPECT_THAT(render_html(plan), Not(HasSubstr("<dt>Promotion")));
}

TEST(PromotionForms, ANameFromOutsideStaysAName) {
  const Plan plan = plan_after({{"a`b\x1b[31m<script>|", std::nullopt}});
  EXPECT_THAT(render_text(plan, {}), HasSubstr("promotion: a`b\\x1b[31m<script>| ✗ → qa\n"));
  EXPECT_THAT(render_html(plan), Not(HasSubstr("b<script>|")));
  EXPECT_THAT(render_markdown(plan), Not(HasSubstr("Promotion: `a`b")));
}

TEST(PromotionForms, MarkdownShowsTheLastOfVeryManyStages) {
  std::vector<Stage> stages;
  for (int i = 0; i < 500; ++i) stages.push_back({"s" + std::to_string(i), std::nullopt});
  const std::string text = render_markdown(plan_after(std::move(stages)));
  EXPECT_THAT(text, HasSubstr("\nPromotion: … → `s494` ✗ → "));
  EXPECT_LT(text.size(), 65'536U);
}

TEST(PromotionForms, ASavedPlanKeepsIt) {
  const Plan plan = promoted();
  const auto read = plan_from_json(to_json(plan));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->promotion, plan.promotion);
  EXPECT_EQ(fingerprint(*read), fingerprint(samples::rich_plan())) << "when a stage converged is no matter";
}

}  // namespace
}  // namespace cipherform
