#include "cipherform/tenant_seed.h"

#include <gtest/gtest.h>

#include <string>

#include "cipherform/config.h"
#include "fakes/temporary_directory.h"

namespace cipherform {
namespace {

std::string errors(const std::string& yaml) {
  const fakes::TemporaryDirectory directory;
  const auto file = directory.write("seed.yaml", yaml);
  const auto seed = load_tenant_seed(file);
  if (seed) return {};
  std::string text;
  for (const Diagnostic& diagnostic : seed.error()) {
    EXPECT_EQ(diagnostic.file, file.string());
    Diagnostic here = diagnostic;
    here.file = "seed.yaml";
    text += to_string(here) + "\n";
  }
  return text;
}

TEST(TenantSeed, OfAFileThatIsCutNoGroupIsCalledUnknown) {
  EXPECT_EQ(errors("users:\n- {email: a@x.com, groups: [Everyone]}\ngroups:\n- {name: Everyone\n"),
            "seed.yaml:5:1: error: not valid YAML: end of map flow not found\n");
}

TEST(TenantSeed, TakesEveryKeyAndHasDefaults) {
  const fakes::TemporaryDirectory directory;
  const auto seed = load_tenant_seed(directory.write("seed.yaml", R"(
users:
  - {email: Ada@x.com, groups: [Admins, Everyone], status: Invited, owner: true}
  - {groups: [Everyone]}
groups:
  - name: Admins
    id: 550e8400-e29b-41d4-a716-446655440000
    role: ADMIN
    description: "they: may"
    idp_mapping: [a, "1"]
    saml_default: true
  - {name: Everyone}
)"));
  ASSERT_TRUE(seed);
  ASSERT_EQ(seed->groups.size(), 2U);
  EXPECT_EQ(seed->groups[0].name, "Admins");
  EXPECT_EQ(seed->groups[0].id, "550e8400-e29b-41d4-a716-446655440000");
  EXPECT_EQ(seed->groups[0].role, "ADMIN");
  EXPECT_EQ(seed->groups[0].description, "they: may");
  EXPECT_EQ(seed->groups[0].idp_mapping, (std::vector<std::string>{"a", "1"}));
  EXPECT_TRUE(seed->groups[0].saml_default);
  EXPECT_EQ(seed->groups[1].role, "BASIC");
  EXPECT_EQ(seed->groups[1].id, "");
  ASSERT_EQ(seed->users.size(), 2U);
  EXPECT_EQ(seed->users[0].email, "Ada@x.com");
  EXPECT_EQ(seed->users[0].groups, (std::vector<std::string>{"Admins", "Everyone"}));
  EXPECT_EQ(seed->users[0].status, "Invited");
  EXPECT_TRUE(seed->users[0].owner);
  EXPECT_EQ(seed->users[1].email, "");
  EXPECT_EQ(seed->users[1].status, "Active");
}

TEST(TenantSeed, ReportsEveryMistakeWithItsPlace) {
  EXPECT_EQ(errors(R"(groups:
  - {name: A, role: ADMN, id: 5, saml_default: no}
  - {name: A, id: 550e8400, colour: red}
  - {role: BASIC}
  - nothing
users:
  - {email: a@x.com, groups: [B]}
  - {email: A@x.com, groups: []}
  - {email: x, owner: 1}
  - {groups: A}
more: 1
)"),
            "seed.yaml:2:21: error: 'ADMN' is not a role (did you mean 'ADMIN'?)\n"
            "seed.yaml:2:31: error: id must be a string, but is a number (as a string it is written in quotes: \"5\")\n"
            "seed.yaml:2:48: error: saml_default must be true or false, but is a string\n"
            "seed.yaml:3:5: error: duplicate group 'A' (first at 2:5)\n"
            "seed.yaml:3:19: error: id must be a string, but is a decimal number (as a string it is written in quotes: "
            "\"550e8400\")\n"
            "seed.yaml:3:29: error: unknown key 'colour' in a group (known are name, id, role, description, "
            "idp_mapping and saml_default)\n"
            "seed.yaml:4:5: error: a group without a name\n"
            "seed.yaml:5:5: error: a group must be a map, but is a string\n"
            "seed.yaml:7:31: error: unknown group 'B' (did you mean 'A'?)\n"
            "seed.yaml:8:5: error: a user without groups (every user is in at least one group)\n"
            "seed.yaml:8:5: error: duplicate user 'a@x.com' (first at 7:5)\n"
            "seed.yaml:9:5: error: a user without groups (every user is in at least one group)\n"
            "seed.yaml:9:13: error: 'x' is not an email address\n"
            "seed.yaml:9:23: error: owner must be true or false, but is a number\n"
            "seed.yaml:10:5: error: a user without groups (every user is in at least one group)\n"
            "seed.yaml:10:14: error: groups must be a list, but is a string\n"
            "seed.yaml:11:1: error: unknown key 'more' in a seed (known are groups and users)\n");
}

TEST(TenantSeed, IsBoundedLikeADeclaration) {
  EXPECT_EQ(errors(""), "seed.yaml: error: the file is empty\n");
  EXPECT_EQ(errors("users: \"a\n"), "seed.yaml:1:8: error: a value must stand on one line (is a quote not closed?)\n");
  const fakes::TemporaryDirectory directory;
  const auto seed = load_tenant_seed(directory.path());
  ASSERT_FALSE(seed);
  EXPECT_EQ(seed.error().front().message, "is a directory, not a file");
}

}  // namespace
}  // namespace cipherform
