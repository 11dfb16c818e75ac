#include "cli/every_environment.h"

#include <gmock/gmock.h>

namespace cipherform::cli {
namespace {

Invocation for_all() {
  Invocation invocation;
  invocation.environment = "all";
  invocation.outputs = {{Form::text, std::nullopt}};
  return invocation;
}

TEST(EveryEnvironment, IsAskedForByItsName) {
  EXPECT_TRUE(is_for_every_environment(for_all()));
  EXPECT_FALSE(is_for_every_environment({}));
}

TEST(EveryEnvironment, TakesTextAndMarkdownOnStandardOutputAndAFileForEach) {
  Invocation invocation = for_all();
  invocation.outputs.push_back({Form::markdown, std::nullopt});
  invocation.outputs.push_back({Form::json, "plan-{env}.json"});
  EXPECT_TRUE(check_for_every_environment(invocation).has_value());
  invocation.outputs.push_back({Form::html, "plan.html"});
  EXPECT_THAT(check_for_every_environment(invocation).error().hint, testing::HasSubstr("{env}"));
}

TEST(EveryEnvironment, FillsTheNameIn) {
  Invocation invocation = for_all();
  invocation.outputs = {{Form::json, "{env}/plan-{env}.json"}, {Form::text, std::nullopt}};
  invocation.plan_file = "{env}.plan";
  const Invocation qa = for_environment(invocation, "qa");
  EXPECT_EQ(qa.environment, "qa");
  EXPECT_EQ(qa.outputs.at(0).file, "qa/plan-qa.json");
  EXPECT_EQ(qa.outputs.at(1).file, std::nullopt);
  EXPECT_EQ(qa.plan_file, "qa.plan");
}

TEST(EveryEnvironment, EndsWithTheWorstOfAllExitCodes) {
  EXPECT_EQ(worst(ExitCode::done, ExitCode::changes), ExitCode::changes);
  EXPECT_EQ(worst(ExitCode::error, ExitCode::changes), ExitCode::error);
  EXPECT_EQ(worst(ExitCode::refused, ExitCode::changes), ExitCode::refused);
  EXPECT_EQ(worst(ExitCode::interrupted, ExitCode::error), ExitCode::interrupted);
  EXPECT_EQ(worst(ExitCode::done, ExitCode::done), ExitCode::done);
}

}  // namespace
}  // namespace cipherform::cli
