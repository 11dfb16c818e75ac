#include "cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

namespace cipherform::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Words = std::vector<std::string>;

Variables variables(std::map<std::string, std::string, std::less<>> values = {}) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

Invocation parsed(const Words& words, const Variables& given = variables()) {
  auto invocation = parse_invocation(words, given);
  EXPECT_TRUE(invocation) << to_string(invocation.error());
  return invocation.value_or(Invocation{});
}

std::string refusal(const Words& words, const Variables& given = variables()) {
  const auto invocation = parse_invocation(words, given);
  EXPECT_FALSE(invocation);
  if (invocation) return {};
  EXPECT_EQ(invocation.error().kind, ErrorKind::usage);
  return to_string(invocation.error());
}

TEST(Options, OfTwoTenantsAreTwoEnvironments) {
  EXPECT_THAT(parsed({"diff", "qa", "prod", "--format", "markdown"}).operands, ElementsAre("qa", "prod"));
  EXPECT_THAT(refusal({"diff", "qa"}), HasSubstr("`diff` needs two environments (cipherform diff ENV1 ENV2)"));
  EXPECT_THAT(refusal({"promote"}), HasSubstr("`promote` needs two environments (cipherform promote FROM TO)"));
  EXPECT_THAT(refusal({"promote", "qa", "qa"}), HasSubstr("'qa' is given twice"));
  EXPECT_THAT(refusal({"promote", "qa", "prod", "dev"}), HasSubstr("`promote` does not take 'dev'"));
  EXPECT_THAT(refusal({"diff", "qa", "prod", "-e", "qa"}), HasSubstr("`diff` has no option '-e'"));
  EXPECT_THAT(refusal({"diff", "qa", "prod", "--format", "html"}), HasSubstr("text, markdown and json"));
}

TEST(Options, OfAPromotion) {
  const Invocation invocation =
      parsed({"promote", "qa", "prod", "--group", "Eng*", "--group", "Ops", "--all-groups", "--out", "p.json"});
  EXPECT_TRUE(invocation.promotion.all_groups);
  EXPECT_THAT(invocation.promotion.groups, ElementsAre("Eng*", "Ops"));
  EXPECT_EQ(invocation.plan_file, "p.json");
  EXPECT_FALSE(parsed({"promote", "qa", "prod", "--only-declared"}).promotion.all_groups);
  EXPECT_THAT(refusal({"promote", "qa", "prod", "--only-declared", "--all-groups"}), HasSubstr("exclude each other"));
  EXPECT_THAT(refusal({"plan", "--group", "Eng"}), HasSubstr("`plan` has no option '--group'"));
}

TEST(Options, StandBeforeAndAfterTheCommand) {
  const Invocation invocation = parsed({"-C", "access", "plan", "-e", "qa", "--parallelism", "4", "--timeout=7"});
  EXPECT_EQ(invocation.command, Command::plan);
  EXPECT_EQ(invocation.project, "access");
  EXPECT_EQ(invocation.environment, "qa");
  EXPECT_EQ(invocation.parallelism, 4U);
  EXPECT_EQ(invocation.timeout, std::chrono::seconds{7});
}

TEST(Options, OfOneCommandMayStandBeforeIt) {
  const Invocation invocation = parsed({"--parallelism", "4", "-e", "qa", "--detailed-exitcode", "plan"});
  EXPECT_EQ(invocation.command, Command::plan);
  EXPECT_EQ(invocation.parallelism, 4U);
  EXPECT_EQ(invocation.environment, "qa");
  EXPECT_TRUE(invocation.detailed_exitcode);
}

TEST(Options, OfExport) {
  const Invocation invocation = parsed({"export", "--url", "https://a/qa", "--out", "dir", "--split", "groups"});
  EXPECT_EQ(invocation.command, Command::export_tenant);
  EXPECT_EQ(invocation.exporting.url, "https://a/qa");
  EXPECT_EQ(invocation.exporting.directory, "dir");
  EXPECT_TRUE(invocation.exporting.split_groups);
  EXPECT_THAT(refusal({"export", "--split", "users", "--out", "d"}), HasSubstr("--split is 'users', not groups"));
  EXPECT_THAT(refusal({"export", "--split", "groups"}), HasSubstr("name their directory with --out DIR"));
  EXPECT_THAT(refusal({"export", "--target", "x"}), HasSubstr("has no option '--target'"));
}

TEST(Options, HaveDefaults) {
  const Invocation invocation = parsed({"apply"});
  EXPECT_EQ(invocation.project, ".");
  EXPECT_FALSE(invocation.environment);
  EXPECT_FALSE(invocation.auto_approve);
  EXPECT_EQ(invocation.color, ColorMode::automatic);
  EXPECT_EQ(invocation.lock_timeout, std::chrono::seconds{0});
  ASSERT_EQ(invocation.outputs.size(), 1U);
  EXPECT_EQ(invocation.outputs[0].form, Form::text);
  EXPECT_FALSE(invocation.outputs[0].file);
}

