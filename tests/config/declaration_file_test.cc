// Of one file alone; what shapes are right and wrong is pinned by the corpus.
#include "config/declaration_file.h"

#include <gtest/gtest.h>

#include <string>

#include "config/sink_log.h"

namespace cipherform::config {
namespace {

class DeclarationFileTest : public testing::Test {
 protected:
  Reading read(std::string_view yaml, RawRoot* root = nullptr) {
    return read_declaration_file(yaml, file, root, FileDiagnostics(diagnostics, 0));
  }
  std::string errors() { return tests::lines_of(std::move(diagnostics)); }

  RawFile file;
  Diagnostics diagnostics;
};

TEST_F(DeclarationFileTest, KeepsEachEmailAndGroupOnce) {
  EXPECT_EQ(read("users:\n  - {email: Ada@x.com, groups: [A, B]}\n  - {email: bob@x.com, groups: [A]}\n"
                 "groups: {A: {members: [ADA@X.COM]}}\n"),
            Reading::complete);
  EXPECT_EQ(errors(), "");
  ASSERT_EQ(file.emails.size(), 2U);
  EXPECT_EQ(file.emails[0].spelled, "Ada@x.com");
  EXPECT_EQ(file.emails[0].key, "ada@x.com");
  EXPECT_EQ(file.groups.size(), 2U);
  EXPECT_EQ(file.users.size(), 2U);
  EXPECT_EQ(file.grants.size(), 3U);
  ASSERT_EQ(file.members.size(), 1U);
  EXPECT_EQ(file.members[0].name, 0U);
}

TEST_F(DeclarationFileTest, SharesWhatManyEntriesSayAlike) {
  read(
      "users:\n  - {email: a@x.com, groups: [{name: A, reason: R}], environments: [qa, dev]}\n"
      "  - {email: b@x.com, groups: [{name: A, reason: R}], environments: [dev, qa, dev]}\n");
  EXPECT_EQ(errors(), "");
  EXPECT_EQ(file.details.size(), 2U);
  EXPECT_EQ(file.environment_sets.size(), 2U);
  EXPECT_EQ(file.users[0].environments, file.users[1].environments);
  EXPECT_EQ(file.environment_mentions.size(), 5U);
}

TEST_F(DeclarationFileTest, LeavesNothingBehindOfAUserOrGroupThatCannotBeNamed) {
  read(
      "users:\n  - {groups: [A, B], email: nobody}\n  - {email: a@x.com, groups: [A]}\n"
      "groups:\n  ' x': {members: [b@x.com]}\n  C: {members: [c@x.com]}\n");
  EXPECT_EQ(errors(),
            "2:29: 'nobody' is not an email address\n5:3: a group name must not begin or end with a space: ' x'\n");
  ASSERT_EQ(file.users.size(), 1U);
  EXPECT_EQ(file.users[0].first_grant, 0U);
  EXPECT_EQ(file.grants.size(), 1U);
  ASSERT_EQ(file.declared_groups.size(), 1U);
  EXPECT_EQ(file.declared_groups[0].list.first_member, 0U);
  EXPECT_EQ(file.members.size(), 1U);
}

TEST_F(DeclarationFileTest, MarksAUserOfWhomSomethingIsMissing) {
  read(
      "users:\n  - {email: a@x.com, groups: [5]}\n  - {email: b@x.com, groups: [{name: A, until: x}]}\n"
      "  - {email: c@x.com}\n  - {email: d@x.com, group: [A]}\n");
  ASSERT_EQ(file.users.size(), 4U);
  EXPECT_TRUE(file.users[0].faulty);
  EXPECT_TRUE(file.users[1].faulty);
  EXPECT_FALSE(file.users[2].faulty);
  EXPECT_TRUE(file.users[3].faulty);
}

TEST_F(DeclarationFileTest, KeepsWhatStoodBeforeASyntaxError) {
  EXPECT_EQ(read("users:\n  - {email: a@x.com, groups: [A]}\n  - {email: b@x.com, groups: [A]]\n"), Reading::cut);
  EXPECT_EQ(file.users.size(), 1U);
}

TEST_F(DeclarationFileTest, TakesRootKeysIntoTheRootOnly) {
  RawRoot root;
  read("version: 1\nenvironments: {qa: {url: 'https://a'}}\ninclude: [x, y]\n", &root);
  EXPECT_EQ(errors(), "");
  EXPECT_TRUE(root.has_version);
  EXPECT_EQ(root.environments.size(), 1U);
  EXPECT_EQ(root.include.size(), 2U);
}

}  // namespace
}  // namespace cipherform::config
