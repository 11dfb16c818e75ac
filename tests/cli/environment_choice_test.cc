#include "cli/environment_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cipherform::cli {
namespace {

using testing::HasSubstr;

std::vector<Environment> environments(std::initializer_list<const char*> names) {
  std::vector<Environment> made;
  for (const char* name : names) {
    made.emplace_back();
    made.back().name = name;
  }
  return made;
}

TEST(EnvironmentChoice, TheOnlyOneNeedsNoName) {
  EXPECT_EQ(choose_environment(environments({"qa"}), std::nullopt).value().name, "qa");
}

TEST(EnvironmentChoice, SeveralNeedAName) {
  EXPECT_EQ(choose_environment(environments({"qa", "prod"}), "prod").value().name, "prod");
  EXPECT_THAT(to_string(choose_environment(environments({"qa", "prod"}), std::nullopt).error()),
              HasSubstr("name one with -e: qa, prod"));
}

TEST(EnvironmentChoice, AnUnknownNameIsAnErrorEvenWhereThereIsOnlyOne) {
  EXPECT_THAT(to_string(choose_environment(environments({"staging"}), "stagin").error()),
              HasSubstr("did you mean 'staging'?"));
  EXPECT_THAT(to_string(choose_environment(environments({"qa", "prod"}), "development").error()),
              HasSubstr("the environments are qa, prod"));
}

TEST(StateDirectory, IsInTheProjectUnlessGiven) {
  Invocation invocation;
  invocation.project = "access";
  EXPECT_EQ(state_directory(invocation), "access/.cipherform");
  invocation.state_dir = "/var/lib/cipherform";
  EXPECT_EQ(state_directory(invocation), "/var/lib/cipherform");
}

}  // namespace
}  // namespace cipherform::cli
