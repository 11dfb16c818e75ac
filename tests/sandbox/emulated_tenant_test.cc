#include "sandbox/emulated_tenant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_tenant.h"

namespace cipherform::sandbox {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::kAdmins;
using testing::kEngineering;
using testing::kLater;
using testing::kStaff;
using testing::sample_tenant;

constexpr std::uint32_t kAda = 0;
constexpr std::uint32_t kBob = 1;

CreateUsers one(std::string email, std::vector<std::string> groups = {kEngineering}) {
  return {.users = {{std::move(email), std::move(groups)}}, .as_array = false};
}

void expect_refused(const tl::expected<UserAddition, Refusal>& result, unsigned status,
                    const std::vector<std::string>& messages) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().status, status);
  EXPECT_EQ(result.error().messages, messages);
}

TEST(CreateUsers, AreInvitedOnceAndKeepTheirSpelling) {
  EmulatedTenant tenant = sample_tenant();
  const auto addition = tenant.check_create(one("Carol@Example.com", {kStaff, kEngineering}), kLater);
  ASSERT_TRUE(addition);
  EXPECT_EQ(tenant.users().size(), 3U) << "a check changes nothing";
  tenant.apply(*addition);
  const UserRecord carol = tenant.users().at(3);
  EXPECT_EQ(carol.email, "Carol@Example.com");
  EXPECT_EQ(carol.status, "Invited");
  EXPECT_EQ(carol.invitations, 1);
  EXPECT_FALSE(carol.owner);
  EXPECT_EQ(carol.created_at, kLater);
  EXPECT_EQ(carol.updated_at, kLater);
  EXPECT_THAT(carol.groups, ElementsAre(0, 2));
  EXPECT_EQ(tenant.users().find(carol.id), 3U);
  EXPECT_THAT(tenant.members(2), ElementsAre(2, 3));
}

TEST(CreateUsers, NeverShareACreationTime) {
  EmulatedTenant tenant = sample_tenant();
  CreateUsers request{.users = {{"c@example.com", {kStaff}}, {"d@example.com", {kStaff}}}, .as_array = true};
  tenant.apply(*tenant.check_create(request, kLater));
  EXPECT_EQ(tenant.users().at(3).created_at, kLater);
  EXPECT_EQ(tenant.users().at(4).created_at, kLater + 1ms);
  tenant.apply(*tenant.check_create(one("e@example.com"), kLater - 24h));
  EXPECT_EQ(tenant.users().at(5).created_at, kLater + 2ms) << "the clock went back";
}

TEST(CreateUsers, RefuseAnExistingEmailWithoutCase) {
  expect_refused(sample_tenant().check_create(one("ADA@example.com"), kLater), 409,
                 {"User with email ADA@example.com already exists"});
}

TEST(CreateUsers, RefuseAnEmailThatIsInTheRequestTwice) {
  const CreateUsers request{.users = {{"c@example.com", {kStaff}}, {"C@example.com", {kStaff}}}, .as_array = true};
  expect_refused(sample_tenant().check_create(request, kLater), 409, {"Email C@example.com is in the request twice"});
}

TEST(CreateUsers, SayEveryFaultWithItsPlace) {
  const CreateUsers request{.users = {{"c@example.com", {kStaff}},
                                      {"nonsense", {}},
                                      {"d@example.com", {"x", "550e8400-e29b-41d4-a716-446655440001", kStaff, kStaff}}},
                            .as_array = true};
  expect_refused(
      sample_tenant().check_create(request, kLater), 400,
      {"1.email must be an email", "1.groups must contain at least 1 elements", "each value in 2.groups must be a UUID",
       "2.groups: group 550e8400-e29b-41d4-a716-446655440001 does not exist",
       "2.groups: group " + kStaff + " is there twice"});
  expect_refused(sample_tenant().check_create(one("nonsense"), kLater), 400, {"email must be an email"});
}

TEST(CreateUsers, SayAtMostTwentyFaults) {
  const CreateUsers request{.users = std::vector<UserDraft>(100, {"nonsense", {kStaff}}), .as_array = true};
  EXPECT_EQ(sample_tenant().check_create(request, kLater).error().messages.size(), 20U);
}

TEST(CreateUsers, AreOneToAHundred) {
  CreateUsers request{.users = {}, .as_array = true};
  expect_refused(sample_tenant().check_create(request, kLater), 400, {"at least 1 user is expected"});
  for (int n = 0; n < 100; ++n) request.users.push_back({"new" + std::to_string(n) + "@example.com", {kStaff}});
  EXPECT_TRUE(sample_tenant().check_create(request, kLater));
  request.users.push_back({"new100@example.com", {kStaff}});
  expect_refused(sample_tenant().check_create(request, kLater), 400, {"at most 100 users can be created at once"});
}

