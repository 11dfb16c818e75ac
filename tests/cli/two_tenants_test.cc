#include "cli/two_tenants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <thread>

#include "fakes/temporary_directory.h"

namespace cipherform::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Recorded final : Progress {
  void update(std::string_view what, std::uint64_t done, std::uint64_t total) override {
    lines.push_back(std::to_string(done) + "/" + std::to_string(total) + " " + std::string{what});
  }
  void waiting(std::string_view why, std::chrono::milliseconds /*left*/) override { lines.emplace_back(why); }
  std::vector<std::string> lines;
};

TEST(ProgressOfTwo, AddsUpWhatBothCount) {
  Recorded together;
  ProgressOfTwo progress(together);
  progress.part(0).update("users read", 10, 100);
  progress.part(1).update("groups read", 3, 3);
  progress.part(1).update("users read", 5, 50);
  progress.part(0).update("users read", 20, 0);
  progress.part(1).waiting("rate limited", std::chrono::milliseconds{5});
  EXPECT_THAT(together.lines, ElementsAre("10/100 users read", "3/3 groups read", "15/150 users read",
                                          "25/0 users read", "rate limited"));
}

TEST(ProgressOfTwo, IsToldByOneThreadAtATime) {
  Recorded together;
  ProgressOfTwo progress(together);
  const auto tell = [&progress](std::size_t which) {
    for (std::uint64_t i = 1; i <= 1'000; ++i) progress.part(which).update("users read", i, 1'000);
  };
  std::thread beside(tell, 1);
  tell(0);
  beside.join();
  EXPECT_EQ(together.lines.size(), 2'000U);
  EXPECT_EQ(together.lines.back(), "2000/2000 users read");
}

TEST(TwoEnvironments, SaysAllThatIsWrongWithTheirNames) {
  const fakes::TemporaryDirectory directory;
  directory.write("cipherform.yaml",
                  "version: 1\nenvironments:\n  qa: {url: 'https://x/qa'}\n  prod: {url: 'https://x/prod'}\n");
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const Surroundings surroundings{in, out, err};
  Console console(surroundings, ColorMode::never);
  Invocation invocation;
  invocation.project = directory.path();
  invocation.operands = {"prod", "qa"};
  const auto found = two_environments_of(invocation, console);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->first.name, "prod");
  EXPECT_EQ(found->second.name, "qa");
  invocation.operands = {"prodd", "staging"};
  EXPECT_FALSE(two_environments_of(invocation, console).has_value());
  EXPECT_THAT(err.str(), HasSubstr("there is no environment 'prodd' (did you mean 'prod'?)"));
  EXPECT_THAT(err.str(), HasSubstr("there is no environment 'staging' (the environments are qa, prod)"));
}

}  // namespace
}  // namespace cipherform::cli
