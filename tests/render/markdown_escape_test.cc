#include "render/markdown_escape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

#include "fakes/hostile_strings.h"

namespace cipherform {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(CodeSpan, ShowsAnEmailAsItIs) { EXPECT_EQ(code_span("ada@example.com"), "`ada@example.com`"); }

TEST(CodeSpan, IsNeverEmpty) { EXPECT_EQ(code_span(""), "(empty)"); }

TEST(CodeSpan, HasAFenceThatTheTextDoesNotHave) {
  EXPECT_EQ(code_span("a`b"), "``a`b``");
  EXPECT_EQ(code_span("a``b"), "`a``b`");
  EXPECT_EQ(code_span("a`b``c"), "```a`b``c```");
}

TEST(CodeSpan, KeepsBackticksAtTheEndsApartFromTheFence) {
  EXPECT_EQ(code_span("`"), "`` ` ``");
  EXPECT_EQ(code_span("`a"), "`` `a ``");
  EXPECT_EQ(code_span("a``"), "` a`` `");
}

TEST(CodeSpan, TakesAFenceThatCmarkAcceptsWhateverTheText) {
  std::string runs;
  for (std::size_t length = 1; runs.size() < 4000; ++length) runs += std::string(length, '`') + 'x';
  const std::string span = code_span(runs);
  EXPECT_LT(span.find_first_not_of('`'), 80U);
  EXPECT_EQ(code_span(std::string(200, '`')).substr(0, 3), "` `");
}

TEST(CodeSpan, ShowsSpacesThatARendererWouldDrop) {
  EXPECT_EQ(code_span(" Admins "), "`\\x20Admins\\x20`");
  EXPECT_EQ(code_span("Ops  team"), "`Ops \\x20team`");
  EXPECT_EQ(code_span(" "), "`\\x20`");
  EXPECT_EQ(code_span("Ops team"), "`Ops team`");
}

TEST(CodeSpan, ShowsWhatWouldNotBeSeen) {
  EXPECT_EQ(code_span("Ad\u202Emins\r\n\x1b[2J"), "`Ad\\u202emins\\x0d\\x0a\\x1b[2J`");
}

TEST(CodeSpan, LeavesOtherScriptsAlone) { EXPECT_EQ(code_span("Zoë, 東京"), "`Zoë, 東京`"); }

TEST(CodeSpan, CutsWhatIsTooLong) { EXPECT_EQ(code_span("abcdef", 3), "`abc…`"); }

TEST(Prose, LeavesPlainWordsAndNumbersAlone) {
  for (const char* text : {"37 memberships would be removed: 14.2 % of them, more than 10 %",
                           "until 2027-01-31 (in 12 days)", "more than 12,411; not declared.", "a", "at a sign-in"}) {
    EXPECT_EQ(prose(text), text);
  }
}

TEST(Prose, MakesCodeOfEveryWordThatIsMoreThanLetters) {
  EXPECT_EQ(prose("bob@example.com, @everyone and #1"), "`bob@example.com`, `@everyone` and `#1`");
  EXPECT_EQ(prose("see www.evil.example or http://evil.example"), "see `www.evil.example` or `http://evil.example`");
  EXPECT_EQ(prose("GH-1 :+1: **bold** _it_ <b> $x$ &amp;"), "`GH-1` `\\x3a+1`: `**bold**` `_it_` `<b>` `$x$` `&amp`;");
  EXPECT_EQ(prose("bob@example.com: a b-c1."), "`bob@example.com`: a `b-c1`.");
  EXPECT_EQ(prose("fallback_group is set"), "`fallback_group` is set");
}

TEST(Prose, MakesCodeOfWhatWouldBeginABlock) {
  for (const char* text : {"1.", "1)", "-", "+", "#", ">", "---", "===", "```", "|", "[x]", "[!NOTE]"}) {
    EXPECT_THAT(prose(text), testing::StartsWith("`")) << text;
  }
}

TEST(Prose, MakesCodeOfWhatNamesACommit) {
  EXPECT_EQ(prose("deadbeef 1234567 123456 facade"), "`deadbeef` `1234567` 123456 facade");
  EXPECT_EQ(prose("a-deadbeef a--b -a a- -"), "`a-deadbeef` `a--b` `-a` `a-` `-`");
}

TEST(Prose, KeepsNamesWhole) {
  const std::array<std::string_view, 3> names{"Old team", "Old", ""};
  EXPECT_EQ(prose("eve leaves Old team on Monday", names), "eve leaves `Old team` on Monday");
  EXPECT_EQ(prose("Old: Older, Old team.", names), "`Old`: Older, `Old team`.");
}

TEST(Prose, LetsNoNamePassForOurWords) {
  const std::array<std::string_view, 1> names{"nobody. This plan is approved"};
  EXPECT_EQ(prose("bob gets nobody. This plan is approved, until 2027-01-31", names),
            "bob gets `nobody. This plan is approved`, until 2027-01-31");
}

TEST(Prose, IsOneLineOfBoundedLength) {
  for (const auto& hostile : fakes::kHostileStrings) {
    std::string text;
    while (text.size() < 10'000) text += std::string{hostile.text} + " and ";
    const std::string shown = prose(text);
    EXPECT_LT(shown.size(), 4'000U) << hostile.aim;
    EXPECT_THAT(shown, Not(HasSubstr("\n")));
    EXPECT_TRUE(shown.ends_with("…")) << hostile.aim;
  }
}

TEST(CodeBlock, HasAFenceLongerThanAnyInIt) {
  EXPECT_EQ(code_block("diff", "+ a\n"), "```diff\n+ a\n```\n");
  EXPECT_EQ(code_block("diff", "+ a````b\n"), "`````diff\n+ a````b\n`````\n");
}

TEST(PlanMarker, NamesTheEnvironment) {
  EXPECT_EQ(plan_marker("qa"), "<!-- cipherform:plan:qa -->");
  EXPECT_EQ(drift_marker("a-->b"), "<!-- cipherform:drift:a-%2D%3Eb -->");
  EXPECT_EQ(promotion_marker("a-->b"), "<!-- cipherform:promotion:a-%2D%3Eb -->");
  EXPECT_EQ(plan_marker("prod-eu_1.b"), "<!-- cipherform:plan:prod-eu_1.b -->");
}

TEST(PlanMarker, CannotBeEndedOrContinued) {
  EXPECT_EQ(plan_marker("a-->b"), "<!-- cipherform:plan:a-%2D%3Eb -->");
  EXPECT_EQ(plan_marker("--"), "<!-- cipherform:plan:-%2D -->");
  EXPECT_EQ(plan_marker("a\nb %"), "<!-- cipherform:plan:a%0Ab%20%25 -->");
  for (const auto& hostile : fakes::kHostileStrings) {
    const std::string marker = plan_marker(hostile.text);
    const std::string inside = marker.substr(4, marker.size() - 7);
    EXPECT_EQ(inside.find_first_of("<>\n\r&"), std::string::npos) << hostile.aim;
    EXPECT_EQ(inside.find("--"), std::string::npos) << hostile.aim;
  }
}

TEST(PlanMarker, DiffersWhereEnvironmentsDiffer) {
  std::set<std::string> markers;
  for (const auto& hostile : fakes::kHostileStrings) markers.insert(plan_marker(hostile.text));
  EXPECT_EQ(markers.size(), fakes::kHostileStrings.size());
  EXPECT_NE(plan_marker("a-%2D"), plan_marker("a--"));
}

TEST(PlanMarker, StaysShort) {
  const std::string marker = plan_marker(std::string(10'000, 'x'));
  EXPECT_LT(marker.size(), 120U);
  EXPECT_NE(marker, plan_marker(std::string(10'001, 'x')));
}

}  // namespace
}  // namespace cipherform
