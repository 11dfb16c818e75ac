#include "cli/new_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "fakes/temporary_directory.h"

namespace cipherform::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Everything below a directory, directories included.
std::vector<std::string> below(const fs::path& directory) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    found.push_back(fs::relative(entry.path(), directory).string());
  }
  return found;
}

const std::vector<NewFile> kTwo = {{"cipherform.yaml", "root"}, {"groups/Eng.yaml", "group"}};

TEST(NewFiles, AreWrittenWithTheirDirectories) {
  const fakes::TemporaryDirectory directory;
  const fs::path project = directory.path() / "not/there/yet";
  ASSERT_TRUE(write_new_files(project, kTwo));
  EXPECT_THAT(below(project), UnorderedElementsAre("cipherform.yaml", "groups", "groups/Eng.yaml"));
  EXPECT_EQ(content_of(project / "cipherform.yaml"), "root");
  EXPECT_EQ(content_of(project / "groups/Eng.yaml"), "group");
}

TEST(NewFiles, OverwriteNothingAndThenLeaveNothing) {
  const fakes::TemporaryDirectory directory;
  directory.write("groups/Eng.yaml", "mine");
  const auto written = write_new_files(directory.path(), kTwo);
  ASSERT_FALSE(written);
  EXPECT_THAT(to_string(written.error()), HasSubstr("groups/Eng.yaml exists, and nothing is overwritten"));
  EXPECT_EQ(content_of(directory.path() / "groups/Eng.yaml"), "mine");
  EXPECT_THAT(below(directory.path()), UnorderedElementsAre("groups", "groups/Eng.yaml"));
}

TEST(NewFiles, TakeALinkThatLeadsNowhereForAFile) {
  const fakes::TemporaryDirectory directory;
  fs::create_symlink("elsewhere", directory.path() / "cipherform.yaml");
  EXPECT_FALSE(write_new_files(directory.path(), kTwo));
  EXPECT_FALSE(fs::exists(directory.path() / "elsewhere"));
  EXPECT_THAT(below(directory.path()), UnorderedElementsAre("cipherform.yaml"));
}

TEST(NewFiles, TakeBackTheFirstWhereALaterOneFails) {
  const fakes::TemporaryDirectory directory;
  directory.write("groups", "a file where a directory is due");
  const auto written =
      write_new_files(directory.path(), {{"a.yaml", "a"}, {"groups/Eng.yaml", "b"}, {"c/d.yaml", "c"}});
  ASSERT_FALSE(written);
  EXPECT_THAT(to_string(written.error()), HasSubstr("groups: Not a directory"));
  EXPECT_THAT(below(directory.path()), UnorderedElementsAre("groups"));
}

TEST(NewFiles, TakeBackTheirDirectoriesToo) {
  const fakes::TemporaryDirectory directory;
  const std::string too_long(300, 'x');
  EXPECT_FALSE(write_new_files(directory.path() / "made/for/it", {{"a.yaml", "a"}, {too_long, "b"}}));
  EXPECT_THAT(below(directory.path()), IsEmpty());
}

TEST(NewFiles, GetTheModeOfOrdinaryFiles) {
  const fakes::TemporaryDirectory directory;
  ASSERT_TRUE(write_new_files(directory.path(), kTwo));
  const mode_t mask = ::umask(0);
  ::umask(mask);
  struct stat status {};
  ASSERT_EQ(::stat((directory.path() / "cipherform.yaml").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0666U & ~mask);
  EXPECT_EQ(status.st_nlink, 1U) << "nothing else leads to it";
}

}  // namespace
}  // namespace cipherform::cli