TEST(Options, MayBeRepeatedWhereTheyAreLists) {
  const Invocation invocation = parsed({"plan", "--target", "a*", "--target", "b*", "--exclude", "c", "--format",
                                        "text", "--format", "json=plan.json", "--format", "html=plan.html"});
  EXPECT_THAT(invocation.selection.targets, ElementsAre("a*", "b*"));
  EXPECT_THAT(invocation.selection.excludes, ElementsAre("c"));
  ASSERT_EQ(invocation.outputs.size(), 3U);
  EXPECT_EQ(invocation.outputs[1].form, Form::json);
  EXPECT_EQ(invocation.outputs[1].file, "plan.json");
  EXPECT_EQ(invocation.outputs[2].form, Form::html);
}

TEST(Options, ComeFromVariablesAndAFlagWins) {
  const auto given = variables({{"CIPHERFORM_ENVIRONMENT", "prod"},
                                {"CIPHERFORM_PARALLELISM", "2"},
                                {"CIPHERFORM_AUTO_APPROVE", "true"},
                                {"CIPHERFORM_CHDIR", "there"},
                                {"CIPHERFORM_STATE_DIR", ""},
                                {"CIPHERFORM_API_KEY", "not an option"}});
  const Invocation invocation = parsed({"apply", "-e", "qa"}, given);
  EXPECT_EQ(invocation.environment, "qa");
  EXPECT_EQ(invocation.parallelism, 2U);
  EXPECT_TRUE(invocation.auto_approve);
  EXPECT_EQ(invocation.project, "there");
  EXPECT_EQ(invocation.state_dir, "");
}

TEST(Options, OfAVariableAreCheckedLikeFlags) {
  EXPECT_THAT(refusal({"apply"}, variables({{"CIPHERFORM_AUTO_APPROVE", "maybe"}})),
              HasSubstr("CIPHERFORM_AUTO_APPROVE is 'maybe', not 1 or 0"));
  EXPECT_THAT(refusal({"plan"}, variables({{"CIPHERFORM_PARALLELISM", "many"}})),
              HasSubstr("CIPHERFORM_PARALLELISM is 'many', not a number from 1 to 256"));
}

TEST(Options, NoColorIsHonouredAndAFlagWins) {
  const auto no_color = variables({{"NO_COLOR", "1"}});
  EXPECT_EQ(parsed({"plan"}, no_color).color, ColorMode::never);
  EXPECT_EQ(parsed({"plan", "--color", "always"}, no_color).color, ColorMode::always);
  EXPECT_EQ(parsed({"plan"}, variables({{"NO_COLOR", ""}})).color, ColorMode::automatic);
}

TEST(Options, ThatACommandDoesNotHaveAreErrorsThere) {
  EXPECT_THAT(refusal({"validate", "--auto-approve"}), HasSubstr("`validate` has no option '--auto-approve'"));
  EXPECT_THAT(refusal({"plan", "--auto-approve"}), HasSubstr("`plan` has no option '--auto-approve'"));
  EXPECT_THAT(refusal({"show", "p", "-e", "qa"}), HasSubstr("`show` has no option"));
}

TEST(Options, AreNotGuessedFromTheirBeginnings) {
  EXPECT_THAT(refusal({"apply", "--auto"}), HasSubstr("has no option '--auto'"));
}

TEST(Options, SayWhatWasProbablyMeant) {
  EXPECT_THAT(refusal({"aply"}), HasSubstr("did you mean 'apply'?"));
  EXPECT_THAT(refusal({"plan", "--detailed-exit-code"}), HasSubstr("did you mean '--detailed-exitcode'?"));
}

TEST(Options, WithBadValuesAreNamed) {
  EXPECT_THAT(refusal({"plan", "--timeout", "0"}), HasSubstr("--timeout is '0', not a number from 1 to 3600"));
  EXPECT_THAT(refusal({"plan", "--timeout", "1e3"}), HasSubstr("--timeout is '1e3'"));
  EXPECT_THAT(refusal({"plan", "--timeout"}), HasSubstr("timeout"));
  EXPECT_THAT(refusal({"plan", "--color", "sometimes"}), HasSubstr("--color is 'sometimes'"));
  EXPECT_THAT(refusal({"plan", "--log-level", "loud"}), HasSubstr("--log-level is 'loud'"));
  EXPECT_THAT(refusal({"plan", "--format", "json="}), HasSubstr("names no file"));
  EXPECT_THAT(refusal({"sandbox", "--port", "65536"}), HasSubstr("--port is '65536'"));
  EXPECT_THAT(refusal({"sandbox", "--rate-limit", "nan"}), HasSubstr("--rate-limit is 'nan'"));
  EXPECT_THAT(refusal({"sandbox", "--users", "-1"}), HasSubstr("--users is '-1'"));
}

