// Corpus files damaged at random: whatever comes of it, there is an answer. The sanitizers
// make this a test of more than that it returns.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "config/declaration_checks.h"
#include "config/declaration_file.h"
#include "config/resolve.h"
#include "config/source_text.h"

namespace cipherform::config {
namespace {
namespace fs = std::filesystem;

std::vector<std::string> corpus() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(CIPHERFORM_SOURCE_DIR "/tests/config/corpus")) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const fs::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    texts.push_back(std::move(text).str());
  }
  return texts;
}

class Damage {
 public:
  std::string next() {
    std::string text = seeds_[below(seeds_.size())];
    for (std::size_t edits = 1 + below(5); edits > 0; --edits) edit(text);
    return text;
  }

 private:
  void edit(std::string& text) {
    static constexpr std::array<std::string_view, 20> kPieces{"[",   "]",     "{",    "}",    ": ", "- ", "\n",
                                                              "&a ", "*a",    "<<: ", "\"",   "'",  "|",  "? ",
                                                              "~",   "---\n", "\\",   "\r\n", "#",  "%"};
    const std::size_t at = below(text.size());
    switch (below(4)) {
      case 0:
        text.insert(at, kPieces[below(kPieces.size())]);
        break;
      case 1:
        text.erase(at, 1 + below(6));
        break;
      case 2:
        text.insert(at, seeds_[below(seeds_.size())].substr(0, 60));
        break;
      default:
        text.resize(at);
    }
  }
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

  std::vector<std::string> seeds_ = corpus();
  std::mt19937 random_{20261123};  // NOLINT(cert-msc51-cpp): the same damage in every run
};

/// Whether all of reading finds nothing wrong with a cipherform.yaml.
bool is_good(std::string_view text) {
  Diagnostics diagnostics;
  const FileDiagnostics errors(diagnostics, 0);
  std::vector<LoadedFile> files(1);
  files.front().name = kRootFile;
  RawRoot root;
  const bool parsed = check_text(text, errors);
  if (parsed) files.front().complete = read_declaration_file(text, files.front().raw, &root, errors) != Reading::cut;
  const Resolved resolved = resolve(files, root, diagnostics);
  check_declaration(resolved, root, files.front().complete, diagnostics);
  return diagnostics.empty();
}

TEST(DamagedFiles, HaveAnAnswer) {
  Damage damage;
  int good = 0;
  constexpr int kRuns = 2000;
  for (int run = 0; run < kRuns; ++run) good += is_good(damage.next()) ? 1 : 0;
  EXPECT_LT(good, kRuns / 2);
}

}  // namespace
}  // namespace cipherform::config
