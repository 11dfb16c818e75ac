#include <gtest/gtest.h>

#include "cipherform/plan.h"

namespace cipherform {
namespace {

Grant in(std::string id, std::string name) {
  Grant grant;
  grant.group = {std::move(id), std::move(name)};
  return grant;
}

TEST(ResourceForm, AddressesAreThoseOfForEach) {
  const ResourceForm user = resource_form(CreateUser{"ada@x.com", {}});
  EXPECT_EQ(user.type, "cipherscale_user");
  EXPECT_EQ(user.action, "create");
  EXPECT_EQ(user.address, "cipherscale_user.users[\"ada@x.com\"]");

  const ResourceForm add = resource_form(AddMember{"id", "ada@x.com", in("g", "Eng")});
  EXPECT_EQ(add.type, "cipherscale_group_membership");
  EXPECT_EQ(add.action, "create");
  EXPECT_EQ(add.index, "ada@x.com/Eng");
  EXPECT_EQ(add.address, "cipherscale_group_membership.memberships[\"ada@x.com/Eng\"]");
}

TEST(ResourceForm, QuotesAndControlsInANameAreEscapedInTheAddress) {
  EXPECT_EQ(resource_form(AddMember{"id", "a@x.com", in("g", "E\"n\\g\n")}).address,
            "cipherscale_group_membership.memberships[\"a@x.com/E\\\"n\\\\g\\u000a\"]");
}

TEST(ResourceForm, OnlyTerraformsOwnReasonsAreGiven) {
  RemoveMember removal{"id", "ada@x.com", {"g", "Eng"}, RemovalCause::not_declared, {}};
  EXPECT_EQ(resource_form(removal).action, "delete");
  EXPECT_EQ(resource_form(removal).reason, "delete_because_no_resource_config");
  removal.cause = RemovalCause::expired;
  EXPECT_EQ(resource_form(removal).reason, "");
}

}  // namespace
}  // namespace cipherform