TEST(Options, OfADriftAreThoseOfAPlanThatIsNotSaved) {
  const Invocation invocation = parsed({"drift", "-e", "qa", "--target", "a*", "--as-of", "2027-01-31", "--format",
                                        "html=drift.html", "--metrics-file", "cipherform.prom"});
  EXPECT_EQ(invocation.command, Command::drift);
  EXPECT_EQ(invocation.metrics_file, "cipherform.prom");
  EXPECT_EQ(invocation.outputs[0].form, Form::html);
  EXPECT_TRUE(invocation.as_of);
  EXPECT_EQ(parsed({"drift"}, variables({{"CIPHERFORM_METRICS_FILE", "m.prom"}})).metrics_file, "m.prom");
  EXPECT_THAT(refusal({"drift", "--out", "x"}), HasSubstr("`drift` has no option '--out'"));
  EXPECT_THAT(refusal({"plan", "--metrics-file", "x"}), HasSubstr("`plan` has no option '--metrics-file'"));
}

TEST(Options, OfASavedPlan) {
  EXPECT_EQ(parsed({"apply", "p"}).max_plan_age, std::chrono::hours{24});
  EXPECT_EQ(parsed({"apply", "p", "--max-plan-age", "90m"}).max_plan_age, std::chrono::minutes{90});
  EXPECT_EQ(parsed({"plan", "--check", "p", "--max-plan-age=7d"}).max_plan_age, std::chrono::days{7});
  EXPECT_EQ(parsed({"plan", "--check", "p", "--max-plan-age=30"}).max_plan_age, std::chrono::seconds{30});
  for (const char* age : {"", "h", "-1h", "1.5h", "2w", "1 h", "100001d", "99999999999h"}) {
    EXPECT_THAT(refusal({"apply", "p", std::string("--max-plan-age=") + age}), HasSubstr("max-plan-age")) << age;
  }
  EXPECT_EQ(parsed({"apply", "--expect-fingerprint", "0123456789ABCDEF"}).expected_fingerprint, "0123456789abcdef");
  for (const char* print : {"0123456789abcde", "0123456789abcdeg", "0123456789abcdef0"}) {
    EXPECT_THAT(refusal({"apply", "--expect-fingerprint", print}), HasSubstr("not 16 hex digits")) << print;
  }
  EXPECT_THAT(refusal({"plan", "--expect-fingerprint", "0123456789abcdef"}), HasSubstr("has no option"));
}

TEST(Options, ThatChooseDoNotGoWithAPlanThatIsChecked) {
  EXPECT_THAT(refusal({"plan", "--check", "p", "--out", "q"}), HasSubstr("--out does not go with a saved plan"));
  EXPECT_THAT(refusal({"plan", "--check", "p", "--target", "q"}), HasSubstr("which is checked as it is"));
}

TEST(Options, ThatChooseDoNotGoWithASavedPlan) {
  for (const char* option : {"--target", "--exclude", "--as-of"}) {
    EXPECT_THAT(refusal({"apply", "plan.json", option, "2027-01-31"}),
                HasSubstr(std::string(option) + " does not go with a saved plan, which is applied as it is"));
  }
  EXPECT_EQ(parsed({"apply", "--target", "ada@*"}).selection.targets.size(), 1U);
}

TEST(Options, OfAnApply) {
  const Invocation invocation =
      parsed({"apply", "--settle-time", "0.25", "--lease-time=30", "--resume", "--max-requests-per-second", "2.5"});
  EXPECT_EQ(invocation.settle_time, std::chrono::milliseconds{250});
  EXPECT_EQ(invocation.lease_time, std::chrono::seconds{30});
  EXPECT_TRUE(invocation.resume);
  EXPECT_EQ(invocation.requests_per_second, 2.5);
  EXPECT_EQ(parsed({"apply"}).settle_time, std::chrono::seconds{60});
}

TEST(Options, OfTheSandbox) {
  const SandboxArguments sandbox = parsed({"sandbox", "--port", "0", "--users", "5", "--latency", "20", "--rate-limit",
                                           "2.5", "--no-group-list", "--seed", "s.yaml", "--database", "d.sqlite"})
                                       .sandbox;
  EXPECT_EQ(sandbox.port, 0);
  EXPECT_EQ(sandbox.users, 5U);
  EXPECT_EQ(sandbox.latency_ms, 20U);
  EXPECT_EQ(sandbox.requests_per_second, 2.5);
  EXPECT_FALSE(sandbox.list_groups);
  EXPECT_EQ(sandbox.seed, "s.yaml");
  EXPECT_EQ(sandbox.database, "d.sqlite");
}

