#include "cli/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/temporary_directory.h"

namespace cipherform::cli {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

TEST(OutputFile, IsPrivateAndReplacesWhatWasThere) {
  const fakes::TemporaryDirectory directory;
  const fs::path file = directory.write("plan.json", "older and longer");
  fs::permissions(file, fs::perms::all);
  ASSERT_TRUE(write_private_file(file, "new"));
  EXPECT_EQ(read_file(file, 100), "new");
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), {}), 1) << "no temporary file is left";
}

TEST(OutputFile, ReplacesALinkAndNotWhatItLeadsTo) {
  const fakes::TemporaryDirectory directory;
  const fs::path victim = directory.write("victim", "untouched");
  fs::create_symlink(victim, directory.path() / "plan.json");
  ASSERT_TRUE(write_private_file(directory.path() / "plan.json", "new"));
  EXPECT_EQ(read_file(victim, 100), "untouched");
}

TEST(OutputFile, ThatCannotBeWrittenIsNamedAndLeavesNothing) {
  const fakes::TemporaryDirectory directory;
  const auto nowhere = write_private_file(directory.path() / "nowhere/plan.json", "x");
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(to_string(nowhere.error()), HasSubstr("nowhere/plan.json: No such file"));
  fs::create_directory(directory.path() / "plan.json");
  directory.write("plan.json/inside", "x");
  EXPECT_FALSE(write_private_file(directory.path() / "plan.json", "x"));
  EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), {}), 1);
}

TEST(ReadFile, RefusesWhatIsNoFileOrTooLarge) {
  const fakes::TemporaryDirectory directory;
  EXPECT_THAT(to_string(read_file(directory.path(), 100).error()), HasSubstr("is not a regular file"));
  EXPECT_THAT(to_string(read_file(directory.path() / "absent", 100).error()), HasSubstr("No such file"));
  const fs::path file = directory.write("large", "12345");
  EXPECT_THAT(to_string(read_file(file, 4).error()), HasSubstr("is larger than 4 bytes"));
  EXPECT_EQ(read_file(file, 5), "12345");
}

}  // namespace
}  // namespace cipherform::cli
