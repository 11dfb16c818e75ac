#include "config/include_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "config/sink_log.h"
#include "fakes/temporary_directory.h"

namespace cipherform::config {
namespace {
namespace fs = std::filesystem;

class IncludeFilesTest : public testing::Test {
 protected:
  using Names = std::vector<std::string>;

  Names expand(const std::vector<std::string>& patterns) {
    std::vector<NamedAt> at;
    for (std::uint32_t i = 0; i < patterns.size(); ++i)
      at.push_back({.name = patterns[i], .at = {.line = 1, .column = i + 1}});
    Diagnostics diagnostics;
    Names names = expand_includes(project.path(), at, FileDiagnostics(diagnostics, 0));
    errors = tests::lines_of(std::move(diagnostics));
    return names;
  }
  void files(const std::vector<std::string>& names) {
    for (const std::string& name : names) project.write(name, "");
  }

  fakes::TemporaryDirectory project;
  std::string errors;
};

TEST_F(IncludeFilesTest, AreSortedAndComeOnce) {
  files({"b.yaml", "a.yaml", "c.yml", "cipherform.yaml"});
  EXPECT_EQ(expand({"c.yml", "*.yaml", "a.yaml", "./b.yaml"}), (Names{"a.yaml", "b.yaml", "c.yml"}));
  EXPECT_EQ(errors, "");
}

TEST_F(IncludeFilesTest, MatchWithinOneDirectoryUnlessToldOtherwise) {
  files({"a.yaml", "x/b.yaml", "x/y/c.yaml", "x/y/d.txt"});
  EXPECT_EQ(expand({"*/*.yaml"}), Names{"x/b.yaml"});
  EXPECT_EQ(expand({"**/*.yaml"}), (Names{"a.yaml", "x/b.yaml", "x/y/c.yaml"}));
  EXPECT_EQ(expand({"x/**"}), (Names{"x/b.yaml", "x/y/c.yaml", "x/y/d.txt"}));
  EXPECT_EQ(expand({"**/y/*.yaml"}), Names{"x/y/c.yaml"});
  EXPECT_EQ(expand({"x//b.yaml"}), Names{"x/b.yaml"});
  EXPECT_EQ(errors, "");
}

TEST_F(IncludeFilesTest, MatchOneCharacterSetsAndEscapes) {
  files({"a1.yaml", "a2.yaml", "a3.yaml", "a*.yaml"});
  EXPECT_EQ(expand({"a[12].yaml"}), (Names{"a1.yaml", "a2.yaml"}));
  EXPECT_EQ(expand({"a[!12*].yaml"}), Names{"a3.yaml"});
  EXPECT_EQ(expand({"a\\*.yaml"}), Names{"a*.yaml"});
  EXPECT_EQ(expand({"?3.yaml"}), Names{"a3.yaml"});
}

TEST_F(IncludeFilesTest, PassOverHiddenFilesUnlessNamed) {
  files({".hidden.yaml", ".cipherform/state.yaml", "a.yaml"});
  EXPECT_EQ(expand({"*.yaml", "**/*.yaml", "*/*.yaml", "**"}), Names{"a.yaml"});
  EXPECT_EQ(expand({".hid*.yaml", ".cipherform/*.yaml"}), (Names{".cipherform/state.yaml", ".hidden.yaml"}));
}

TEST_F(IncludeFilesTest, RefuseWhatLeadsOutside) {
  const fakes::TemporaryDirectory outside;
  outside.write("secret.yaml", "");
  files({"users/a.yaml"});
  fs::create_symlink(outside.path() / "secret.yaml", project.path() / "users/link.yaml");
  fs::create_symlink(outside.path(), project.path() / "dir");
  EXPECT_EQ(expand({"users/*.yaml", "dir/*.yaml", "../*", "users/../x", "/etc/passwd"}), Names{"users/a.yaml"});
  EXPECT_EQ(errors,
            "1:1: include 'users/*.yaml': 'users/link.yaml' leads outside the project directory, or nowhere\n"
            "1:2: include 'dir/*.yaml': 'dir/secret.yaml' leads outside the project directory, or nowhere\n"
            "1:3: include '../*' leads outside the project directory\n"
            "1:4: include 'users/../x' leads outside the project directory\n"
            "1:5: include '/etc/passwd' is absolute; patterns are relative to the project directory\n");
}

TEST_F(IncludeFilesTest, FollowLinksThatStayInside) {
  files({"real/a.yaml", "cipherform.yaml"});
  fs::create_directory_symlink("real", project.path() / "link");
  fs::create_symlink("cipherform.yaml", project.path() / "self.yaml");
  EXPECT_EQ(expand({"*/*.yaml", "self.yaml"}), Names{"link/a.yaml"});
  EXPECT_EQ(expand({"**/*.yaml"}), Names{"real/a.yaml"});
  EXPECT_EQ(errors, "");
}

TEST_F(IncludeFilesTest, EndInACircleOfLinks) {
  files({"x/a.yaml"});
  fs::create_directory_symlink("..", project.path() / "x/up");
  EXPECT_EQ(expand({"**/*.yaml"}), Names{"x/a.yaml"});
}

TEST_F(IncludeFilesTest, ReportALinkThatLeadsNowhere) {
  fs::create_symlink("gone.yaml", project.path() / "link.yaml");
  EXPECT_EQ(expand({"*.yaml"}), Names{});
  EXPECT_EQ(errors, "1:1: include '*.yaml': 'link.yaml' leads outside the project directory, or nowhere\n");
}

TEST_F(IncludeFilesTest, ReportAPatternThatMatchesNothing) {
  files({"a.yaml"});
  EXPECT_EQ(expand({"a.yaml", "users/*.yaml", "b.yaml", "[", "a.yaml/b", "users/", "."}), Names{"a.yaml"});
  EXPECT_EQ(errors,
            "1:2: include 'users/*.yaml' matches no file\n1:3: include 'b.yaml' matches no file\n"
            "1:4: include '[' matches no file\n1:5: include 'a.yaml/b' matches no file\n"
            "1:6: include 'users/' names a directory; it must match files\n1:7: include '.' names nothing\n");
}

TEST_F(IncludeFilesTest, KeepWhatIsNoFileSoThatReadingItSaysWhy) {
  fs::create_directory(project.path() / "users.yaml");
  ASSERT_EQ(::mkfifo((project.path() / "pipe.yaml").c_str(), 0600), 0);
  EXPECT_EQ(expand({"*.yaml"}), (Names{"pipe.yaml", "users.yaml"}));
}

}  // namespace
}  // namespace cipherform::config
