// Every form of a plan and of a report with the corpus of hostile strings in it: golden files
// to look at, and that nothing acts on them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "cipherform/render.h"
#include "fakes/golden.h"
#include "fakes/hostile_strings.h"
#include "fakes/log_safety.h"
#include "render/random_plans.h"

namespace cipherform {
namespace {

using fakes::acted_on;
using fakes::kHostileStrings;

std::string difference(const char* path, std::string_view text) {
  return fakes::golden_difference(std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / path, text);
}

/// One of every outcome and place, each with a string of the corpus as the API's words.
ApplyReport report_of(const Plan& plan, std::vector<Standing>& left) {
  ApplyReport report;
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    const std::string words{kHostileStrings[i % kHostileStrings.size()].text};
    report.actions.push_back({static_cast<ActionOutcome>(i % 7), words});
    left.push_back({i % 3 == 0 ? ActionStanding::already_done : ActionStanding::conflicting, words});
  }
  report.stopped_by = Error{ErrorKind::refused, std::string{kHostileStrings[0].text}, "::error::", "\x1b[2J", true};
  return report;
}

TEST(Injection, TheTextFormShowsItAndNothingElse) {
  const std::string text = render_text(samples::plan_of_the_corpus(), {});
  EXPECT_EQ(acted_on(text), "");
  EXPECT_EQ(difference("render/injection.txt", text), "");
}

TEST(Injection, TheMarkdownFormShowsItAndNothingElse) {
  const std::string text = render_markdown(samples::plan_of_the_corpus());
  EXPECT_EQ(acted_on(text), "");
  EXPECT_EQ(difference("render/injection.md", text), "");
}

TEST(Injection, TheJsonFormIsAsciiWithoutCommands) {
  const std::string json = to_json(samples::plan_of_the_corpus());
  EXPECT_EQ(acted_on(json), "");
  EXPECT_TRUE(std::all_of(json.begin(), json.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  EXPECT_EQ(difference("plan/injection.json", json), "");
}

TEST(Injection, TheJsonFormIsReadBackAsItWas) {
  const auto again = plan_from_json(to_json(samples::plan_of_the_corpus()));
  ASSERT_TRUE(again.has_value()) << again.error().what;
  EXPECT_EQ(to_json(*again), to_json(samples::plan_of_the_corpus()));
  EXPECT_EQ(again->actions, samples::plan_of_the_corpus().actions);
}

TEST(Injection, TheReportShowsTheApisWordsAndNothingElse) {
  const Plan plan = samples::plan_of_the_corpus();
  std::vector<Standing> left;
  const ApplyReport report = report_of(plan, left);
  const std::string text = render_report(plan, report, &left, {});
  EXPECT_EQ(acted_on(text), "");
  EXPECT_EQ(difference("render/injection_report.txt", text), "");
  EXPECT_EQ(acted_on(render_report(plan, report, nullptr, {})), "");
}

TEST(Injection, TheStandingShowsItAndNothingElse) {
  const Plan plan = samples::plan_of_the_corpus();
  std::vector<Standing> standings;
  report_of(plan, standings);
  EXPECT_EQ(acted_on(render_standing(plan, standings, {})), "");
  EXPECT_EQ(acted_on(standing_to_json(plan, standings)), "");
}

TEST(Injection, EachStringInEveryPlaceOfEveryForm) {
  for (const auto& hostile : kHostileStrings) {
    const Plan plan = samples::plan_of(hostile.text);
    for (const std::string& form : {render_text(plan, {}), render_markdown(plan), render_html(plan), to_json(plan)}) {
      EXPECT_EQ(acted_on(form), "") << hostile.aim;
    }
  }
}

TEST(Injection, APairOfStringsSideBySideMakesNothingEither) {
  for (const auto& first : {":", "#", "`", "\\", "-", " ", "##", "[", "/", "\xe2", "\xf0\x9f"}) {
    for (const auto& second : {":error::x", "#[error]", "`", "-->", ">", "[x]", "\x80\x8b", "\xa0\x80"}) {
      const Plan plan = samples::plan_of(std::string{first} + second);
      for (const std::string& form : {render_text(plan, {}), render_markdown(plan), render_html(plan), to_json(plan)}) {
        EXPECT_EQ(acted_on(form), "") << first << second;
      }
    }
  }
}

TEST(Injection, TheTestsWouldSeeIt) {
  EXPECT_NE(acted_on("a\n  ::error::b"), "");
  EXPECT_NE(acted_on("\u00a0::error::b"), "");
  EXPECT_NE(acted_on("a ##[error]"), "");
  EXPECT_NE(acted_on("a\x1b[0m"), "");
  EXPECT_NE(acted_on("a\u202e"), "");
  EXPECT_NE(acted_on("a\r"), "");
  EXPECT_EQ(acted_on("groups::a\nb\n"), "");
}

}  // namespace
}  // namespace cipherform
