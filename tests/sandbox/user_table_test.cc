#include "sandbox/user_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace cipherform::sandbox {
namespace {

using ::testing::ElementsAre;

Time at(std::int64_t milliseconds) { return Time{std::chrono::milliseconds{milliseconds}}; }

UserRecord record(std::uint64_t ordinal, std::string_view email, std::span<const std::uint32_t> groups) {
  return {.id = make_uuid(IdKind::user, ordinal),
          .email = email,
          .status = "Active",
          .created_at = at(static_cast<std::int64_t>(ordinal)),
          .updated_at = at(static_cast<std::int64_t>(ordinal)),
          .groups = groups};
}

TEST(HashIndex, TellsPositionsOfOneHashApart) {
  HashIndex index;
  for (std::uint32_t position = 0; position < 100; ++position) index.insert(42, position);
  for (std::uint32_t position = 0; position < 100; ++position) {
    EXPECT_EQ(index.find(42, [&](std::uint32_t found) { return found == position; }), position);
  }
  EXPECT_EQ(index.find(42, [](std::uint32_t) { return false; }), std::nullopt);
  EXPECT_EQ(HashIndex().find(42, [](std::uint32_t) { return true; }), std::nullopt);
}

TEST(UserTable, GivesBackWhatWasAppended) {
  UserTable users;
  const std::vector<std::uint32_t> groups{1, 4};
  users.append(record(0, "Ada@Example.com", groups));
  users.append({.id = make_uuid(IdKind::user, 1),
                .email = "",
                .status = "Invited",
                .owner = true,
                .invitations = 3,
                .created_at = at(7),
                .updated_at = at(9),
                .groups = groups});
  EXPECT_EQ(users.size(), 2U);
  EXPECT_EQ(users.at(0).email, "Ada@Example.com");
  EXPECT_EQ(users.at(0).status, "Active");
  EXPECT_FALSE(users.at(0).owner);
  EXPECT_EQ(users.at(1).email, "");
  EXPECT_EQ(users.at(1).status, "Invited");
  EXPECT_TRUE(users.at(1).owner);
  EXPECT_EQ(users.at(1).invitations, 3);
  EXPECT_EQ(users.at(1).created_at, at(7));
  EXPECT_EQ(users.at(1).updated_at, at(9));
  EXPECT_THAT(users.at(1).groups, ElementsAre(1, 4));
  EXPECT_EQ(users.last_created_at(), at(7));
}

TEST(UserTable, FindsByIdAndByEmailWithoutCase) {
  UserTable users;
  const std::vector<std::uint32_t> groups{0};
  for (std::uint64_t n = 0; n < 5000; ++n) users.append(record(n, "User" + std::to_string(n) + "@example.com", groups));
  for (std::uint32_t n = 0; n < 5000; ++n) {
    EXPECT_EQ(users.find(make_uuid(IdKind::user, n)), n);
    EXPECT_EQ(users.find_email("uSER" + std::to_string(n) + "@EXAMPLE.com"), n);
  }
  EXPECT_EQ(users.find(make_uuid(IdKind::user, 5000)), std::nullopt);
  EXPECT_EQ(users.find_email("user5000@example.com"), std::nullopt);
  EXPECT_EQ(users.find_email(""), std::nullopt);
}

TEST(UserTable, MembershipsFollowAModelThroughRandomChanges) {
  UserTable users;
  std::map<std::uint32_t, std::set<std::uint32_t>> model;
  for (std::uint32_t user = 0; user < 20; ++user) {
    const std::vector<std::uint32_t> groups{user};
    users.append(record(user, "", groups));
    model[user] = {user};
  }
  std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed): the same every time, on purpose
  for (int change = 0; change < 20'000; ++change) {
    const auto user = static_cast<std::uint32_t>(random() % 20);
    const auto group = static_cast<std::uint32_t>(random() % 40);
    ASSERT_EQ(users.is_member(user, group), model[user].contains(group));
    if (model[user].erase(group) == 1) {
      users.leave(user, group, at(change));
    } else {
      model[user].insert(group);
      users.join(user, group, at(change));
    }
    ASSERT_EQ(users.updated_at(user), at(change));
  }
  for (const auto& [user, groups] : model) {
    EXPECT_THAT(users.groups(user), ::testing::ElementsAreArray(groups)) << user;
  }
}

}  // namespace
}  // namespace cipherform::sandbox
