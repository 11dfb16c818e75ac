#include "config/declaration_checks.h"

#include <gtest/gtest.h>

#include <string>

#include "config/declarations.h"

namespace cipherform {
namespace {

const std::string kTwo = "version: 1\nenvironments: {qa: {url: 'https://a'}, prod: {url: 'https://b'}}\n";

TEST(DeclarationChecks, AUserMayGetTheOnlyGroupByAnyWay) {
  EXPECT_EQ(tests::errors_in("users: [{email: a@x.com}, {email: b@x.com}]\n"
                             "groups: {G: {members: [a@x.com, {team: t}]}}\nteams: {t: [B@x.com]}\n"),
            "");
}

TEST(DeclarationChecks, AnExpiredMembershipIsAMembership) {
  EXPECT_EQ(tests::errors_in("users: [{email: a@x.com, groups: [{name: G, until: 2001-01-01}]}]\n"), "");
}

TEST(DeclarationChecks, AUserIsOnlyMissedWhereTheUserExists) {
  EXPECT_EQ(tests::errors_of(kTwo + "users: [{email: a@x.com, environments: [qa], groups: [G]}]\n"
                                    "groups: {G: {environments: [qa]}}\n"),
            "");
  EXPECT_EQ(tests::errors_of(kTwo + "users: [{email: a@x.com}]\n"),
            "cipherform.yaml:3:9: error: user 'a@x.com' is in no group in qa, prod "
            "(every user is in at least one group)\n");
}

TEST(DeclarationChecks, NamesAreComparedWithThoseOfGuardrailsAndIds) {
  EXPECT_EQ(tests::errors_of("version: 1\nenvironments:\n  qa:\n    url: https://a\n"
                             "    group_ids: {break glass: 550e8400-e29b-41d4-a716-446655440000}\n"
                             "guardrails: {protected_groups: [Breakglass], fallback_group: everyone}\n"
                             "groups: {Break glass: {}, Everyone: {}}\n"),
            "cipherform.yaml:5:17: error: group 'break glass' differs from 'Break glass' only by case or spaces "
            "('Break glass' is at cipherform.yaml:7:10)\n"
            "cipherform.yaml:6:33: error: group 'Breakglass' differs from 'Break glass' only by case or spaces "
            "('Break glass' is at cipherform.yaml:7:10)\n"
            "cipherform.yaml:6:62: error: group 'everyone' differs from 'Everyone' only by case or spaces "
            "('Everyone' is at cipherform.yaml:7:27)\n");
}

TEST(DeclarationChecks, DutiesAreHeldApartByWhatLastsOnly) {
  const std::string rail = "guardrails: {separate_duties: [[A, B]]}\n";
  EXPECT_EQ(tests::errors_in(rail + "users: [{email: u@x.com, groups: [A, {name: B, until: 2001-01-01}]}]\n"), "");
  EXPECT_EQ(tests::errors_in(rail + "users: [{email: u@x.com, groups: [A, {name: B, until: 2001-01-01}, B]}]\n"),
            "cipherform.yaml:4:68: error: user 'u@x.com' is in 'B' and in 'A', which separate_duties keeps apart "
            "('A' is at cipherform.yaml:4:35)\n");
}

TEST(DeclarationChecks, DutiesAreHeldApartInOneEnvironmentAtATime) {
  const std::string rail = kTwo + "guardrails: {separate_duties: [[A, B]]}\n";
  EXPECT_EQ(tests::errors_of(rail + "users: [{email: u@x.com, groups: [A, B]}]\n"
                                    "groups: {A: {environments: [qa]}, B: {environments: [prod]}}\n"),
            "");
}

TEST(DeclarationChecks, MembersAreCountedWhereTheyLastAndExist) {
  EXPECT_EQ(tests::errors_of(kTwo + "groups:\n  G:\n    max_members: 1\n    members: [a@x.com, b@x.com, "
                                    "{email: c@x.com, until: 2001-01-01}]\n"
                                    "users: [{email: b@x.com, environments: [prod]}]\n"),
            "cipherform.yaml:5:18: error: group 'G' has 2 members in prod, more than its max_members 1\n");
}

TEST(DeclarationChecks, DomainsAreExact) {
  EXPECT_EQ(
      tests::errors_in("guardrails: {allowed_domains: [x.com, y.org]}\n"
                       "users: [{email: a@X.com, groups: [G]}, {email: b@sub.x.com, groups: [G]}]\n"
                       "teams: {t: [c@y.orgg]}\n"),
      "cipherform.yaml:4:48: error: the domain of 'b@sub.x.com' is not in allowed_domains\n"
      "cipherform.yaml:5:13: error: the domain of 'c@y.orgg' is not in allowed_domains (did you mean 'y.org'?)\n");
}

TEST(DeclarationChecks, AreBoundedInWhatTheySay) {
  std::string yaml = tests::kHead + "users:\n";
  for (int i = 0; i < 3000; ++i) yaml += "  - {email: user-" + std::to_string(i) + "@x.com}\n";
  const std::string errors = tests::errors_of(yaml);
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1001);
  EXPECT_TRUE(errors.starts_with("cipherform.yaml:4:5: error: user 'user-0@x.com' is in no group"));
  EXPECT_TRUE(errors.ends_with("error: too many errors: 2000 more are not shown\n"))
      << errors.substr(errors.size() - 200);
}

}  // namespace
}  // namespace cipherform
