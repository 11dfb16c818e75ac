// What the page says without a script.
#include "render/html_blocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "render/sample_plans.h"

namespace cipherform {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string warnings_of(const Plan& plan) {
  std::string out;
  HtmlWriter page(out);
  write_warnings(page, plan, make_rows(plan));
  return out;
}

std::string counts_of(const Plan& plan) {
  std::string out;
  HtmlWriter page(out);
  write_counts(page, plan);
  return out;
}

std::string findings_of(const Plan& plan) {
  std::string out;
  HtmlWriter page(out);
  write_findings(page, make_rows(plan));
  return out;
}

TEST(HtmlWarnings, AreInTheOrderInWhichTheyStopAnApproval) {
  Plan plan = samples::rich_plan();
  plan.proof = {false, "two passes disagreed", 1, 1, 1};
  plan.selection.excludes = {"ceo@*"};
  plan.as_of = parse_rfc3339("2027-02-01T00:00:00Z");
  const std::string text = warnings_of(plan);
  std::size_t last = 0;
  for (const char* words :
       {"not proved complete", "Only a part was compared", "Judged as of 2027-02-01T00:00:00Z", "--ack removals=37",
        "Cannot be acknowledged", "3 memberships are", "2 privileged grants", "2 changes blocked"}) {
    const auto at = text.find(words);
    ASSERT_NE(at, std::string::npos) << words;
    EXPECT_GT(at, last) << words;
    last = at;
  }
}

TEST(HtmlWarnings, SayThatThereIsNothingToWarnOf) {
  Plan plan = samples::empty_plan();
  EXPECT_EQ(warnings_of(plan), "");
  plan.actions = {{"1", AddMember{"id-1", "bob@example.com", {{"g", "Sales"}, false, false, {}, {}}}}};
  EXPECT_THAT(warnings_of(plan), HasSubstr("Nothing is removed or blocked"));
}

TEST(HtmlWarnings, CountWhatTheyDoNotList) {
  const std::string text = warnings_of(samples::large_plan(1'300));
  EXPECT_THAT(text, HasSubstr("1,300 memberships are taken away</b> from 1,300 people"));
  EXPECT_THAT(text, HasSubstr("person-000009@example.com"));
  EXPECT_THAT(text, Not(HasSubstr("person-000010@example.com")));
  EXPECT_THAT(text, HasSubstr("and 1,290 more"));
}

TEST(HtmlCounts, AreNumbersOrASentence) {
  EXPECT_THAT(counts_of(samples::empty_plan()), HasSubstr("No changes. qa matches the declaration."));
  EXPECT_THAT(counts_of(samples::rich_plan()), HasSubstr("2</span> to create"));
  EXPECT_THAT(counts_of(samples::rich_plan()), HasSubstr("Requests: 8, about 1 s at 10 requests/s."));
  EXPECT_THAT(counts_of(samples::large_plan(1)), Not(HasSubstr("blocked")));
}

TEST(HtmlFindings, ShowWhatEndsSoonUnfolded) {
  const std::string text = findings_of(samples::rich_plan());
  EXPECT_THAT(text, HasSubstr("<details open><summary>Ending within 14 days (1)</summary>"));
  EXPECT_THAT(text, HasSubstr("<details><summary>1 unmanaged user</summary>"));
  EXPECT_THAT(text, Not(HasSubstr("privileged grant")));
}

TEST(HtmlFindings, CountWhatTheyDoNotList) {
  const std::string text = findings_of(samples::plan_with_many_findings());
  EXPECT_THAT(text, HasSubstr("12,411 unmanaged users"));
  EXPECT_THAT(text, HasSubstr("and 12,361 more"));
  EXPECT_THAT(text, HasSubstr("and 10 more"));
}

TEST(HtmlFindings, AreNotThereWhereThereIsOnlyWhatTheWarningsSay) {
  Plan plan = samples::empty_plan();
  plan.findings = {{FindingKind::privileged_grant, "bob@example.com", "Admins", ""}};
  EXPECT_EQ(findings_of(plan), "");
}

}  // namespace
}  // namespace cipherform
