#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cipherform/config.h"
#include "fakes/temporary_directory.h"

namespace cipherform {
namespace {

TEST(LoadEnvironments, ReadsTheRootFileAlone) {
  const fakes::TemporaryDirectory project;
  project.write("cipherform.yaml",
                "version: 1\nenvironments:\n  qa: {url: 'https://example.com/qa/'}\n  prod: {url: "
                "'https://example.com/prod', group_ids: {A: 550e8400-e29b-41d4-a716-446655440000}}\n"
                "include: [users.yaml]\n");
  project.write("users.yaml", "users: [this is not a user\n");
  const auto environments = load_environments(project.path());
  ASSERT_TRUE(environments);
  ASSERT_EQ(environments->size(), 2U);
  EXPECT_EQ(environments->at(0).name, "qa");
  EXPECT_EQ(environments->at(0).url, "https://example.com/qa");
  EXPECT_EQ(environments->at(1).group_ids.at("A"), "550e8400-e29b-41d4-a716-446655440000");
}

TEST(LoadEnvironments, GivesTheErrorsOfTheRootFile) {
  const fakes::TemporaryDirectory project;
  project.write("cipherform.yaml", "version: 1\nenvironments:\n  qa: {url: ftp://example.com}\n");
  const auto environments = load_environments(project.path());
  ASSERT_FALSE(environments);
  ASSERT_EQ(environments.error().size(), 1U);
  EXPECT_EQ(environments.error().front().line, 3U);
}

TEST(LoadEnvironments, SaysThatThereIsNoDeclaration) {
  const fakes::TemporaryDirectory project;
  const auto environments = load_environments(project.path());
  ASSERT_FALSE(environments);
  EXPECT_EQ(environments.error().front().file, "cipherform.yaml");
}

}  // namespace
}  // namespace cipherform
