#include "config/exported_members.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/states.h"

namespace cipherform::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ExportedTenant exported(const LiveState& live) {
  std::vector<std::string> names;
  for (const LiveGroup& group : live.groups) names.emplace_back(group.name);
  return exported_tenant(live, names);
}

std::vector<std::string> emails(const LiveState& live, const ExportedGroup& group) {
  std::vector<std::string> found;
  for (const std::uint32_t member : group.members) found.emplace_back(live.users[member].email);
  return found;
}

TEST(ExportedMembers, AreSortedAndTheirGroupsAuthoritative) {
  const LiveState live = fakes::Live()
                             .group("Sales")
                             .group("Eng")
                             .user("zoe@x.com", {"Eng"})
                             .user("Bob@x.com", {"Eng", "Sales"})
                             .user("ada@x.com", {"Eng"});
  const ExportedTenant tenant = exported(live);
  ASSERT_EQ(tenant.groups.size(), 2U);
  EXPECT_EQ(tenant.groups[0].name, "Eng");
  EXPECT_TRUE(tenant.groups[0].authoritative);
  EXPECT_THAT(emails(live, tenant.groups[0]), ElementsAre("ada@x.com", "Bob@x.com", "zoe@x.com"));
  EXPECT_THAT(emails(live, tenant.groups[1]), ElementsAre("Bob@x.com"));
  EXPECT_EQ(tenant.people, 3U);
  EXPECT_THAT(tenant.remarks, IsEmpty());
}

TEST(ExportedMembers, WithOneEmailAreDeclaredWhereTheyAllAre) {
  const LiveState live = fakes::Live()
                             .user("ada@x.com", {"Both", "One"})
                             .user("ADA@x.com", {"Both", "Other"})
                             .user("bob@x.com", {"Both", "One"});
  const ExportedTenant tenant = exported(live);
  EXPECT_TRUE(tenant.groups[0].authoritative);
  EXPECT_THAT(emails(live, tenant.groups[0]), ElementsAre("ada@x.com", "bob@x.com"));
  EXPECT_FALSE(tenant.groups[1].authoritative);
  EXPECT_THAT(emails(live, tenant.groups[1]), ElementsAre("bob@x.com"));
  EXPECT_THAT(tenant.groups[1].remarks,
              ElementsAre("additive, because of the users who share an email only some are members: ada@x.com"));
  EXPECT_THAT(tenant.remarks,
              ElementsAre("2 users have the email ada@x.com: declared in the groups that have them all"));
}

TEST(ExportedMembers, WithAnEmailThatCannotBeDeclaredMakeTheirGroupsAdditive) {
  const LiveState live = fakes::Live().user("a b@x.com", {"Eng"}).user("ada@x.com", {"Eng", "Sales"});
  const ExportedTenant tenant = exported(live);
  EXPECT_FALSE(tenant.groups[0].authoritative);
  EXPECT_TRUE(tenant.groups[1].authoritative);
  EXPECT_THAT(tenant.remarks,
              ElementsAre(HasSubstr("has the email \"a b@x.com\", which a declaration cannot hold; is in Eng")));
}

TEST(ExportedMembers, WithoutAnEmailOrAGroupAreLeftOut) {
  const LiveState live = fakes::Live().user("", {"Eng"}).user("ada@x.com", {}).user("", {});
  const ExportedTenant tenant = exported(live);
  EXPECT_TRUE(tenant.groups[0].authoritative) << "a plan removes nobody without an email";
  EXPECT_THAT(tenant.groups[0].members, IsEmpty());
  EXPECT_THAT(tenant.groups[0].remarks, ElementsAre("1 member has no email; a plan never removes them"));
  EXPECT_THAT(tenant.remarks, ElementsAre(HasSubstr("has no email and cannot be declared; is in Eng"),
                                          HasSubstr("has no email and cannot be declared; is in no group"),
                                          "user ada@x.com is in no group and cannot be declared"));
  EXPECT_EQ(tenant.people, 0U);
}

TEST(ExportedMembers, OfAnIdentityProvidersGroupAreNotDeclared) {
  const LiveState live = fakes::Live()
                             .group("Saml", {.identity_managed = true})
                             .user("ada@x.com", {"Saml", "Eng"})
                             .user("bob@x.com", {"Saml"});
  const ExportedTenant tenant = exported(live);
  EXPECT_EQ(tenant.groups[1].name, "Saml");
  EXPECT_FALSE(tenant.groups[1].authoritative);
  EXPECT_THAT(tenant.groups[1].members, IsEmpty());
  EXPECT_THAT(tenant.groups[1].remarks, ElementsAre(HasSubstr("Of the 2 members there nobody is declared")));
  EXPECT_THAT(tenant.remarks, ElementsAre("1 user is only in groups that declare no members, and so not declared"));
  EXPECT_EQ(tenant.people, 1U);
}

}  // namespace
}  // namespace cipherform::config
