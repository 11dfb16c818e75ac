// Reports against golden files, and that nothing partial is called a success.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "cipherform/render.h"
#include "fakes/golden.h"
#include "render/sample_plans.h"

namespace cipherform {
namespace {

using enum ActionStanding;

std::string difference(const char* name, std::string_view text) {
  return fakes::golden_difference(
      std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / "render" / (std::string{name} + ".txt"),
      text);
}

ApplyReport all_done() {
  ApplyReport report;
  report.actions.assign(6, {ActionOutcome::done, ""});
  report.requests = 6;
  return report;
}

/// Every outcome: cleo refused, bob's first add ambiguous and the rest skipped, dan not sent.
ApplyReport mixed() {
  ApplyReport report = all_done();
  report.actions[1] = {ActionOutcome::refused, "400: groups must contain only UUIDs"};
  report.actions[2] = {ActionOutcome::ambiguous, "connection reset after the request had left"};
  report.actions[3] = {ActionOutcome::skipped, "an earlier action of the same user failed"};
  report.actions[4] = {ActionOutcome::skipped, "an earlier action of the same user failed"};
  report.actions[5] = {ActionOutcome::not_sent, "connection refused, 6 attempts"};
  return report;
}

std::vector<Standing> standings(std::initializer_list<ActionStanding> list) {
  std::vector<Standing> left;
  for (const ActionStanding standing : list)
    left.push_back({standing, standing == conflicting ? "the user is gone" : ""});
  return left;
}

const std::vector<Standing> kAllInPlace(6, Standing{already_done, ""});

std::string render(const ApplyReport& report, const std::vector<Standing>* left) {
  return render_report(samples::plan_to_report(), report, left, {});
}

void expect_no_success(const std::string& text) {
  EXPECT_EQ(text.find("complete"), std::string::npos);
  EXPECT_EQ(text.find("Converged"), std::string::npos);
  EXPECT_NE(text.find("Run the same command again"), std::string::npos);
}

TEST(RenderReport, SaysConvergedWhenTheReadSaysSo) {
  const std::string text = render(all_done(), &kAllInPlace);
  EXPECT_EQ(text,
            "Apply complete: 2 created, 2 added, 2 removed.\n"
            "Converged: qa was read again and every change is in place.\n");
}

TEST(RenderReport, DoesNotSayConvergedWithoutARead) {
  const std::string text = render(all_done(), nullptr);
  EXPECT_EQ(text,
            "Apply complete: 2 created, 2 added, 2 removed.\n"
            "qa was not read again, so what is in place is not verified.\n");
}

TEST(RenderReport, ListsEveryFailureOfAPartialApply) {
  const auto left = standings({already_done, still_valid, already_done, still_valid, still_valid, conflicting});
  const std::string text = render(mixed(), &left);
  EXPECT_EQ(difference("report_partial", text), "");
  expect_no_success(text);
}

TEST(RenderReport, ColorsAPartialApply) {
  const auto left = standings({already_done, still_valid, already_done, still_valid, still_valid, conflicting});
  EXPECT_EQ(
      difference("report_partial_color", render_report(samples::plan_to_report(), mixed(), &left, {.color = true})),
      "");
}

TEST(RenderReport, SaysWhatIsNotKnownWithoutARead) {
  const std::string text = render(mixed(), nullptr);
  EXPECT_EQ(difference("report_partial_unread", text), "");
  expect_no_success(text);
}

TEST(RenderReport, SettlesFailuresThatTurnOutToBeInPlace) {
  ApplyReport report = all_done();
  report.actions[2] = {ActionOutcome::ambiguous, "no answer within 30 s"};
  EXPECT_EQ(difference("report_settled", render(report, &kAllInPlace)), "");
}

TEST(RenderReport, SaysWhenADoneChangeIsNotInPlace) {
  const auto left = standings({already_done, already_done, already_done, still_valid, already_done, already_done});
  const std::string text = render(all_done(), &left);
  EXPECT_EQ(difference("report_drifted", text), "");
  expect_no_success(text);
}

TEST(RenderReport, TellsWhatAnInterruptionLeft) {
  ApplyReport report = all_done();
  report.interrupted = true;
  for (std::size_t i = 3; i < 6; ++i) report.actions[i] = {ActionOutcome::skipped, "interrupted"};
  const auto left = standings({already_done, already_done, already_done, still_valid, still_valid, still_valid});
  const std::string text = render(report, &left);
  EXPECT_EQ(difference("report_interrupted", text), "");
  expect_no_success(text);
}

TEST(RenderReport, GivesTheErrorThatStoppedTheRun) {
  ApplyReport report = all_done();
  report.stopped_by = Error{ErrorKind::credential, "the API refuses the key: 401 Unauthorized", "POST /tenants/users",
                            "check that CIPHERFORM_API_KEY_QA holds this tenant's key", true};
  report.actions[0] = {ActionOutcome::refused, "401 Unauthorized"};
  for (std::size_t i = 1; i < 6; ++i) report.actions[i] = {ActionOutcome::skipped, "the run stopped"};
  const std::string text = render(report, nullptr);
  EXPECT_EQ(difference("report_stopped", text), "");
  expect_no_success(text);
}

TEST(RenderReport, CountsActionsWithoutAnEndAsSkipped) {
  ApplyReport report = all_done();
  report.actions.resize(2);
  report.stopped_by = Error{ErrorKind::ledger, "the ledger cannot be written: disk full", "", "", false};
  const std::string text = render(report, nullptr);
  EXPECT_EQ(difference("report_cut_short", text), "");
  expect_no_success(text);
}

TEST(RenderReport, MentionsWhatIsBlocked) {
  Plan plan = samples::plan_to_report();
  plan.blocked = samples::blocked_plan().blocked;
  EXPECT_EQ(render_report(plan, all_done(), &kAllInPlace, {}),
            "Apply complete: 2 created, 2 added, 2 removed.\n"
            "Converged: qa was read again and every change is in place.\n"
            "Blocked: 1 change of the plan cannot be made; the plan says why.\n");
}

TEST(RenderReport, FoldsWhatWasNotTried) {
  const Plan plan = samples::large_plan(1'000);
  ApplyReport report;
  report.interrupted = true;
  report.actions.assign(plan.actions.size(), {ActionOutcome::skipped, "interrupted"});
  report.actions[1'999] = {ActionOutcome::refused, "409: already a member"};
  const std::string text = render_report(plan, report, nullptr, {});
  EXPECT_EQ(difference("report_many_skipped", text), "");
  expect_no_success(text);
}

TEST(RenderReport, EscapesTheApisWords) {
  ApplyReport report = all_done();
  report.actions[0] = {ActionOutcome::refused, "\x1b[2J\n::error::" + std::string(2'000, 'x')};
  report.stopped_by = Error{ErrorKind::refused, "\x1b]0;t\x07", "::warning::", "a\u202Eb\u202C", false};
  const std::string text = render(report, nullptr);
  for (const char c : text) ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n');
  EXPECT_EQ(text.find("::"), std::string::npos);
  EXPECT_NE(text.find("\\x1b[2J\\x0a\\x3a:error\\x3a:xxx"), std::string::npos);
  EXPECT_NE(text.find("xxx…"), std::string::npos);
}

}  // namespace
}  // namespace cipherform
