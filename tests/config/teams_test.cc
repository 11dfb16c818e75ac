#include "config/teams.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "config/sink_log.h"

namespace cipherform::config {
namespace {

Teams::Item team(std::uint32_t id, std::uint32_t line) {
  return {.id = id, .is_team = true, .at = {.file = 0, .line = line, .column = 1}};
}
Teams::Item user(std::uint32_t id) { return {.id = id, .is_team = false, .at = {}}; }

std::string cycles(const Teams& teams) {
  Diagnostics errors;
  teams.check_cycles(errors);
  return tests::lines_of(std::move(errors));
}

TEST(Teams, GiveEachUserOnceHoweverManyWaysLeadThere) {
  Teams teams(4);
  teams[0].items = {team(1, 1), team(2, 1), user(9)};
  teams[1].items = {team(3, 1), user(7)};
  teams[2].items = {team(3, 1), user(9)};
  teams[3].items = {user(8)};
  std::vector<std::uint32_t> visited(10, 0);
  for (int round = 0; round < 2; ++round) {
    std::vector<std::uint32_t> users;
    teams.each_user(0, visited, [&](std::uint32_t id) { users.push_back(id); });
    std::sort(users.begin(), users.end());
    EXPECT_EQ(users, (std::vector<std::uint32_t>{7, 8, 9}));
  }
  EXPECT_EQ(cycles(teams), "");
}

TEST(Teams, SayHowMuchWasLookedAt) {
  Teams teams(2);
  teams[0].items = {team(1, 1), user(0)};
  std::vector<std::uint32_t> visited(1, 0);
  EXPECT_EQ(teams.each_user(0, visited, [](std::uint32_t) {}), 4U);
}

TEST(Teams, ReportACycleAtTheReferenceThatClosesIt) {
  Teams teams(4);
  for (std::uint32_t i = 0; i < 4; ++i) teams[i].name = std::string_view("abcd").substr(i, 1);
  teams[0].items = {team(1, 1)};
  teams[1].items = {team(2, 2)};
  teams[2].items = {team(1, 3)};
  teams[3].items = {team(3, 4), team(0, 5)};
  EXPECT_EQ(cycles(teams), "3:1: team cycle: b → c → b\n4:1: team cycle: d → d\n");
  std::vector<std::uint32_t> visited;
  teams.each_user(0, visited, [](std::uint32_t) {});
}

TEST(Teams, MayBeAChainOfAnyLength) {
  constexpr std::uint32_t kLength = 300'000;
  Teams teams(kLength);
  for (std::uint32_t i = 0; i + 1 < kLength; ++i) teams[i].items = {team(i + 1, 1)};
  teams[kLength - 1].items = {user(0)};
  EXPECT_EQ(cycles(teams), "");
  std::vector<std::uint32_t> visited(1, 0);
  std::uint32_t users = 0;
  teams.each_user(0, visited, [&](std::uint32_t) { ++users; });
  EXPECT_EQ(users, 1U);
  teams[kLength - 1].items = {team(0, 9)};
  EXPECT_EQ(cycles(teams), "9:1: team cycle:  →  →  →  →  →  →  →  → … → \n");
}

}  // namespace
}  // namespace cipherform::config
