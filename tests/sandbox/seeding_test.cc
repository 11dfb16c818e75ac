#include "sandbox/seeding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_tenant.h"

namespace cipherform::sandbox {
namespace {

using ::testing::ElementsAre;
using testing::kEngineering;
using testing::sample_seed;
using testing::seed_group;
using testing::seed_user;

/// "where: what (hint)" of the error that the seed gives.
std::string error_of(const TenantSeed& seed, std::uint64_t generated = 0) {
  const auto tenant = make_tenant(seed, generated);
  return tenant ? "no error" : cipherform::to_string(tenant.error());
}

TEST(Seeding, TakesGroupsAndUsersInTheirOrder) {
  const EmulatedTenant tenant = make_tenant(sample_seed(), 0).value();
  ASSERT_EQ(tenant.groups().size(), 3U);
  EXPECT_EQ(to_string(tenant.groups()[0].id), kEngineering);
  EXPECT_EQ(kRoleTypes[tenant.groups()[1].role], "ADMIN");
  ASSERT_EQ(tenant.users().size(), 3U);
  EXPECT_EQ(tenant.users().at(0).email, "Ada@example.com");
  EXPECT_TRUE(tenant.users().at(0).owner);
  EXPECT_THAT(tenant.users().at(0).groups, ElementsAre(0, 1));
  EXPECT_EQ(tenant.users().at(1).status, "Deactivated");
  EXPECT_EQ(tenant.users().at(1).invitations, 0);
  EXPECT_EQ(tenant.users().at(2).email, "");
}

TEST(Seeding, MakesTheSameTenantEveryTime) {
  const EmulatedTenant first = make_tenant(sample_seed(), 50).value();
  const EmulatedTenant second = make_tenant(sample_seed(), 50).value();
  ASSERT_EQ(first.users().size(), 53U);
  for (std::uint32_t user = 0; user < first.users().size(); ++user) {
    EXPECT_EQ(first.users().id(user), second.users().id(user));
    EXPECT_EQ(first.users().at(user).created_at, second.users().at(user).created_at);
  }
}

TEST(Seeding, GeneratesUsersInTwoOfTwentyGroups) {
  const EmulatedTenant tenant = make_tenant({}, 3800).value();
  ASSERT_EQ(tenant.groups().size(), 20U);
  EXPECT_EQ(tenant.groups().front().name, "group-001");
  EXPECT_EQ(tenant.groups().back().name, "group-020");
  ASSERT_EQ(tenant.users().size(), 3800U);
  EXPECT_EQ(tenant.users().at(0).email, "user-0000001@example.com");
  EXPECT_EQ(tenant.users().at(3799).email, "user-0003800@example.com");
  for (std::uint32_t user = 0; user < 3800; ++user) ASSERT_EQ(tenant.users().groups(user).size(), 2U);
  for (std::uint32_t group = 0; group < 20; ++group) EXPECT_EQ(tenant.members(group).size(), 380U) << group;
}

TEST(Seeding, GeneratesBesideTheSeedAndUsesItsGroupsOfTheSameName) {
  TenantSeed seed = sample_seed();
  seed.groups.push_back(seed_group("group-002"));
  seed.groups.back().description = "Ours";
  const EmulatedTenant tenant = make_tenant(seed, 20).value();
  EXPECT_EQ(tenant.groups().size(), 3U + 20U);
  EXPECT_EQ(tenant.groups()[3].description, "Ours");
  EXPECT_EQ(tenant.members(3).size(), 2U);
  EXPECT_EQ(tenant.users().size(), 23U);
}

TEST(Seeding, CanBeEmpty) {
  const EmulatedTenant tenant = make_tenant({}, 0).value();
  EXPECT_EQ(tenant.groups().size(), 0U);
  EXPECT_EQ(tenant.users().size(), 0U);
}

TEST(Seeding, SaysWhatIsWrongWithAGroup) {
  TenantSeed seed;
  seed.groups = {seed_group("Owners", {}, "OWNER")};
  EXPECT_EQ(error_of(seed),
            "groups[0]: error: group 'Owners' has the role 'OWNER', which a group cannot have (one of ADMIN, DEFAULT, "
            "BASIC, BILLING, AUDITOR, SUPPORT)");
  seed.groups = {seed_group("A", "1234")};
  EXPECT_EQ(error_of(seed), "groups[0]: error: group 'A' has the id '1234', which is not a UUID");
  seed.groups = {seed_group("A"), seed_group("A")};
  EXPECT_EQ(error_of(seed), "groups[1]: error: group 'A' is there twice");
  seed.groups = {seed_group("A", kEngineering), seed_group("B", kEngineering)};
  EXPECT_EQ(error_of(seed), "groups[1]: error: group id " + kEngineering + " is there twice");
  seed.groups = {seed_group("")};
  EXPECT_EQ(error_of(seed), "groups[0]: error: a group has no name");
  seed.groups = {seed_group("A\xFF")};
  EXPECT_EQ(error_of(seed), "groups[0]: error: a group's texts must be UTF-8, and its name without control characters");
}

TEST(Seeding, SaysWhatIsWrongWithAUser) {
  TenantSeed seed = sample_seed();
  seed.users = {seed_user("c@example.com", {"Enginering"})};
  EXPECT_EQ(error_of(seed),
            "users[0]: error: user 'c@example.com' is in the group 'Enginering', which the seed does not have (did you "
            "mean 'Engineering'?)");
  seed.users = {seed_user("c@example.com", {})};
  EXPECT_EQ(error_of(seed), "users[0]: error: user 'c@example.com' is in no group; a user must belong to at least one");
  seed.users = {seed_user("c@example.com", {"Staff", "Staff"})};
  EXPECT_EQ(error_of(seed), "users[0]: error: user 'c@example.com' is in a group twice");
  seed.users = {seed_user("c@example.com", {"Staff"}), seed_user("C@example.com", {"Staff"})};
  EXPECT_EQ(error_of(seed), "users[1]: error: user 'C@example.com' is there twice (emails are compared without case)");
  seed.users = {seed_user("nonsense", {"Staff"})};
  EXPECT_EQ(error_of(seed), "users[0]: error: user 'nonsense' does not have an email address");
  seed.users = {seed_user("user-0000002@example.com", {"Staff"})};
  EXPECT_EQ(error_of(seed, 2),
            "generated users: error: user 'user-0000002@example.com' is there twice (emails are compared without "
            "case)");
}

TEST(Seeding, RefusesMoreUsersThanItHasRoomFor) {
  EXPECT_EQ(error_of({}, 50'000'001), "error: at most 50000000 users can be generated");
}

}  // namespace
}  // namespace cipherform::sandbox
