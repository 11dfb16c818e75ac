// The whole file against a golden one, and what must hold whatever names are in it;
// metrics_format_test.py has others read it.
#include "cipherform/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include "fakes/golden.h"
#include "fakes/hostile_strings.h"
#include "render/sample_plans.h"

namespace cipherform {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string difference(const char* name, std::string_view text) {
  return fakes::golden_difference(
      std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / "render" / (std::string{name} + ".prom"),
      text);
}

DriftCheck check_of(std::string environment, std::optional<Plan> plan) {
  return {std::move(environment), *parse_rfc3339("2027-01-19T09:30:00Z"), std::move(plan)};
}

std::string metrics_of(Plan plan) {
  const std::vector<DriftCheck> checks{check_of("qa", std::move(plan))};
  return render_metrics(checks);
}

/// A rich plan as a drift of which everything is known.
Plan rich_drift() {
  Plan plan = samples::rich_plan();
  plan.drift = samples::drift_plan().drift;
  plan.drift->last_converged = parse_rfc3339("2027-01-15T08:00:00.040Z");
  for (const Finding& finding : samples::drift_plan().findings) plan.findings.push_back(finding);
  return plan;
}

TEST(Metrics, AreAsAgreed) {
  std::vector<DriftCheck> checks;
  checks.push_back(check_of("prod", rich_drift()));
  checks.push_back(check_of("qa", std::nullopt));
  checks.push_back(check_of("stage", samples::drift_plan()));
  EXPECT_EQ(difference("metrics", render_metrics(checks)), "");
}

TEST(Metrics, OfACheckThatFailedSayOnlyThat) {
  const std::vector<DriftCheck> checks{check_of("qa", std::nullopt)};
  EXPECT_EQ(render_metrics(checks),
            "# HELP cipherform_up Whether the tenant was read and compared with the declaration.\n"
            "# TYPE cipherform_up gauge\n"
            "cipherform_up{environment=\"qa\"} 0\n"
            "# HELP cipherform_check_timestamp_seconds When the check was made, in seconds since the Unix epoch.\n"
            "# TYPE cipherform_check_timestamp_seconds gauge\n"
            "cipherform_check_timestamp_seconds{environment=\"qa\"} 1800351000\n");
}

TEST(Metrics, WhereNotEvenTheEnvironmentIsKnownThereIsNoLabel) {
  const std::vector<DriftCheck> checks{check_of("", std::nullopt)};
  EXPECT_THAT(render_metrics(checks), HasSubstr("\ncipherform_up 0\n"));
}

TEST(Metrics, WhatIsNotKnownIsLeftOut) {
  Plan plan = samples::empty_plan();
  plan.drift = DriftBasis{};
  plan.findings = {{FindingKind::people_not_compared, "", "", "no apply has converged"}};
  const std::string never = metrics_of(plan);
  for (const char* unknown : {"people_appeared", "people_vanished", "last_converged"}) {
    EXPECT_THAT(never, Not(HasSubstr(unknown)));
  }
  EXPECT_THAT(never, HasSubstr("\ncipherform_findings{environment=\"qa\",kind=\"people_not_compared\"} 1\n"));
  plan.drift->last_converged = plan.created_at;
  const std::string unproved = metrics_of(plan);
  EXPECT_THAT(unproved,
              HasSubstr("\ncipherform_last_converged_timestamp_seconds{environment=\"qa\"} 1800351000.250\n"));
  EXPECT_THAT(unproved, Not(HasSubstr("people_appeared")));
  plan.findings.clear();
  EXPECT_THAT(metrics_of(plan), HasSubstr("\ncipherform_people_vanished{environment=\"qa\"} 0\n"));
}

TEST(Metrics, AListWithoutProofIsSaid) {
  EXPECT_THAT(metrics_of(samples::unproved_plan(3)),
              HasSubstr("\ncipherform_listing_complete{environment=\"qa\"} 0\n"));
  EXPECT_THAT(metrics_of(samples::empty_plan()), HasSubstr("\ncipherform_listing_complete{environment=\"qa\"} 1\n"));
}

TEST(Metrics, EscapeWhatEndsALabel) {
  const std::vector<DriftCheck> checks{check_of("a\\b\"c\nd\xFF", std::nullopt)};
  EXPECT_THAT(render_metrics(checks), HasSubstr("\ncipherform_up{environment=\"a\\\\b\\\"c\\nd\xEF\xBF\xBD\"} 0\n"));
}

TEST(Metrics, NoNameMakesALineOfItsOwn) {
  std::vector<DriftCheck> checks;
  for (const auto& hostile : fakes::kHostileStrings)
    checks.push_back(check_of(std::string{hostile.text}, std::nullopt));
  const std::string text = render_metrics(checks);
  std::istringstream lines(text);
  std::size_t samples = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.front() == '#') continue;
    ++samples;
    EXPECT_EQ(line.find("cipherform_"), 0U) << line;
  }
  EXPECT_EQ(samples, 2 * fakes::kHostileStrings.size());
  EXPECT_EQ(difference("metrics_hostile", text), "");
}

}  // namespace
}  // namespace cipherform
