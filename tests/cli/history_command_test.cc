#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cipherform/ledger.h"
#include "cli/options.h"
#include "cli/run.h"
#include "fakes/temporary_directory.h"

namespace cipherform::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class LedgerCommandTest : public testing::Test {
 protected:
  LedgerCommandTest() { declare("qa: {url: 'https://a/qa'}"); }
  void declare(const std::string& environments) const {
    directory_.write("cipherform.yaml", "version: 1\nenvironments: {" + environments + "}\n");
  }
  int ran(std::vector<std::string> words) {
    words.insert(words.begin(), {"-C", directory_.path().string()});
    std::istringstream in(said_);
    out_.str({});
    err_.str({});
    return run(words, {.in = in, .out = out_, .err = err_, .variables = [](std::string_view) {
                         return std::optional<std::string>{};
                       }});
  }
  /// A lease of a process on another host, from now on.
  void lock(const std::string& environment) const {
    auto ledger = open_ledger(directory_.path() / ".cipherform");
    ASSERT_TRUE(ledger);
    const auto now = std::chrono::floor<Time::duration>(std::chrono::system_clock::now());
    ASSERT_TRUE((*ledger)->acquire(environment,
                                   {"ada",
                                    "far\x1b"
                                    "away",
                                    7},
                                   now));
  }

  fakes::TemporaryDirectory directory_;
  std::string said_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(LedgerCommandTest, HistoryWithoutALedgerMakesNone) {
  EXPECT_EQ(ran({"history"}), 0);
  EXPECT_EQ(out_.str(), "No apply is recorded.\n");
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / ".cipherform"));
}

TEST_F(LedgerCommandTest, HistoryOfSeveralEnvironmentsNeedsOneLedger) {
  declare("qa: {url: 'https://a'}, prod: {url: 'https://b'}");
  EXPECT_EQ(ran({"history"}), 0);
  declare("qa: {url: 'https://a'}, prod: {url: 'https://b', ledger: 'postgresql://db/x'}");
  EXPECT_EQ(ran({"history"}), 1);
  EXPECT_EQ(err_.str(), "error: the environments have different ledgers (name one environment with -e)\n");
  EXPECT_EQ(ran({"history", "-e", "qa"}), 0);
}

TEST_F(LedgerCommandTest, HistoryWritesItsFormsToFiles) {
  const std::string file = (directory_.path() / "history.json").string();
  EXPECT_EQ(ran({"history", "--format", "text", "--format", "json=" + file}), 0);
  EXPECT_EQ(out_.str(), "No apply is recorded.\n");
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(LedgerCommandTest, UnlockSaysWhoHeldItAndBreaksIt) {
  lock("qa");
  EXPECT_EQ(ran({"unlock"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("Not unlocked: there is nobody to answer. Nothing was changed."));
  said_ = "yes\n";
  EXPECT_EQ(ran({"unlock"}), 0);
  EXPECT_THAT(err_.str(), HasSubstr("qa is locked by ada@far\\x1baway (pid 7) since 20"));
  EXPECT_THAT(out_.str(), HasSubstr("Unlocked qa. If ada@far\\x1baway (pid 7) still runs, it sends nothing more"));
  EXPECT_EQ(ran({"unlock"}), 0);
  EXPECT_EQ(out_.str(), "Nobody holds the lock of qa.\n");
}

TEST_F(LedgerCommandTest, UnlockIsForOneEnvironment) {
  declare("qa: {url: 'https://a'}, prod: {url: 'https://b'}");
  lock("prod");
  EXPECT_EQ(ran({"unlock"}), 1);
  EXPECT_EQ(ran({"unlock", "-e", "qa", "--auto-approve"}), 0);
  EXPECT_EQ(out_.str(), "Nobody holds the lock of qa.\n");
  EXPECT_EQ(ran({"unlock", "-e", "prod", "--auto-approve"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("Unlocked prod."));
}

TEST(LedgerOption, IsAUrlAndIsNotRepeated) {
  const Variables none = [](std::string_view) { return std::optional<std::string>{}; };
  const std::string url = "postgresql://u:SECRET@db/x";
  const Variables one = [&](std::string_view name) {
    return name == "CIPHERFORM_LEDGER" ? std::optional(url) : std::nullopt;
  };
  const std::vector<std::string> plain{"apply"};
  EXPECT_EQ(parse_invocation(plain, one)->ledger, url);
  const std::vector<std::string> flag{"apply", "--ledger", "postgresql://other"};
  EXPECT_EQ(parse_invocation(flag, one)->ledger, "postgresql://other");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"apply", "--ledger", "mysql://SECRET"}, std::vector<std::string>{"apply", url, url},
        std::vector<std::string>{"plan", "--ledgr=" + url}, std::vector<std::string>{url}}) {
    const auto refused = parse_invocation(words, none);
    ASSERT_FALSE(refused);
    EXPECT_THAT(to_string(refused.error()), Not(HasSubstr("SECRET")));
  }
}

TEST(LimitOption, IsACount) {
  const Variables none = [](std::string_view) { return std::optional<std::string>{}; };
  const std::vector<std::string> five{"history", "--limit", "5"};
  EXPECT_EQ(parse_invocation(five, none)->limit, 5U);
  const std::vector<std::string> zero{"history", "--limit", "0"};
  EXPECT_EQ(parse_invocation(zero, none).error().what, "--limit is '0', not a number from 1 to 1000000");
}

}  // namespace
}  // namespace cipherform::cli
