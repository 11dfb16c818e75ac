#include "cipherform/mapping.h"

#include <gmock/gmock.h>

namespace cipherform {
namespace {

using testing::Eq;
using testing::Optional;

Mapping swapped() {
  return {.group_names = {{"Engineering", "ENG-Prod"}, {"A", "B"}, {"B", "A"}},
          .email_domains = {{"example.com", "qa.example.com"}}};
}

TEST(Mapping, SpellsGroupsAsTheTenantDoes) {
  EXPECT_EQ(tenant_group(swapped(), "Engineering"), "ENG-Prod");
  EXPECT_EQ(tenant_group(swapped(), "engineering"), "engineering");
  EXPECT_EQ(tenant_group(swapped(), "Sales"), "Sales");
  EXPECT_EQ(tenant_group(swapped(), "A"), "B");
}

TEST(Mapping, SpellsGroupsAsTheDeclarationDoes) {
  EXPECT_THAT(declared_group(swapped(), "ENG-Prod"), Optional(Eq("Engineering")));
  EXPECT_THAT(declared_group(swapped(), "A"), Optional(Eq("B")));
  EXPECT_THAT(declared_group(swapped(), "Sales"), Optional(Eq("Sales")));
}

TEST(Mapping, HasNoDeclaredWordForAGroupWhoseNameMeansAnother) {
  EXPECT_EQ(declared_group(swapped(), "Engineering"), std::nullopt);
}

TEST(Mapping, ChangesTheDomainAndKeepsTheLocalPart) {
  EXPECT_EQ(tenant_email(swapped(), "Ada@Example.COM"), "Ada@qa.example.com");
  EXPECT_EQ(tenant_email(swapped(), "Ada@Sub.Example.COM"), "Ada@Sub.Example.COM");
  EXPECT_EQ(tenant_email(swapped(), "a@b@example.com"), "a@b@qa.example.com");
  EXPECT_EQ(tenant_email({}, "Ada@Example.COM"), "Ada@Example.COM");
}

TEST(Mapping, ChangesTheDomainBack) {
  EXPECT_THAT(declared_email(swapped(), "Ada@QA.example.com"), Optional(Eq("Ada@example.com")));
  EXPECT_THAT(declared_email(swapped(), "bob@elsewhere.org"), Optional(Eq("bob@elsewhere.org")));
  EXPECT_THAT(declared_email({}, "Ada@Example.COM"), Optional(Eq("Ada@Example.COM")));
}

TEST(Mapping, HasNoDeclaredWordForAnEmailWhoseDomainMeansAnother) {
  EXPECT_EQ(declared_email(swapped(), "ada@example.com"), std::nullopt);
}

TEST(Mapping, LeavesAloneWhatIsNoEmail) {
  EXPECT_EQ(tenant_email(swapped(), ""), "");
  EXPECT_EQ(tenant_email(swapped(), "nobody"), "nobody");
}

}  // namespace
}  // namespace cipherform
