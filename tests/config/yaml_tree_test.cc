#include "config/yaml_tree.h"

#include <gtest/gtest.h>

#include <string>

namespace cipherform::config {
namespace {

ScalarType type_of(std::string_view plain) {
  Value node;
  node.kind = Value::Kind::scalar;
  node.plain = true;
  node.text = plain;
  return scalar_type(node);
}

TEST(ScalarType, IsThatOfYaml12) {
  for (const auto* text : {"0", "-1", "+7", "007", "0x1F", "0o17"})
    EXPECT_EQ(type_of(text), ScalarType::integer) << text;
  for (const auto* text : {"1.5", ".5", "1.", "-1e9", "1E+3", ".inf", "-.INF", ".NaN"}) {
    EXPECT_EQ(type_of(text), ScalarType::number) << text;
  }
  for (const auto* text : {"true", "True", "TRUE", "false"}) EXPECT_EQ(type_of(text), ScalarType::boolean) << text;
  for (const auto* text : {"null", "Null", "NULL", "~", ""}) EXPECT_EQ(type_of(text), ScalarType::null) << text;
}

TEST(ScalarType, IsAStringForWhatYaml11TookForMore) {
  for (const auto* text :
       {"yes", "no", "on", "off", "y", "2027-01-31", "1_000", "190:20:30", "0b1",  "0x",   "0xg",
        "0o8", "1e", ".",  "-",   "+", "1.2.3",      "tRue",  "nULL",      "-0x1", ".INf", "ada@example.com"}) {
    EXPECT_EQ(type_of(text), ScalarType::string) << text;
  }
}

TEST(ScalarType, IsAStringWhereThereAreQuotes) {
  Value node;
  node.kind = Value::Kind::scalar;
  node.text = "1";
  EXPECT_EQ(scalar_type(node), ScalarType::string);
}

TEST(Describe, NamesWhatAUserWrote) {
  Value node;
  node.kind = Value::Kind::null;
  EXPECT_EQ(describe(node), "null");
  node.kind = Value::Kind::map;
  EXPECT_EQ(describe(node), "a map");
  node.kind = Value::Kind::scalar;
  node.plain = true;
  node.text = "1.5";
  EXPECT_EQ(describe(node), "a decimal number");
  node.text = "true";
  EXPECT_EQ(describe(node), "true or false");
}

TEST(ValueArena, GivesMemoryBackWhenItIsWoundBack) {
  ValueArena arena;
  const std::string_view kept = arena.store("kept");
  const ValueArena::Mark mark = arena.mark();
  const std::size_t held = arena.bytes_held();
  for (int i = 0; i < 10'000; ++i) arena.node();
  EXPECT_GT(arena.bytes_held(), held);
  arena.rewind(mark);
  EXPECT_EQ(arena.bytes_held(), held);
  for (int i = 0; i < 10'000; ++i) arena.store("overwrites nothing");
  EXPECT_EQ(kept, "kept");
}

}  // namespace
}  // namespace cipherform::config
