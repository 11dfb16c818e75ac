#include "cli/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "fakes/scripted_transport.h"

namespace cipherform::cli {
namespace {

using std::chrono::milliseconds;

class ConsoleTest : public testing::Test {
 protected:
  Surroundings surroundings(bool terminal) {
    return {.in = in_, .out = out_, .err = err_, .out_is_terminal = terminal, .err_is_terminal = terminal};
  }

  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  fakes::VirtualClock clock_;
};

TEST_F(ConsoleTest, DataAndWordsGoDifferentWays) {
  const Surroundings around = surroundings(false);
  Console console(around, ColorMode::automatic);
  console.data("data\n");
  console.note("a note");
  console.error({ErrorKind::file, "it failed", "file", "mend it", false});
  EXPECT_EQ(out_.str(), "data\n");
  EXPECT_EQ(err_.str(), "a note\nfile: error: it failed (mend it)\n");
}

TEST_F(ConsoleTest, NoticesThatDataIsLost) {
  const Surroundings around = surroundings(false);
  Console console(around, ColorMode::never);
  EXPECT_TRUE(console.data("seen"));
  EXPECT_FALSE(console.data_lost());
  out_.setstate(std::ios::badbit);
  EXPECT_FALSE(console.data("lost"));
  EXPECT_TRUE(console.data_lost());
}

TEST_F(ConsoleTest, EverythingSaidIsEscaped) {
  const Surroundings around = surroundings(true);
  Console console(around, ColorMode::never);
  console.note("a\x1b[2Jb\nc");
  console.diagnostics({{"f\x1b.yaml", 1, 2, "m\x07", ""}});
  EXPECT_EQ(err_.str(), "a\\x1b[2Jb\\x0ac\nf\\x1b.yaml:1:2: error: m\\x07\n");
}

TEST_F(ConsoleTest, ColorsOnlyATerminalUnlessTold) {
  const Surroundings pipe = surroundings(false);
  const Surroundings terminal = surroundings(true);
  EXPECT_FALSE(Console(pipe, ColorMode::automatic).color_out());
  EXPECT_TRUE(Console(terminal, ColorMode::automatic).color_out());
  EXPECT_TRUE(Console(pipe, ColorMode::always).color_out());
  EXPECT_FALSE(Console(terminal, ColorMode::never).color_out());
}

TEST_F(ConsoleTest, SaysThatTheTenantMayHaveChanged) {
  const Surroundings around = surroundings(false);
  Console console(around, ColorMode::never);
  console.error({ErrorKind::transport, "timed out", "POST /tenants/users", "", true});
  EXPECT_THAT(err_.str(), testing::HasSubstr("The tenant may have changed"));
}

TEST_F(ConsoleTest, ProgressIsOneLineOnATerminalAndGoneBeforeTheNext) {
  const Surroundings around = surroundings(true);
  Console console(around, ColorMode::never);
  ConsoleProgress progress(console, clock_);
  progress.update("users read", 1, 4);
  EXPECT_EQ(err_.str(), "") << "a quick read shows no progress";
  clock_.advance_to(clock_.steady() + milliseconds{600});
  progress.update("users read", 1, 4);
  progress.update("users read", 2, 4);
  EXPECT_EQ(err_.str(), "\r\x1b[K1 of 4 users read (25 %)");
  console.note("done");
  EXPECT_EQ(err_.str(), "\r\x1b[K1 of 4 users read (25 %)\r\x1b[Kdone\n");
}

TEST_F(ConsoleTest, ProgressIsAPlainLineNowAndThenElsewhere) {
  const Surroundings around = surroundings(false);
  Console console(around, ColorMode::never);
  ConsoleProgress progress(console, clock_);
  clock_.advance_to(clock_.steady() + milliseconds{600});
  progress.update("users read", 7, 0);
  clock_.advance_to(clock_.steady() + milliseconds{9'000});
  progress.update("users read", 8, 0);
  clock_.advance_to(clock_.steady() + milliseconds{1'000});
  progress.waiting("rate limited", milliseconds{11'200});
  EXPECT_EQ(err_.str(), "7 users read\nrate limited, 12 s left\n");
}

}  // namespace
}  // namespace cipherform::cli
