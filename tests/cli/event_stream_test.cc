#include "cli/event_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cli/console.h"
#include "fakes/scripted_transport.h"

namespace cipherform::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Action add(std::string email) {
  Action action{{}, AddMember{"id", std::move(email), {}}};
  std::get<AddMember>(action.change).grant.group = {"g", "Eng"};
  action.id = action_id(action.change);
  return action;
}

class EventStreamTest : public testing::Test {
 protected:
  /// "type: @message" of each line since the last call.
  std::vector<std::string> sent() {
    std::vector<std::string> found;
    std::istringstream lines(out_.str());
    out_.str("");
    for (std::string line; std::getline(lines, line);) {
      found.push_back(value(line, "type") + ": " + value(line, "@message"));
    }
    return found;
  }
  void pass(milliseconds time) { clock_.advance_to(clock_.steady() + time); }

  std::ostringstream out_;
  fakes::VirtualClock clock_;
  EventStream stream_{out_, clock_};

 private:
  static std::string value(const std::string& line, const std::string& key) {
    const auto start = line.rfind('"' + key + "\":\"") + key.size() + 4;
    std::string text = line.substr(start, line.find("\",\"", start) - start);
    if (const auto quote = text.find("\"}"); quote != std::string::npos) text.resize(quote);
    std::string plain;
    for (const char c : text) {
      if (c != '\\') plain += c;
    }
    return plain;
  }
};

constexpr const char* kAda = "cipherscale_group_membership.memberships[\"ada@x.com/Eng\"]: ";

TEST_F(EventStreamTest, TellsHowLongAnActionTook) {
  const Action action = add("ada@x.com");
  stream_.started(action);
  pass(milliseconds{3900});
  stream_.finished(action, {ActionOutcome::done, ""});
  EXPECT_THAT(sent(), ElementsAre("apply_start: " + std::string(kAda) + "Creating...",
                                  "apply_complete: " + std::string(kAda) + "Creation complete after 3s"));
}

TEST_F(EventStreamTest, AnActionThatFailsSaysWhy) {
  const Action action = add("ada@x.com");
  stream_.started(action);
  stream_.finished(action, {ActionOutcome::refused, "400: no"});
  EXPECT_THAT(sent(), ElementsAre("apply_start: " + std::string(kAda) + "Creating...",
                                  "apply_errored: " + std::string(kAda) + "Creation errored after 0s",
                                  "diagnostic: Error: ada@x.com: the change came to 'refused'"));
}

TEST_F(EventStreamTest, AnActionThatWasNotTriedNeverStarted) {
  stream_.finished(add("ada@x.com"), {ActionOutcome::skipped, "the run stopped"});
  EXPECT_THAT(sent(), ElementsAre("diagnostic: Warning: ada@x.com: not tried"));
}

TEST_F(EventStreamTest, MentionsEveryTenSecondsWhatIsUnderWay) {
  const Action action = add("ada@x.com");
  stream_.started(action);
  static_cast<void>(sent());
  stream_.update("actions", 0, 2);
  EXPECT_THAT(sent(), ElementsAre("progress: 0 of 2 actions"));
  for (int second = 1; second <= 25; ++second) {
    pass(seconds{1});
    stream_.update("actions", 0, 2);
  }
  EXPECT_THAT(sent(), ElementsAre("apply_progress: " + std::string(kAda) + "Still creating... [10s elapsed]",
                                  "apply_progress: " + std::string(kAda) + "Still creating... [20s elapsed]"));
  stream_.finished(action, {ActionOutcome::done, ""});
  pass(seconds{11});
  static_cast<void>(sent());
  stream_.update("actions", 1, 2);
  EXPECT_THAT(sent(), ElementsAre("progress: 1 of 2 actions"));
}

TEST_F(EventStreamTest, ProgressIsSentOnceASecond) {
  for (std::uint64_t done = 100; done <= 2000; done += 100) {
    stream_.update("users read", done, 0);
    pass(milliseconds{100});
  }
  EXPECT_THAT(sent(), ElementsAre("progress: 100 users read", "progress: 1100 users read"));
}

TEST_F(EventStreamTest, AWaitIsANote) {
  stream_.waiting("rate limited", milliseconds{2500});
  EXPECT_THAT(sent(), ElementsAre("log: rate limited, 3 s left"));
}

TEST_F(EventStreamTest, AConsoleSendsEverythingThere) {
  std::istringstream in;
  std::ostringstream err;
  const Surroundings around{.in = in, .out = out_, .err = err, .err_is_terminal = true};
  Console console(around, ColorMode::always, &stream_);
  console.data("a table\n");
  console.lines("more\n");
  console.transient("50 %");
  EXPECT_THAT(sent(), IsEmpty());
  console.note("a note");
  console.error({ErrorKind::file, "it failed", "file", "mend it", false});
  console.diagnostics({{"f.yaml", 1, 2, "wrong", ""}});
  EXPECT_THAT(sent(), ElementsAre("log: a note", "diagnostic: Error: it failed", "diagnostic: Error: wrong"));
  ConsoleProgress(console, clock_).update("users read", 7, 0);
  EXPECT_THAT(sent(), ElementsAre("progress: 7 users read"));
  EXPECT_EQ(err.str(), "");
  EXPECT_FALSE(console.data_lost());
  out_.setstate(std::ios::badbit);
  console.note("lost");
  EXPECT_TRUE(console.data_lost());
  EXPECT_EQ(err.str(), "");
  console.error({ErrorKind::file, "it cannot be written", "", "", false});
  EXPECT_THAT(err.str(), HasSubstr("it cannot be written"));
}

TEST_F(EventStreamTest, TheEndCountsWhatIsInPlace) {
  Plan plan;
  plan.actions = {add("ada@x.com"), add("bob@x.com"), add("eve@x.com")};
  RunEnd end;
  end.report.actions = {{ActionOutcome::done, ""}, {ActionOutcome::done, ""}, {ActionOutcome::ambiguous, "reset"}};
  end.left = {
      {ActionStanding::already_done, ""}, {ActionStanding::still_valid, ""}, {ActionStanding::already_done, ""}};
  end.result = RunResult::partial;
  send_end(stream_, plan, end);
  EXPECT_THAT(sent(), ElementsAre("diagnostic: Error: bob@x.com: not in place",
                                  "change_summary: Apply incomplete! Resources: 2 added, 0 changed, 0 destroyed. Not "
                                  "in place: 1 change."));
  end.left.reset();
  end.report.stopped_by = Error{ErrorKind::credential, "the key is refused", "", "", false};
  send_end(stream_, plan, end);
  EXPECT_THAT(sent(), ElementsAre("diagnostic: Error: the key is refused",
                                  "change_summary: Apply incomplete! Resources: 2 added, 0 changed, 0 destroyed. Not "
                                  "in place: 1 change."));
}

}  // namespace
}  // namespace cipherform::cli
