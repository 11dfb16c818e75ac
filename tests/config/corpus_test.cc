// Every file of the corpus against what a person agreed that it means, or what is wrong
// with it. schema_corpus_test.py holds the schema against the same files.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "config/declarations.h"
#include "fakes/golden.h"
#include "fakes/temporary_directory.h"

namespace cipherform {
namespace {
namespace fs = std::filesystem;

struct Case {
  fs::path path;  ///< a project directory, or a file that stands for its cipherform.yaml
  fs::path golden;
  std::string name;
};

std::vector<Case> cases(const std::string& kind, const std::string& golden_extension) {
  std::vector<Case> found;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(CIPHERFORM_SOURCE_DIR "/tests/config/corpus/" + kind)) {
    if (!entry.is_directory() && entry.path().extension() != ".yaml") continue;
    fs::path golden = entry.path();
    golden.replace_extension(golden_extension);
    found.push_back({.path = entry.path(), .golden = golden, .name = entry.path().stem().string()});
  }
  std::sort(found.begin(), found.end(), [](const Case& a, const Case& b) { return a.name < b.name; });
  return found;
}

/// Calls `read` with the case as a project directory.
template <class Read>
std::string with_project(const Case& example, Read read) {
  if (fs::is_directory(example.path)) return read(example.path);
  const fakes::TemporaryDirectory project;
  fs::copy_file(example.path, project.path() / "cipherform.yaml");
  return read(project.path());
}

class ValidFile : public testing::TestWithParam<Case> {};
TEST_P(ValidFile, MeansWhatItsGoldenFileSays) {
  const std::string text = with_project(GetParam(), [](const fs::path& project) { return tests::text_of(project); });
  EXPECT_EQ(fakes::golden_difference(GetParam().golden, text), "");
}

class InvalidFile : public testing::TestWithParam<Case> {};
TEST_P(InvalidFile, GetsExactlyTheseErrors) {
  const std::string errors =
      with_project(GetParam(), [](const fs::path& project) { return tests::errors_of_project(project); });
  EXPECT_NE(errors, "");
  EXPECT_EQ(fakes::golden_difference(GetParam().golden, errors), "");
}

const auto kName = [](const testing::TestParamInfo<Case>& info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(Corpus, ValidFile, testing::ValuesIn(cases("valid", ".state")), kName);
INSTANTIATE_TEST_SUITE_P(Corpus, InvalidFile, testing::ValuesIn(cases("invalid", ".errors")), kName);

TEST(Corpus, EveryGoldenFileHasItsCase) {
  for (const auto& [kind, extension] : {std::pair{"valid", ".state"}, std::pair{"invalid", ".errors"}}) {
    std::vector<fs::path> expected;
    for (const Case& example : cases(kind, extension)) expected.push_back(example.golden);
    for (const fs::directory_entry& entry :
         fs::directory_iterator(std::string(CIPHERFORM_SOURCE_DIR "/tests/config/corpus/") + kind)) {
      if (entry.path().extension() != extension) continue;
      EXPECT_NE(std::find(expected.begin(), expected.end(), entry.path()), expected.end()) << entry.path();
    }
  }
}

TEST(Corpus, IsLargeEnoughToMeanSomething) {
  EXPECT_GE(cases("valid", ".state").size(), 20U);
  EXPECT_GE(cases("invalid", ".errors").size(), 60U);
}

}  // namespace
}  // namespace cipherform
