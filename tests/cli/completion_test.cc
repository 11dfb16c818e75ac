#include "cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cli/run.h"
#include "fakes/temporary_directory.h"

namespace cipherform::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string printed(const std::vector<std::string>& arguments, int code = 0) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(run(arguments, {.in = in,
                            .out = out,
                            .err = err,
                            .variables = [](std::string_view) { return std::optional<std::string>{}; }}),
            code);
  return out.str() + err.str();
}

/// What `completion-words` says of a declaration.
std::string words(const std::string& declaration, std::vector<std::string> arguments) {
  const fakes::TemporaryDirectory directory;
  directory.write("cipherform.yaml", declaration);
  arguments.insert(arguments.begin(), {"-C", directory.path().string(), "completion-words"});
  return printed(arguments);
}

const std::string kDeclaration =
    "version: 1\nenvironments: {qa: {url: 'https://a.example'}, prod: {url: 'https://b.example'}}\n"
    "groups: {'A*[b]?\\c': {environments: [prod], members: [bob@x.com]}, Zoo: {members: [Ada@x.com]}}\n";

TEST(Completion, KnowsWhatEveryValueOfEveryCommandIs) {
  for (const CommandLine& line : commands()) {
    for (const OptionLine& option : options_of(line.command)) {
      EXPECT_TRUE(option.metavariable.empty() || value_form(option.metavariable) != nullptr)
          << "say in value_form() what a shell can offer for " << option.metavariable << " of --" << option.name;
    }
    for (const std::string_view operand : operands_of(line)) {
      EXPECT_NE(value_form(operand), nullptr) << "say in value_form() what a shell can offer for " << operand;
    }
  }
}

TEST(Completion, KnowsTheLettersAndSwitchesOfOptions) {
  const auto options = options_of(Command::plan);
  const auto environment = std::ranges::find(options, "environment", &OptionLine::name);
  ASSERT_NE(environment, options.end());
  EXPECT_EQ(environment->letter, 'e');
  EXPECT_EQ(environment->metavariable, "ENV");
  EXPECT_FALSE(environment->repeatable);
  const auto target = std::ranges::find(options, "target", &OptionLine::name);
  EXPECT_EQ(target->letter, 0);
  EXPECT_TRUE(target->repeatable);
  EXPECT_EQ(std::ranges::find(options, "detailed-exitcode", &OptionLine::name)->metavariable, "");
}

TEST(Completion, OffersTheFormsThatTheCommandHas) {
  EXPECT_EQ(choice_of(Command::plan, "FORM[=FILE]").words, names_of_forms(Command::plan));
  EXPECT_THAT(choice_of(Command::history, "FORM[=FILE]").words, ElementsAre("text", "json"));
}

TEST(Completion, QuotesForAShell) { EXPECT_EQ(shell_quoted("it's $x"), "'it'\\''s $x'"); }

TEST(Completion, NamesTheShellsThatThereAre) {
  EXPECT_THAT(printed({"completion", "tcsh"}, 1), HasSubstr("the shells are bash, zsh and fish"));
  EXPECT_THAT(printed({"completion"}, 1), HasSubstr("the shells are bash, zsh and fish"));
}

TEST(CompletionWords, AreOfEveryEnvironment) {
  EXPECT_EQ(words(kDeclaration, {"environments"}), "qa\nprod\n");
  EXPECT_EQ(words(kDeclaration, {"groups"}), "A*[b]?\\c\nZoo\n");
  EXPECT_EQ(words(kDeclaration, {"emails"}), "Ada@x.com\nbob@x.com\n");
}

TEST(CompletionWords, OfATargetMatchThatNameOnly) {
  const std::string targets = words(kDeclaration, {"targets"});
  EXPECT_EQ(targets, "A\\*\\[b]\\?\\\\c\nZoo\nAda@x.com\nbob@x.com\n");
  EXPECT_TRUE(glob_match(targets.substr(0, targets.find('\n')), "A*[b]?\\c"));
}

TEST(CompletionWords, BeginWithThePrefix) {
  EXPECT_EQ(words(kDeclaration, {"emails", "b"}), "bob@x.com\n");
  EXPECT_EQ(words(kDeclaration, {"environments", "x"}), "");
}

TEST(CompletionWords, AreNoneWhereTheDeclarationIsBroken) {
  EXPECT_EQ(words(kDeclaration + "users: 7\n", {"emails"}), "");
  EXPECT_EQ(words("version: [", {"environments"}), "");
  EXPECT_EQ(printed({"-C", "/nowhere", "completion-words", "environments"}), "");
}

TEST(CompletionWords, LeaveOutWhatATerminalWouldShowAsSomethingElse) {
  EXPECT_EQ(words("version: 1\nenvironments: {qa: {url: 'https://a.example'}}\n"
                  "groups: {\"abc\\u202Edef\": {members: []}, Plain: {members: []}}\n",
                  {"groups"}),
            "Plain\n");
}

TEST(CompletionWords, AreNotAmongTheCommandsThatAreShown) {
  EXPECT_THAT(printed({"help"}), testing::Not(HasSubstr("completion-words")));
  EXPECT_THAT(printed({"help"}), HasSubstr("  completion write what a shell"));
}

}  // namespace
}  // namespace cipherform::cli
