// A promotion in every form: where it comes from, and what is held back because of that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cipherform/render.h"
#include "fakes/golden.h"
#include "render/sample_plans.h"

namespace cipherform {
namespace {

using testing::HasSubstr;

std::string golden(const char* name, std::string_view text) {
  return fakes::golden_difference(std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / name, text);
}

TEST(Promotion, EveryFormSaysWhereItComesFrom) {
  const Plan plan = samples::promotion();
  EXPECT_EQ(golden("render/promotion.txt", render_text(plan, {})), "");
  EXPECT_EQ(golden("render/promotion.md", render_markdown(plan)), "");
  EXPECT_EQ(golden("plan/promotion.json", to_json(plan)), "");
  const std::string page = render_html(plan);
  EXPECT_THAT(page, HasSubstr("<dt>Promotion from</dt><dd>qa, https://public-api.cipherscale.com/qa, also groups"));
  EXPECT_THAT(page, HasSubstr("the user list of qa was not proved complete, so every removal is withheld"));
  EXPECT_THAT(page, HasSubstr("<code>--group Eng*</code>"));
}

TEST(Promotion, OfNothingSaysThatBothHaveTheSame) {
  Plan plan = samples::empty_plan();
  plan.promoted_from = samples::promotion().promoted_from;
  EXPECT_THAT(render_text(plan, {}), HasSubstr("No changes in what is selected; the rest of qa was not compared."));
  plan.environment = "prod";
  plan.promoted_from->groups.clear();
  EXPECT_THAT(render_text(plan, {}), HasSubstr("No changes. prod has what qa has."));
}

}  // namespace
}  // namespace cipherform
