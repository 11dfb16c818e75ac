#include "cli/api_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "fakes/temporary_directory.h"

namespace cipherform::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using Values = std::map<std::string, std::string, std::less<>>;

class ApiKey : public testing::Test {
 protected:
  Result<std::string> resolve(std::optional<KeySource> source, const Values& values = {}) {
    Environment environment;
    environment.name = "qa-eu";
    environment.api_key = std::move(source);
    return resolve_api_key(environment, directory_.path(), [&](std::string_view name) -> std::optional<std::string> {
      const auto found = values.find(name);
      if (found == values.end()) return std::nullopt;
      return found->second;
    });
  }

  std::string refusal(std::optional<KeySource> source, const Values& values = {}) {
    const auto key = resolve(std::move(source), values);
    EXPECT_FALSE(key);
    if (key) return {};
    EXPECT_EQ(key.error().kind, ErrorKind::credential);
    return to_string(key.error());
  }

  std::filesystem::path key_file(std::string_view content, std::filesystem::perms mode) {
    const auto file = directory_.write("key", content);
    std::filesystem::permissions(file, mode);
    return file;
  }

  fakes::TemporaryDirectory directory_;
};

constexpr auto kPrivate = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;

TEST_F(ApiKey, OfTheEnvironmentsNameComesBeforeTheCommonOne) {
  EXPECT_EQ(resolve({}, {{"CIPHERFORM_API_KEY_QA_EU", "a"}, {"CIPHERFORM_API_KEY", "b"}}), "a");
  EXPECT_EQ(resolve({}, {{"CIPHERFORM_API_KEY", "b"}}), "b");
}

TEST_F(ApiKey, ThatIsNowhereSaysWhereItWasLookedFor) {
  EXPECT_THAT(refusal({}), HasSubstr("set the environment variable CIPHERFORM_API_KEY_QA_EU or CIPHERFORM_API_KEY"));
}

TEST_F(ApiKey, OfANamedVariableHasNoFallback) {
  EXPECT_EQ(resolve(KeyFromEnv{"OURS"}, {{"OURS", "a"}}), "a");
  EXPECT_THAT(refusal(KeyFromEnv{"OURS"}, {{"CIPHERFORM_API_KEY", "b"}}), HasSubstr("OURS"));
}

TEST_F(ApiKey, IsTrimmedAndMustNotBeEmpty) {
  EXPECT_EQ(resolve({}, {{"CIPHERFORM_API_KEY", "  a\n"}}), "a");
  EXPECT_THAT(refusal({}, {{"CIPHERFORM_API_KEY", " \n"}}), HasSubstr("variable CIPHERFORM_API_KEY is empty"));
}

TEST_F(ApiKey, OfAFileIsRelativeToTheProject) {
  key_file("from-file\n", kPrivate);
  EXPECT_EQ(resolve(KeyFromFile{"key"}), "from-file");
}

TEST_F(ApiKey, OfAFileThatEverybodyCanReadIsRefused) {
  key_file("secret-in-file", kPrivate | std::filesystem::perms::others_read);
  const std::string message = refusal(KeyFromFile{"key"});
  EXPECT_THAT(message, HasSubstr("can be read by everybody"));
  EXPECT_THAT(message, Not(HasSubstr("secret-in-file")));
}

TEST_F(ApiKey, OfNoFileOrADirectoryOrAHugeFileIsRefused) {
  EXPECT_THAT(refusal(KeyFromFile{"absent"}), HasSubstr("cannot read the key file"));
  std::filesystem::create_directory(directory_.path() / "directory");
  EXPECT_THAT(refusal(KeyFromFile{"directory"}), HasSubstr("is not a regular file"));
  key_file(std::string(100'000, 'k'), kPrivate);
  EXPECT_THAT(refusal(KeyFromFile{"key"}), HasSubstr("longer than 4096 bytes"));
}

TEST_F(ApiKey, OfACommandIsItsOutputWithoutAShell) {
  EXPECT_EQ(resolve(KeyFromCommand{{"printf", "%s\n", "$HOME; echo a"}}), "$HOME; echo a");
}

TEST_F(ApiKey, OfACommandThatFailsOrIsNotThereIsRefused) {
  EXPECT_THAT(refusal(KeyFromCommand{{"false"}}), HasSubstr("the key command false failed"));
  EXPECT_THAT(refusal(KeyFromCommand{{"/nowhere/command"}}), HasSubstr("cannot run the key command /nowhere/command"));
  EXPECT_THAT(refusal(KeyFromCommand{{"true"}}), HasSubstr("is empty"));
}

TEST_F(ApiKey, OfACommandThatPrintsWithoutEndIsCutOff) {
  EXPECT_THAT(refusal(KeyFromCommand{{"yes"}}), HasSubstr("longer than 4096 bytes"));
}

}  // namespace
}  // namespace cipherform::cli
