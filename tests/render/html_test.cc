// Whole pages against golden files, with the style and the script left out; what must hold of
// every page beside them. tests/html has the same pages in a browser.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "cipherform/render.h"
#include "fakes/golden.h"
#include "render/html_text.h"
#include "render/random_plans.h"
#include "render/sample_plans.h"

namespace cipherform {
namespace {

/// What stands between `start` and `end`, which are each in the text.
std::string between(const std::string& text, std::string_view start, std::string_view end) {
  const auto first = text.find(start);
  if (first == std::string::npos) return {};
  const auto from = first + start.size();
  return text.substr(from, text.find(end, from) - from);
}

std::string style_of(const std::string& page) { return between(page, "<style>", "</style>"); }
std::string script_of(const std::string& page) { return between(page, "<script type=\"module\">", "</script>"); }
std::string policy_of(const std::string& page) {
  return between(page, "<meta http-equiv=\"Content-Security-Policy\" content=\"", "\">");
}

void replace(std::string& text, const std::string& part, std::string_view by) {
  const auto at = text.find(part);
  if (at != std::string::npos) text.replace(at, part.size(), by);
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

std::string difference(const char* name, const Plan& plan) {
  std::string page = render_html(plan);
  const std::string style = style_of(page);
  const std::string script = script_of(page);
  replace(page, policy_hash(style), "'HASH OF THE STYLE'");
  replace(page, policy_hash(script), "'HASH OF THE SCRIPT'");
  replace(page, style, "THE STYLE");
  replace(page, script, "THE SCRIPT");
  return fakes::golden_difference(
      std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / "render" / (std::string{name} + ".html"),
      page);
}

std::vector<Plan> all_samples() {
  return {samples::empty_plan(),   samples::rich_plan(),       samples::blocked_plan(),
          samples::drift_plan(),   samples::unproved_plan(90), samples::plan_with_many_findings(),
          samples::hostile_plan(), samples::markup_plan(),     samples::plan_of_the_corpus(),
          samples::large_plan(50)};
}

TEST(RenderHtml, ShowsEverythingOfARichPlan) { EXPECT_EQ(difference("plan_rich", samples::rich_plan()), ""); }

TEST(RenderHtml, ShowsHostileNamesAsText) { EXPECT_EQ(difference("plan_hostile", samples::hostile_plan()), ""); }

TEST(RenderHtml, ShowsMarkupAsText) { EXPECT_EQ(difference("plan_markup", samples::markup_plan()), ""); }

TEST(RenderHtml, TellsWhatBecameOfTheTenant) { EXPECT_EQ(difference("drift", samples::drift_plan()), ""); }

TEST(RenderHtml, SaysNoChanges) { EXPECT_EQ(difference("plan_empty", samples::empty_plan()), ""); }

TEST(RenderHtml, AllowsOnlyTheScriptAndTheStyleThatItBrings) {
  for (const Plan& plan : all_samples()) {
    const std::string page = render_html(plan);
    ASSERT_GT(script_of(page).size(), 1000U);
    EXPECT_EQ(policy_of(page), "default-src 'none'; script-src " + policy_hash(script_of(page)) + "; style-src " +
                                   policy_hash(style_of(page)) +
                                   "; img-src data:; base-uri 'none'; form-action 'none'; "
                                   "require-trusted-types-for 'script'; trusted-types 'none'");
  }
}

TEST(RenderHtml, HasThePolicyAheadOfEverythingItHolds) {
  const std::string page = render_html(samples::markup_plan());
  const auto policy = page.find("Content-Security-Policy");
  for (const char* element : {"<link", "<style", "<title", "<script", "<body"}) {
    EXPECT_GT(page.find(element), policy) << element;
  }
}

TEST(RenderHtml, HasNoElementThatItsFrameDoesNotHave) {
  for (const Plan& plan : all_samples()) {
    const std::string page = render_html(plan);
    EXPECT_EQ(count_of(page, "<script"), 2U);
    EXPECT_EQ(count_of(page, "</script"), 2U);
    EXPECT_EQ(count_of(page, "<style"), 1U);
    EXPECT_EQ(count_of(page, "<meta"), 5U);
    EXPECT_EQ(count_of(page, "<title"), 1U);
    for (const char* other : {"<img", "<svg", "<iframe", "<base", "<form", "<!--", "<object"}) {
      EXPECT_EQ(count_of(page, other), 0U) << other;
    }
  }
}

TEST(RenderHtml, LinksToNothingButItself) {
  const std::string page = render_html(samples::rich_plan());
  EXPECT_EQ(count_of(page, " src="), 0U);
  EXPECT_EQ(count_of(page, "url("), 0U);
  EXPECT_EQ(count_of(page, "@import"), 0U);
  EXPECT_EQ(count_of(page, "href=\""), count_of(page, "href=\"#") + count_of(page, "href=\"data:image/svg+xml,"));
}

TEST(RenderHtml, HasAScriptThatMakesNoMarkupAndKeepsNothing) {
  const std::string script = script_of(render_html(samples::empty_plan()));
  for (const char* word : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "fetch(",
                           "XMLHttpRequest", "localStorage", "sessionStorage", "document.cookie", "import "}) {
    EXPECT_EQ(count_of(script, word), 0U) << word;
  }
}

TEST(RenderHtml, GivesTheSameBytesForTheSamePlan) {
  EXPECT_EQ(render_html(samples::rich_plan()), render_html(samples::rich_plan()));
}

TEST(RenderHtml, FillsItsWholeFrame) {
  EXPECT_EQ(count_of(render_html(samples::rich_plan()), "{{"), 0U);
  EXPECT_EQ(render_html(samples::rich_plan()).back(), '\n');
}

}  // namespace
}  // namespace cipherform
