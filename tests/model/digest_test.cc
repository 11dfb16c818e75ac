#include <gtest/gtest.h>

#include <algorithm>

#include "cipherform/model.h"

namespace cipherform {
namespace {

TEST(Sha256, MatchesTheStandardsExamples) {
  Sha256 abc;
  abc.update("a");
  abc.update("bc");
  EXPECT_EQ(abc.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2, B.1
  Sha256 empty;
  EXPECT_EQ(empty.hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

LiveState two_users() {
  LiveState live;
  live.groups = {{"g1", "A"}, {"g2", "B"}};
  live.users = {{"u1", "ada@example.com", "Active", UserStatus::active, false, 0, 2},
                {"u2", "bob@example.com", "Active", UserStatus::active, true, 2, 1}};
  live.memberships = {0, 1, 1};
  return live;
}

TEST(LiveDigest, IgnoresTheOrderOfUsersGroupsAndMemberships) {
  const LiveState live = two_users();
  LiveState other = two_users();
  std::swap(other.users[0], other.users[1]);
  std::swap(other.groups[0], other.groups[1]);
  other.memberships = {0, 1, 0};
  EXPECT_EQ(digest(live).size(), 32U);
  EXPECT_EQ(digest(other), digest(live));
}

TEST(LiveDigest, ChangesWithEverythingThatAPlanDependsOn) {
  const std::string before = digest(two_users());
  const auto changed = [&](auto change) {
    LiveState live = two_users();
    change(live);
    return digest(live) != before;
  };
  EXPECT_TRUE(changed([](LiveState& live) { live.users[0].id = "u3"; }));
  EXPECT_TRUE(changed([](LiveState& live) { live.users[0].email = "eve@example.com"; }));
  EXPECT_TRUE(changed([](LiveState& live) { live.users[0].status_text = "Invited"; }));
  EXPECT_TRUE(changed([](LiveState& live) { live.users[0].is_owner = true; }));
  EXPECT_TRUE(changed([](LiveState& live) { live.users[0].membership_count = 1; }));
  EXPECT_TRUE(changed([](LiveState& live) { live.users.pop_back(); }));
  EXPECT_TRUE(changed([](LiveState& live) { live.memberships[2] = 0; }));
}

}  // namespace
}  // namespace cipherform
