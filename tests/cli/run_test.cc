#include "cli/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "fakes/temporary_directory.h"

namespace cipherform::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Ran {
  int code;
  std::string out;
  std::string err;
};

Ran ran(const std::vector<std::string>& arguments) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const int code = run(arguments, {.in = in, .out = out, .err = err, .variables = [](std::string_view) {
                                     return std::optional<std::string>{};
                                   }});
  return {code, out.str(), err.str()};
}

TEST(Run, WithoutArgumentsIsHelpOnStandardOutput) {
  const Ran result = ran({});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, HasSubstr("Usage: cipherform"));
  EXPECT_EQ(result.err, "");
}

TEST(Run, PrintsItsVersion) { EXPECT_THAT(ran({"version"}).out, StartsWith("cipherform ")); }

TEST(Run, WhatCannotBePrintedIsErrorOne) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  out.setstate(std::ios::badbit);
  const std::vector<std::string> arguments{"version"};
  EXPECT_EQ(run(arguments, {.in = in,
                            .out = out,
                            .err = err,
                            .variables = [](std::string_view) { return std::optional<std::string>{}; }}),
            1);
  EXPECT_THAT(err.str(), HasSubstr("standard output cannot be written"));
}

TEST(Run, ABadCommandLineIsErrorOne) {
  const Ran result = ran({"plann"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "error: there is no command 'plann' (did you mean 'plan'?)\n");
}

TEST(Run, ValidatesADeclaration) {
  const fakes::TemporaryDirectory directory;
  directory.write("cipherform.yaml",
                  "version: 1\nenvironments:\n  qa: {url: 'https://example.com/qa'}\n"
                  "users:\n  - {email: ada@example.com, groups: [Engineering]}\n");
  const Ran result = ran({"-C", directory.path().string(), "validate"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "The declaration is valid for qa.\n");
}

TEST(Run, ReportsEveryErrorOfADeclaration) {
  const fakes::TemporaryDirectory directory;
  directory.write("cipherform.yaml",
                  "version: 1\nenvironments:\n  qa: {url: 'https://example.com/qa'}\n"
                  "users:\n  - {email: ada, groups: [A]}\n  - {email: bob@example.com, group: [A]}\n");
  const Ran result = ran({"-C", directory.path().string(), "validate"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("cipherform.yaml:5:13: error: "));
  EXPECT_THAT(result.err, HasSubstr("cipherform.yaml:6:30: error: "));
}

TEST(Run, APlanWithoutAKeySaysWhichVariableToSet) {
  const fakes::TemporaryDirectory directory;
  directory.write("cipherform.yaml",
                  "version: 1\nenvironments:\n  qa: {url: 'https://example.com/qa'}\n"
                  "users:\n  - {email: ada@example.com, groups: [Engineering]}\n");
  const Ran result = ran({"-C", directory.path().string(), "plan"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("CIPHERFORM_API_KEY_QA or CIPHERFORM_API_KEY"));
}

TEST(Run, WithJsonEvenABadCommandLineIsAnEvent) {
  const Ran result = ran({"apply", "--json"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("\"type\":\"version\""));
  EXPECT_THAT(result.out, HasSubstr("\"summary\":\"--json cannot ask\""));
}

}  // namespace
}  // namespace cipherform::cli
