#include "cli/history_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cipherform::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Time kNoon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + std::chrono::hours{12}};

RunRecord a_run() {
  RunRecord run;
  run.id = 12;
  run.environment = "qa";
  run.holder = {"ada", "laptop", 4711};
  run.base_url = "https://a/qa";
  run.tool_version = "0.1.0";
  run.planned_at = kNoon;
  run.declaration_digest = "d1";
  run.live_digest = "l1";
  run.creates = 3;
  run.adds = 5;
  run.intended = 8;
  run.done = 7;
  run.started_at = kNoon;
  run.finished_at = kNoon + std::chrono::milliseconds{2'450};
  run.result = RunResult::partial;
  return run;
}

ActionRecord an_action() {
  ActionRecord action;
  action.action_id = "a1";
  action.kind = "add_member";
  action.email = "ada@example.com";
  action.group = "Engineering";
  action.intended_at = kNoon;
  return action;
}

TEST(HistoryText, IsALineForEachRun) {
  RunRecord second = a_run();
  second.id = 3;
  second.environment = "production";
  EXPECT_EQ(history_text(std::vector{a_run(), second}, kNoon),
            "RUN  STARTED               WHO         ENVIRONMENT  RESULT   CREATE  ADD  REMOVE  DONE  TOOK\n"
            "12   2026-03-01T12:00:00Z  ada@laptop  qa           partial  3       5    0       7     2.4 s\n"
            "3    2026-03-01T12:00:00Z  ada@laptop  production   partial  3       5    0       7     2.4 s\n");
}

TEST(HistoryText, SaysWhenThereIsNothing) {
  EXPECT_EQ(history_text(std::vector<RunRecord>{}, kNoon), "No apply is recorded.\n");
}

TEST(HistoryText, TellsARunningApplyFromOneThatWasCutOff) {
  RunRecord run = a_run();
  run.finished_at.reset();
  run.result.reset();
  EXPECT_EQ(state_of(run, kNoon), "cut off");
  run.lease_until = kNoon + std::chrono::seconds{1};
  EXPECT_EQ(state_of(run, kNoon), "running");
  EXPECT_EQ(state_of(run, kNoon + std::chrono::seconds{1}), "cut off");
}

TEST(HistoryText, OfARunShowsEachActionWithWhatCameOfIt) {
  ActionRecord failed = an_action();
  failed.outcome = ActionOutcome::refused;
  failed.attempts = 2;
  failed.detail = "no such group";
  EXPECT_EQ(history_text(RunHistory{a_run(), {an_action(), failed}}, kNoon),
            "Run 12 of qa (https://a/qa): partial\n"
            "by ada@laptop (pid 4711), cipherform 0.1.0\n"
            "planned 2026-03-01T12:00:00Z, started 2026-03-01T12:00:00Z, ended 2026-03-01T12:00:02.450Z (2.4 s)\n"
            "plan: 3 to create, 5 to add, 0 to remove; 8 tried, 7 done\n"
            "declaration d1, live state l1\n"
            "\n"
            "INTENDED              OUTCOME  ATTEMPTS  KIND        EMAIL            GROUP        DETAIL\n"
            "2026-03-01T12:00:00Z  open     1         add_member  ada@example.com  Engineering\n"
            "2026-03-01T12:00:00Z  refused  2         add_member  ada@example.com  Engineering  no such group\n");
}

TEST(HistoryText, NothingThatOthersWroteActsOnATerminal) {
  ActionRecord action = an_action();
  action.email = "a\x1b[2J@example.com";
  action.group = "G\n\xe2\x80\xae";
  action.detail = "d\r\xff";
  RunRecord run = a_run();
  run.holder.host = "h\x1b]0;x\x07";
  const RunHistory history{run, {action}};
  for (const std::string& text : {history_text(history, kNoon), history_text(std::vector{run}, kNoon),
                                  history_json(history, kNoon), history_json(std::vector{run}, kNoon)}) {
    for (const char* bad : {"\x1b", "\r", "\xe2\x80\xae", "\xff", "\x07"}) EXPECT_THAT(text, Not(HasSubstr(bad)));
  }
  EXPECT_THAT(history_text(history, kNoon), HasSubstr("G\\x0a\\u202e"));
}

TEST(HistoryJson, IsALineForEachRun) {
  RunRecord running = a_run();
  running.finished_at.reset();
  running.result.reset();
  EXPECT_EQ(
      history_json(std::vector{a_run(), running}, kNoon),
      "{\"format_version\":\"1.0\",\"runs\":[\n"
      "{\"id\":12,\"environment\":\"qa\",\"base_url\":\"https://a/qa\",\"state\":\"partial\","
      "\"started_at\":\"2026-03-01T12:00:00Z\",\"finished_at\":\"2026-03-01T12:00:02.450Z\",\"duration_ms\":2450,"
      "\"holder\":{\"user\":\"ada\",\"host\":\"laptop\",\"pid\":4711},"
      "\"plan\":{\"tool_version\":\"0.1.0\",\"planned_at\":\"2026-03-01T12:00:00Z\",\"declaration_digest\":\"d1\","
      "\"live_digest\":\"l1\",\"create\":3,\"add\":5,\"remove\":0},\"actions_tried\":8,\"actions_done\":7},\n"
      "{\"id\":12,\"environment\":\"qa\",\"base_url\":\"https://a/qa\",\"state\":\"cut_off\","
      "\"started_at\":\"2026-03-01T12:00:00Z\",\"finished_at\":null,\"duration_ms\":null,"
      "\"holder\":{\"user\":\"ada\",\"host\":\"laptop\",\"pid\":4711},"
      "\"plan\":{\"tool_version\":\"0.1.0\",\"planned_at\":\"2026-03-01T12:00:00Z\",\"declaration_digest\":\"d1\","
      "\"live_digest\":\"l1\",\"create\":3,\"add\":5,\"remove\":0},\"actions_tried\":8,\"actions_done\":7}\n"
      "]}\n");
  EXPECT_EQ(history_json(std::vector<RunRecord>{}, kNoon), "{\"format_version\":\"1.0\",\"runs\":[]}\n");
}

}  // namespace
}  // namespace cipherform::cli
