#include "config/map_entries.h"

#include <gtest/gtest.h>

#include <string>

#include "config/sink_log.h"

namespace cipherform::config {
namespace {

/// What is left of `x: YAML` after duplicates and merges, or the errors.
std::string finished(const std::string& yaml) {
  const tests::DocumentRead read = tests::read_text("x: " + yaml + "\n");
  return read.errors.empty() ? read.text : read.errors;
}

std::string tree(const std::string& yaml) { return "begin root\nroot: x = " + yaml + " @1:4\nend root\n"; }

TEST(FinishMap, LetsExplicitKeysWinOverMergedOnesWhereverTheyStand) {
  EXPECT_EQ(finished("{<<: {a: 1, b: 2}, a: 3}"), tree("{a: 3, b: 2}"));
  EXPECT_EQ(finished("{a: 3, <<: {a: 1, b: 2}}"), tree("{a: 3, b: 2}"));
}

TEST(FinishMap, LetsTheFirstOfSeveralMergedMapsWin) {
  EXPECT_EQ(finished("{<<: [{a: 1}, {a: 2, b: 2}, {c: 3}]}"), tree("{a: 1, b: 2, c: 3}"));
}

TEST(FinishMap, MergesWhatWasMergedItself) {
  EXPECT_EQ(finished("{<<: {<<: {a: 1}, b: 2}, c: 3}"), tree("{c: 3, b: 2, a: 1}"));
}

TEST(FinishMap, TakesAQuotedMergeKeyForAKey) { EXPECT_EQ(finished("{\"<<\": {a: 1}}"), tree("{\"<<\": {a: 1}}")); }

TEST(FinishMap, ReportsADuplicateWithThePlaceOfTheFirst) {
  EXPECT_EQ(finished("{a: 1, b: 2, a: 3, \"a\": 4}"),
            "1:17: duplicate key 'a' (first at 1:5)\n1:23: duplicate key 'a' (first at 1:5)\n");
}

TEST(FinishMap, FindsDuplicatesAmongManyKeys) {
  std::string yaml = "{";
  for (int i = 0; i < 100; ++i) yaml += "k" + std::to_string(i) + ": 1, ";
  EXPECT_EQ(finished(yaml + "k7: 2}"), "1:795: duplicate key 'k7' (first at 1:54)\n");
}

TEST(FinishMap, RefusesToMergeWhatIsNoMap) {
  EXPECT_EQ(finished("{<<: [a, {b: 1}], c: 2}"), "1:10: << takes a map or a list of maps, but this is a string\n");
  EXPECT_EQ(finished("{<<: , c: 2}"), "1:5: << takes a map or a list of maps, but this is null\n");
}

TEST(FinishMap, TakesOnlyStringsForKeys) {
  EXPECT_EQ(finished("{[a]: 1, ~: 2, {b: c}: 3}"),
            "1:5: a key must be a string, but is a list\n1:13: a key must be a string, but is null\n"
            "1:19: a key must be a string, but is a map\n");
}

TEST(Expansion, EndsReadingBeyondItsBound) {
  Diagnostics errors;
  const FileDiagnostics file(errors, 0);
  Expansion expansion(file);
  expansion.charge(kMaxExpandedValues, {.line = 1, .column = 1});
  EXPECT_TRUE(errors.empty());
  EXPECT_THROW(expansion.charge(1, {.line = 2, .column = 3}), ReadingStopped);
  EXPECT_EQ(tests::lines_of(std::move(errors)), "2:3: aliases expand to more than 10000000 values\n");
}

}  // namespace
}  // namespace cipherform::config
