#include "cli/output_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

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

TEST(OutputFile, ForOthersIsReadableToThemWhateverTheUmask) {
  const fakes::TemporaryDirectory directory;
  const fs::path file = directory.write("cipherform.prom", "older and longer");
  const mode_t before = ::umask(0077);
  const auto written = write_public_file(file, "new");
  ::umask(before);
  ASSERT_TRUE(written);
  EXPECT_EQ(read_file(file, 100), "new");
  EXPECT_EQ(fs::status(file).permissions(),
            fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read | fs::perms::others_read);
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

TEST(OutputFile, ADeviceOrPipeIsWrittenAndNotReplaced) {
  const fakes::TemporaryDirectory directory;
  const fs::path pipe = directory.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reading = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reading, 0);
  ASSERT_TRUE(write_private_file(pipe, "plan"));
  std::array<char, 16> read{};
  EXPECT_EQ(::read(reading, read.data(), read.size()), 4);
  EXPECT_STREQ(read.data(), "plan");
  ::close(reading);
  EXPECT_TRUE(fs::is_fifo(pipe));

  const fs::path link = directory.path() / "full";
  fs::create_symlink("/dev/full", link);
  const auto full = write_private_file(link, "plan");
  ASSERT_FALSE(full);
  EXPECT_THAT(to_string(full.error()), HasSubstr("No space left"));
  EXPECT_TRUE(fs::is_symlink(link));
}

TEST(OutputFile, NoFileIsMadeWhereTheSystemHasItsOwn) {
  EXPECT_FALSE(write_private_file("/dev/cipherform-test", "plan"));
  EXPECT_FALSE(fs::exists("/dev/cipherform-test"));
}

TEST(OutputFile, WithoutANameIsRefused) {
  EXPECT_THAT(to_string(write_private_file("", "plan").error()), HasSubstr("has no name"));
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
