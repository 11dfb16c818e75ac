#include "config/diagnostics.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace cipherform::config {
namespace {

const std::vector<std::string> kFiles{"cipherform.yaml", "a.yaml"};

std::vector<std::string> taken(Diagnostics diagnostics) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : std::move(diagnostics).take(kFiles)) lines.push_back(to_string(diagnostic));
  return lines;
}

TEST(Diagnostics, ComeInTheOrderOfFilesLinesAndColumns) {
  Diagnostics diagnostics;
  diagnostics.add({.file = 1, .line = 1, .column = 1}, "fourth");
  diagnostics.add({.file = 0, .line = 10, .column = 2}, "third", "why");
  diagnostics.add({.file = 0, .line = 2, .column = 9}, "second");
  diagnostics.add({.file = 0, .line = 0, .column = 0}, "first");
  EXPECT_EQ(taken(std::move(diagnostics)),
            (std::vector<std::string>{"cipherform.yaml: error: first", "cipherform.yaml:2:9: error: second",
                                      "cipherform.yaml:10:2: error: third (why)", "a.yaml:1:1: error: fourth"}));
}

TEST(Diagnostics, AreSaidOnceWhereAnAliasRepeatsThem) {
  Diagnostics diagnostics;
  for (int i = 0; i < 3; ++i) diagnostics.add({.file = 0, .line = 1, .column = 1}, "the same");
  EXPECT_EQ(taken(std::move(diagnostics)).size(), 1U);
}

TEST(Diagnostics, BeyondTheLimitAreCountedAndTheFirstByPlaceAreKept) {
  Diagnostics diagnostics(2);
  for (std::uint32_t line = 100; line > 0; --line) diagnostics.add({.file = 0, .line = line, .column = 1}, "x");
  EXPECT_EQ(taken(std::move(diagnostics)),
            (std::vector<std::string>{"cipherform.yaml:1:1: error: x", "cipherform.yaml:2:1: error: x",
                                      "error: too many errors: 98 more are not shown"}));
}

TEST(Diagnostics, OfSeveralFilesKeepTheCountOfWhatEachLeftOut) {
  Diagnostics all(2);
  for (std::uint32_t file = 0; file < 2; ++file) {
    Diagnostics own(2);
    for (std::uint32_t line = 1; line <= 10; ++line) own.add({.file = file, .line = line, .column = 1}, "x");
    all.absorb(std::move(own));
  }
  EXPECT_EQ(taken(std::move(all)).back(), "error: too many errors: 18 more are not shown");
}

TEST(Quotes, ShortenALongTextBetweenCharacters) {
  std::string text(79, 'x');
  text += "\xC3\xA4 and more";
  EXPECT_EQ(in_quotes(text), "'" + std::string(79, 'x') + "…'");
  EXPECT_EQ(in_quotes("short"), "'short'");
}

TEST(Meant, ProposesWhatIsNearAndNothingElse) {
  constexpr std::array<std::string_view, 2> words{"email", "groups"};
  EXPECT_EQ(meant("emial", words), "");
  EXPECT_EQ(meant("emal", words), "did you mean 'email'?");
  EXPECT_EQ(meant("zzzzzz", words), "");
}

}  // namespace
}  // namespace cipherform::config
