// A project on disk: which files are read, in which order, and what is said of those
// that cannot be.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cipherform/config.h"
#include "config/declarations.h"
#include "fakes/temporary_directory.h"

namespace cipherform {
namespace {
namespace fs = std::filesystem;

TEST(LoadDeclaration, SaysThatThereIsNoProject) {
  const fakes::TemporaryDirectory directory;
  EXPECT_EQ(tests::errors_of_project(directory.path()),
            "cipherform.yaml: error: no such file (cipherform -C DIR names the project)\n");
  const std::string nowhere = (directory.path() / "nowhere").string();
  EXPECT_EQ(tests::errors_of_project(nowhere), "cipherform.yaml: error: there is no project directory '" + nowhere +
                                                   "' (cipherform -C DIR names the project)\n");
}

TEST(LoadDeclaration, SaysWhatIsThereInPlaceOfAFile) {
  const fakes::TemporaryDirectory project;
  fs::create_directory(project.path() / "cipherform.yaml");
  EXPECT_EQ(tests::errors_of_project(project.path()),
            "cipherform.yaml: error: is a directory, not a file (cipherform -C DIR names the project)\n");
  fs::remove(project.path() / "cipherform.yaml");
  project.write("cipherform.yaml", tests::kHead + "include: ['*.yaml']\n");
  fs::create_directory(project.path() / "users.yaml");
  ASSERT_EQ(::mkfifo((project.path() / "pipe.yaml").c_str(), 0600), 0);
  EXPECT_EQ(tests::errors_of_project(project.path()),
            "pipe.yaml: error: is not a regular file\nusers.yaml: error: is a directory, not a file\n");
}

TEST(LoadDeclaration, RefusesARootThatIsElsewhere) {
  const fakes::TemporaryDirectory elsewhere;
  const fakes::TemporaryDirectory project;
  fs::create_symlink(elsewhere.write("cipherform.yaml", tests::kHead), project.path() / "cipherform.yaml");
  EXPECT_EQ(tests::errors_of_project(project.path()),
            "cipherform.yaml: error: leads outside the project directory (cipherform -C DIR names the project)\n");
}

TEST(LoadDeclaration, SaysThatIncludedFilesAreEmptyOrNoText) {
  EXPECT_EQ(tests::errors_of({{"cipherform.yaml", tests::kHead + "include: ['?.yaml']\n"},
                              {"a.yaml", ""},
                              {"b.yaml", std::string("\x7F\x45LF\0", 5)},
                              {"c.yaml", "# \xE4\n"},
                              {"d.yaml", "x: " + std::string(2 << 20, 'x')}}),
            "a.yaml: error: the file is empty\nb.yaml:1:1: error: a control character\n"
            "c.yaml:1:3: error: not valid UTF-8 (a declaration is text in UTF-8)\n"
            "d.yaml:1:1: error: a line of more than 1 MiB\n");
}

TEST(LoadDeclaration, StopsEarlyInAHundredMegabytesOfOneValue) {
  const fakes::TemporaryDirectory project;
  {
    std::ofstream file(project.path() / "cipherform.yaml", std::ios::binary);
    file << tests::kHead << "users:\n  - email: \"";
    const std::string line = std::string(1'000'000, 'a') + "\n";
    for (int i = 0; i < 100; ++i) file << line;
  }
  EXPECT_EQ(tests::errors_of_project(project.path()),
            "cipherform.yaml:4:5: error: nothing but one value in the 4 MiB that begin here (a quote that is not "
            "closed, or a value that is far too long)\n");
}

/// A project of several files that mention each other's names.
void write_project(const fakes::TemporaryDirectory& project, bool good) {
  project.write("cipherform.yaml", tests::kHead + "include: ['part-*.yaml']\n");
  for (int f = 0; f < 12; ++f) {
    const std::string n = std::to_string(f);
    std::string yaml = "users:\n";
    for (int u = 0; u < 40; ++u) {
      yaml += "  - {email: " + std::string(u % 3 == 0 ? "User-" : "user-") +
              std::to_string((u * 7 + f * 40) % 480 + (good ? f * 480 : 0)) + "@x.com, groups: [G" +
              std::to_string(u % 5) + ", {name: H, reason: R" + n + "}]}\n";
    }
    yaml += "groups:\n  Own" + n + ": {members: [{team: t" + std::to_string((f + 1) % 12) + "}, user-1@x.com]}\n";
    yaml += "teams: {t" + n + ": [user-" + n + "@x.com, shared@x.com" + (good ? "" : ", {team: t" + n + "}") + "]}\n";
    project.write("part-" + n + ".yaml", yaml);
  }
}

TEST(LoadDeclaration, DoesNotDependOnTheNumberOfThreads) {
  const fakes::TemporaryDirectory good;
  write_project(good, true);
  DeclarationResult one = load_declaration(good.path(), 1);
  ASSERT_TRUE(one);
  const DesiredState first = std::move(*one).desired_state("qa");
  const fakes::TemporaryDirectory bad;
  write_project(bad, false);
  const auto errors = load_declaration(bad.path(), 1).error();
  EXPECT_GT(errors.size(), 10U);
  for (const unsigned threads : {2U, 3U, 8U, 100U, 0U}) {
    const DesiredState again = std::move(*load_declaration(good.path(), threads)).desired_state("qa");
    EXPECT_EQ(tests::text_of(again), tests::text_of(first)) << threads;
    EXPECT_EQ(again.digest, first.digest) << threads;
    const auto errors_again = load_declaration(bad.path(), threads).error();
    ASSERT_EQ(errors_again.size(), errors.size());
    for (std::size_t i = 0; i < errors.size(); ++i) EXPECT_EQ(to_string(errors_again[i]), to_string(errors[i]));
  }
}

std::string digest_of(const std::vector<std::pair<std::string, std::string>>& files) {
  const fakes::TemporaryDirectory project;
  for (const auto& [name, content] : files) project.write(name, content);
  DeclarationResult result = load_declaration(project.path());
  return result ? std::move(*result).desired_state("qa").digest : "not a good declaration";
}

TEST(DeclarationDigest, IsThatOfNamesSizesAndBytesInOrder) {
  const std::string root = tests::kHead + "include: ['*.yaml']\n";
  const std::string part = "groups: {}\n";
  Sha256 expected;
  expected.update(std::string("cipherform.yaml\0", 16) + std::to_string(root.size()) + std::string("\0", 1) + root);
  expected.update(std::string("a.yaml\0", 7) + std::to_string(part.size()) + std::string("\0", 1) + part);
  EXPECT_EQ(digest_of({{"cipherform.yaml", root}, {"a.yaml", part}}), expected.hex());
}

TEST(DeclarationDigest, ChangesWithEveryByteAndName) {
  const std::string root = tests::kHead + "include: ['*.yaml']\n";
  const std::string before = digest_of({{"cipherform.yaml", root}, {"a.yaml", "groups: {}\n"}});
  EXPECT_NE(digest_of({{"cipherform.yaml", root}, {"a.yaml", "groups: {} \n"}}), before);
  EXPECT_NE(digest_of({{"cipherform.yaml", root}, {"b.yaml", "groups: {}\n"}}), before);
  EXPECT_NE(digest_of({{"cipherform.yaml", root + "#"}, {"a.yaml", "groups: {}\n"}}), before);
}

TEST(Declaration, NamesTheGroupsAndPeopleOfEveryEnvironmentOnceAndInOrder) {
  const fakes::TemporaryDirectory project;
  project.write("cipherform.yaml",
                "version: 1\nenvironments: {qa: {url: 'https://a'}, prod: {url: 'https://b'}}\n"
                "groups: {Z: {environments: [qa], members: [Bob@x.com, ada@x.com]}, A: {members: [bob@x.com]}}\n"
                "users: [{email: cleo@x.com, environments: [prod], groups: [M]}]\n");
  const auto declaration = load_declaration(project.path());
  ASSERT_TRUE(declaration);
  EXPECT_EQ(declaration->group_names(), (std::vector<std::string_view>{"A", "M", "Z"}));
  EXPECT_EQ(declaration->emails(), (std::vector<std::string_view>{"ada@x.com", "Bob@x.com", "cleo@x.com"}));
}

}  // namespace
}  // namespace cipherform
