#include <gtest/gtest.h>

#include <utility>

#include "cipherform/model.h"

namespace cipherform {
namespace {

TEST(StringArena, KeepsViewsValidWhileItGrowsAndMoves) {
  StringArena arena;
  std::vector<std::pair<std::string_view, std::string>> stored;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = "user-" + std::to_string(i) + "@example.com";
    stored.emplace_back(arena.store(text), text);
  }
  const std::string big(200'000, 'x');
  const std::string_view kept_big = arena.store(big);
  StringArena other;
  const std::string_view kept_other = other.store("other");
  arena.absorb(std::move(other));
  const StringArena moved = std::move(arena);
  for (const auto& [view, text] : stored) ASSERT_EQ(view, text);
  EXPECT_EQ(kept_big, big);
  EXPECT_EQ(kept_other, "other");
  EXPECT_GE(moved.bytes(), big.size());
}

TEST(StringArena, IsUsableAfterItWasAbsorbed) {
  StringArena arena;
  StringArena other;
  other.store("a");
  arena.absorb(std::move(other));
  EXPECT_EQ(other.store("b"), "b");  // NOLINT(bugprone-use-after-move): the state after absorb() is specified
}

TEST(StringArena, StoresNothingForEmptyText) {
  StringArena arena;
  EXPECT_EQ(arena.store(""), "");
  EXPECT_EQ(arena.bytes(), 0U);
}

}  // namespace
}  // namespace cipherform
