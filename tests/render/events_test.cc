// Every kind of event against a golden file; tests/tools/events_test.py holds the file
// against schemas/events.schema.json.
#include "cipherform/events.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "fakes/golden.h"
#include "render/sample_plans.h"

namespace cipherform {
namespace {

using std::chrono::seconds;

class Events : public testing::Test {
 protected:
  void send(const Event& event) { lines_ += event_line(event, samples::empty_plan().created_at); }
  void send(const Plan& plan) {
    for (const Action& action : plan.actions) send(event::PlannedChange{action});
    for (const BlockedAction& blocked : plan.blocked) send(problem_of(blocked));
    for (const GuardrailHit& hit : plan.guardrail_hits) send(problem_of(hit));
    for (const Finding& finding : plan.findings) send(problem_of(finding));
    send(event::PlanSummary{plan});
  }
  std::string difference(const char* name) const {
    return fakes::golden_difference(
        std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / "render" / (std::string{name} + ".jsonl"),
        lines_);
  }

  std::string lines_;
};

TEST_F(Events, OfAPlan) {
  send(event::Version{"1.2.3"});
  send(event::Progress{"users read", 1200, 0});
  send(event::Progress{"users read", 1300, 5000});
  send(samples::rich_plan());
  send(samples::empty_plan());
  EXPECT_EQ(difference("events_plan"), "");
}

TEST_F(Events, OfAnApply) {
  const Plan plan = samples::plan_to_report();
  const Action& create = plan.actions[0];
  const Action& removal = plan.actions[4];
  for (const Action* action : {&create, &removal}) {
    send(event::ApplyStart{*action});
    send(event::ApplyProgress{*action, seconds{10}});
    send(event::ApplyComplete{*action, seconds{12}});
    send(event::ApplyErrored{*action, seconds{0}});
  }
  send(problem_of(create, ActionReport{ActionOutcome::refused, "400: email must be an email"}));
  send(problem_of(removal, ActionReport{ActionOutcome::skipped, "not tried, because the run stopped"}));
  send(problem_of(removal, Standing{ActionStanding::conflicting, "bob is not in Contractors"}));
  send(problem_of(removal, Standing{ActionStanding::still_valid, ""}));
  send(event::Note{"Waiting: ada holds the lock"});
  send(event::ApplySummary{{2, 1, 1, 0}, 0, "converged", 4});
  send(event::ApplySummary{{1, 0, 0, 0}, 1, "partial", 2});
  send(event::ApplySummary{{1, 0, 0, 0}, 4, "interrupted", 2});
  EXPECT_EQ(difference("events_apply"), "");
}

TEST_F(Events, OfWhatGoesWrong) {
  send(problem_of(Error{ErrorKind::refused, "the API refused it", "GET /tenants/users", "look at the key", false}));
  send(problem_of(Error{ErrorKind::transport, "no answer", {}, {}, true}));
  send(problem_of(Diagnostic{"users/ada.yaml", 4, 7, "there is no team 'plattform'", "did you mean 'platform'?"}));
  send(problem_of(Diagnostic{"users/ada.yaml", 0, 0, "is empty", ""}));
  EXPECT_EQ(difference("events_problems"), "");
}

TEST_F(Events, WithHostileNamesStayOneLineOfAscii) {
  send(samples::hostile_plan());
  const Plan plan = samples::hostile_plan();
  for (const Action& action : plan.actions) send(event::ApplyStart{action});
  send(problem_of(Error{ErrorKind::refused, "\x1b[2J\n::error::", "a\nb", "\u202Ex", false}));
  for (const char c : lines_) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
  EXPECT_EQ(difference("events_hostile"), "");
}

TEST_F(Events, WhatLogsActOnIsEscaped) {
  Plan plan = samples::empty_plan();
  plan.actions.push_back(
      {"0123456789abcdef", AddMember{"id", "a##[error]@x\x7f", {{"id", "##vso[x]"}, {}, {}, {}, {}}}});
  send(event::PlannedChange{plan.actions[0]});
  EXPECT_EQ(lines_.find("##"), std::string::npos) << lines_;
  EXPECT_EQ(lines_.find('\x7f'), std::string::npos) << lines_;
}

}  // namespace
}  // namespace cipherform