TEST(JoinGroup, ChangesUserAndGroup) {
  EmulatedTenant tenant = sample_tenant();
  const auto change = tenant.check_join(kBob, kAdmins, kLater);
  ASSERT_TRUE(change);
  tenant.apply(*change);
  EXPECT_THAT(tenant.users().groups(kBob), ElementsAre(0, 1));
  EXPECT_THAT(tenant.members(1), ElementsAre(kAda, kBob));
  EXPECT_EQ(tenant.users().updated_at(kBob), kLater);
  EXPECT_EQ(tenant.users().at(kBob).invitations, 0);
}

TEST(JoinGroup, RefusesWhatIsThereAndWhatIsNot) {
  const EmulatedTenant tenant = sample_tenant();
  EXPECT_EQ(tenant.check_join(kBob, kEngineering, kLater).error().status, 409U);
  EXPECT_EQ(tenant.check_join(kBob, "550e8400-e29b-41d4-a716-446655440001", kLater).error().status, 404U);
  EXPECT_EQ(tenant.check_join(kBob, "Admins", kLater).error().messages.front(), "groupId must be a UUID");
}

TEST(LeaveGroup, ChangesUserAndGroup) {
  EmulatedTenant tenant = sample_tenant();
  tenant.apply(*tenant.check_leave(kAda, kEngineering, kLater));
  EXPECT_THAT(tenant.users().groups(kAda), ElementsAre(1));
  EXPECT_THAT(tenant.members(0), ElementsAre(kBob));
  EXPECT_EQ(tenant.users().updated_at(kAda), kLater);
}

TEST(LeaveGroup, NeverLeavesAUserInNoGroup) {
  const auto refused = sample_tenant().check_leave(kBob, kEngineering, kLater);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, 400U);
  EXPECT_EQ(refused.error().messages.front(), "a user must belong to at least one group");
}

TEST(LeaveGroup, RefusesWhoIsNotAMember) {
  const EmulatedTenant tenant = sample_tenant();
  EXPECT_EQ(tenant.check_leave(kBob, kAdmins, kLater).error().status, 404U);
  EXPECT_EQ(tenant.check_leave(kBob, "550e8400-e29b-41d4-a716-446655440001", kLater).error().status, 404U);
  EXPECT_EQ(tenant.check_leave(kBob, "x", kLater).error().status, 400U);
}

TEST(UserOf, TellsWhatIsNoIdFromWhoIsUnknown) {
  const EmulatedTenant tenant = sample_tenant();
  EXPECT_EQ(tenant.user_of(to_string(tenant.users().id(kBob))), kBob);
  EXPECT_EQ(tenant.user_of("550e8400-e29b-41d4-a716-446655440001").error().status, 404U);
  EXPECT_EQ(tenant.user_of("bob").error().status, 400U);
}

TEST(AddUser, KeepsTheTenantsRules) {
  EmulatedTenant tenant = sample_tenant();
  const std::vector<std::uint32_t> staff{2};
  const std::vector<std::uint32_t> unknown{3};
  const UserRecord good{.id = make_uuid(IdKind::user, 3),
                        .email = "c@example.com",
                        .status = "Active",
                        .created_at = kLater,
                        .updated_at = kLater,
                        .groups = staff};
  UserRecord bad = good;
  bad.email = "nonsense";
  EXPECT_EQ(tenant.add_user(bad).error(), "user 'nonsense' does not have an email address");
  bad = good;
  bad.email = "BOB@example.com";
  EXPECT_EQ(tenant.add_user(bad).error(), "user 'BOB@example.com' is there twice (emails are compared without case)");
  bad = good;
  bad.id = make_uuid(IdKind::user, 0);
  EXPECT_EQ(tenant.add_user(bad).error(), "user 'c@example.com' has an id that another user has");
  bad = good;
  bad.groups = {};
  EXPECT_EQ(tenant.add_user(bad).error(), "user 'c@example.com' is in no group; a user must belong to at least one");
  bad = good;
  bad.groups = unknown;
  EXPECT_EQ(tenant.add_user(bad).error(), "user 'c@example.com' is in a group that does not exist");
  bad = good;
  bad.created_at = tenant.users().last_created_at();
  EXPECT_EQ(tenant.add_user(bad).error(), "user 'c@example.com' is older than the one before");
  EXPECT_EQ(tenant.users().size(), 3U);
  EXPECT_TRUE(tenant.add_user(good));
}

Group named(std::string name, Uuid id) {
  Group group;
  group.name = std::move(name);
  group.id = id;
  return group;
}

TEST(AddGroup, WantsANameAndAnIdOfItsOwn) {
  EmulatedTenant tenant = sample_tenant();
  EXPECT_EQ(tenant.add_group(named("", make_uuid(IdKind::group, 9))).error(), "a group has no name");
  EXPECT_EQ(tenant.add_group(named("Staff", make_uuid(IdKind::group, 9))).error(), "group 'Staff' is there twice");
  EXPECT_EQ(tenant.add_group(named("Others", *parse_uuid(kStaff))).error(), "group id " + kStaff + " is there twice");
  EXPECT_TRUE(tenant.add_group(named("staff", make_uuid(IdKind::group, 9)))) << "names are compared exactly";
}

}  // namespace
}  // namespace cipherform::sandbox