TEST(Options, OfASandboxThatIsWatched) {
  const SandboxArguments sandbox =
      parsed({"sandbox", "--fault-plan", "faults.json", "--control-port", "0", "--rate-limit", "0.25"}).sandbox;
  EXPECT_EQ(sandbox.fault_plan, "faults.json");
  EXPECT_EQ(sandbox.control_port, 0);
  EXPECT_EQ(sandbox.requests_per_second, 0.25);
  EXPECT_FALSE(parsed({"sandbox"}).sandbox.fault_plan);
  EXPECT_FALSE(parsed({"sandbox"}).sandbox.control_port);
  EXPECT_THAT(refusal({"sandbox", "--control-port", "70000"}), HasSubstr("--control-port is '70000'"));
}

TEST(Command, WithoutOneIsHelp) {
  EXPECT_EQ(parsed({}).command, Command::help);
  EXPECT_EQ(parsed({"--help"}).command, Command::help);
  EXPECT_EQ(parsed({"--version"}).command, Command::version);
  EXPECT_THAT(parsed({"apply", "--help"}).operands, ElementsAre("apply"));
  EXPECT_THAT(refusal({"--color", "never"}), HasSubstr("no command is given"));
}

TEST(Command, TakesOnlyItsOperands) {
  EXPECT_THAT(parsed({"apply", "plan.json"}).operands, ElementsAre("plan.json"));
  EXPECT_THAT(refusal({"apply", "a", "b"}), HasSubstr("`apply` does not take 'b'"));
  EXPECT_THAT(refusal({"show"}), HasSubstr("`show` needs the file of a saved plan"));
  EXPECT_THAT(parsed({"plan"}).operands, IsEmpty());
  EXPECT_THAT(parsed({"explain", "ada@example.com", "--as-of", "2027-01-31"}).operands, ElementsAre("ada@example.com"));
  EXPECT_THAT(refusal({"explain"}), HasSubstr("`explain` needs the email of a person"));
  EXPECT_THAT(refusal({"explain", ""}), HasSubstr("`explain` needs the email of a person"));
  EXPECT_THAT(refusal({"explain", "a@x.com", "--out", "f"}), HasSubstr("`explain` has no option '--out'"));
}

TEST(Help, NamesEveryCommandAndEveryOptionOfOne) {
  const std::string help = help_text("").value();
  for (const char* command : {"validate", "plan", "apply", "show", "explain", "sandbox", "version", "help"}) {
    EXPECT_THAT(help, HasSubstr(std::string("\n  ") + command + " "));
    EXPECT_TRUE(help_text(command)) << command;
  }
  EXPECT_THAT(help_text("apply").value(), HasSubstr("--auto-approve"));
  std::istringstream lines(help + help_text("unlock").value());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  EXPECT_FALSE(help_text("nothing"));
}

TEST(Options, EventsTakeStandardOutput) {
  const Invocation plan = parsed({"plan", "--json"});
  EXPECT_TRUE(plan.json);
  EXPECT_THAT(plan.outputs, IsEmpty());
  EXPECT_EQ(parsed({"plan", "--json", "--format", "text=plan.txt"}).outputs.size(), 1U);
  EXPECT_THAT(refusal({"plan", "--json", "--format", "text"}), HasSubstr("both want standard output"));
  EXPECT_THAT(refusal({"plan", "--json", "--check", "plan.json"}), HasSubstr("--json does not go with --check"));
  EXPECT_FALSE(parsed({"plan"}).json);
}

TEST(Options, EventsCannotAsk) {
  EXPECT_THAT(refusal({"apply", "--json"}), HasSubstr("--json cannot ask (give --auto-approve, or a saved plan)"));
  EXPECT_THAT(refusal({"apply"}, variables({{"CIPHERFORM_JSON", "1"}})), HasSubstr("CIPHERFORM_JSON cannot ask"));
  EXPECT_TRUE(parsed({"apply", "--json", "--auto-approve"}).json);
  EXPECT_TRUE(parsed({"apply", "--json", "plan.json"}).json);
}

TEST(Options, TheStageBeforeIsAskedForWithAndWithoutASoak) {
  EXPECT_FALSE(parsed({"plan"}).require_promoted);
  EXPECT_TRUE(parsed({"plan", "--require-promoted"}).require_promoted);
  EXPECT_EQ(parsed({"apply", "--require-promoted"}).soak, std::nullopt);
  EXPECT_EQ(parsed({"apply", "p", "--require-promoted", "--soak", "24h"}).soak, std::chrono::hours{24});
  EXPECT_THAT(refusal({"plan", "--soak", "24h"}), HasSubstr("--soak needs --require-promoted"));
  EXPECT_THAT(refusal({"plan", "--require-promoted", "--soak", "soon"}), HasSubstr("soak"));
}

}  // namespace
}  // namespace cipherform::cli
