// How mentions become users, groups and memberships; texts are those of declarations.h.
#include "config/resolve.h"

#include <gtest/gtest.h>

#include <string>

#include "config/declarations.h"

namespace cipherform {
namespace {

std::string people(const std::string& rest) {
  const std::string text = tests::text_of(tests::state_of(tests::kHead + rest));
  return text.substr(text.find('\n') + 1);
}

TEST(Resolve, UnitesUsersGroupsAndTeamsWithEverySourceInOrder) {
  EXPECT_EQ(people("users: [{email: a@x.com, groups: [G]}]\n"
                   "groups: {G: {members: [{team: t}, a@x.com]}}\n"
                   "teams: {t: [b@x.com, A@x.com]}\n"),
            "group G at cipherform.yaml:4:10 authoritative\n"
            "user a@x.com (a@x.com) at cipherform.yaml:3:17\n"
            "  in G: cipherform.yaml:3:35 cipherform.yaml:4:24 team t cipherform.yaml:4:35\n"
            "user b@x.com (b@x.com) at cipherform.yaml:5:13\n"
            "  in G: cipherform.yaml:4:24 team t\n");
}

TEST(Resolve, NamesTheTeamThatTheGroupNamesWhateverLiesBetween) {
  EXPECT_EQ(people("groups: {G: {members: [{team: outer, until: 2027-01-31, reason: R}]}}\n"
                   "teams: {outer: [{team: inner}], inner: [a@x.com]}\n"),
            "group G at cipherform.yaml:3:10 authoritative\n"
            "user a@x.com (a@x.com) at cipherform.yaml:4:41\n"
            "  in G: cipherform.yaml:3:24 team outer reason R until 2027-01-31T23:59:59.999Z\n");
}

TEST(Resolve, LetsAGroupBeAdditiveThatOnlyUsersName) {
  EXPECT_EQ(people("users: [{email: a@x.com, groups: [Named, Declared]}]\ngroups: {Declared: {}}\n"),
            "group Declared at cipherform.yaml:4:10 authoritative\n"
            "group Named at cipherform.yaml:3:35 additive\n"
            "user a@x.com (a@x.com) at cipherform.yaml:3:17\n"
            "  in Declared: cipherform.yaml:3:42\n"
            "  in Named: cipherform.yaml:3:35\n");
}

TEST(Resolve, LeavesOutWhoIsOnlyInATeamThatNoGroupHas) { EXPECT_EQ(people("teams: {t: [a@x.com]}\n"), ""); }

TEST(Resolve, SortsUsersByKeyAndMembershipsByGroup) {
  const DesiredState state =
      tests::state_of(tests::kHead +
                      "users:\n  - {email: b@x.com, groups: [Z, A]}\n"
                      "  - {email: A@x.com, groups: [Z, Z, M]}\n  - {email: aa@x.com, groups: [A]}\n");
  ASSERT_EQ(state.users.size(), 3U);
  EXPECT_EQ(state.users[0].email, "A@x.com");
  EXPECT_EQ(state.users[1].key, "aa@x.com");
  EXPECT_EQ(state.users[2].key, "b@x.com");
  const auto first = state.memberships_of(state.users[0]);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(state.groups[first[0].group].name, "M");
  EXPECT_EQ(state.groups[first[1].group].name, "Z");
  EXPECT_EQ(first[1].source_count, 2U);
}

TEST(Resolve, SharesDetailsOfWhichTheFirstSaysNothing) {
  const DesiredState state = tests::state_of(
      tests::kHead + "groups: {G: {members: [{email: a@x.com, reason: R}, {email: b@x.com, reason: R}, c@x.com]}}\n");
  ASSERT_EQ(state.details.size(), 2U);
  EXPECT_EQ(state.details[0].reason, "");
  EXPECT_EQ(state.details[0].until, std::nullopt);
  EXPECT_EQ(state.details[1].reason, "R");
}

TEST(Resolve, ReportsNoMissingTeamOrGroupWhileAFileIsCut) {
  EXPECT_EQ(tests::errors_of({{"cipherform.yaml", tests::kHead + "include: [a.yaml]\nusers: [{email: a@x.com}]\n"
                                                                 "groups: {G: {members: [{team: lost}]}}\n"},
                              {"a.yaml", "teams: {x: [}\n"}}),
            "a.yaml:1:13: error: not valid YAML: illegal flow end\n");
}

TEST(Resolve, ReportsNoUnknownEnvironmentWhileTheRootIsCut) {
  EXPECT_EQ(
      tests::errors_of("version: 1\nusers: [{email: a@x.com, groups: [G], environments: [qa]}]\nenvironments: }\n"),
      "cipherform.yaml:3:15: error: not valid YAML: illegal flow end\n");
}

TEST(Resolve, BoundsWhatTeamsExpandTo) {
  std::string yaml = tests::kHead + "teams:\n  t:\n";
  for (int i = 0; i < 5000; ++i) yaml += "    - user-" + std::to_string(i) + "@x.com\n";
  yaml += "groups:\n";
  for (int i = 0; i < 4001; ++i) yaml += "  G" + std::to_string(i) + ": {members: [{team: t}]}\n";
  EXPECT_EQ(tests::errors_of(yaml), "cipherform.yaml: error: more than 20000000 memberships, teams expanded\n");
}

}  // namespace
}  // namespace cipherform
