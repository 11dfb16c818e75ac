#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "cipherform/config.h"
#include "config/declarations.h"

namespace cipherform {
namespace {

const std::string kTwo = "version: 1\nenvironments: {qa: {url: 'https://a'}, prod: {url: 'https://b'}}\n";

std::string people(const std::string& rest, std::string_view environment) {
  const std::string text = tests::text_of(tests::state_of(kTwo + rest, environment));
  return text.substr(text.find('\n') + 1);
}

TEST(DesiredState, LeavesOutGroupsThatDoNotExistThereAndMembershipsThatNameThem) {
  const std::string yaml =
      "groups: {Q: {environments: [qa], members: [a@x.com]}, Z: {}}\nusers: [{email: a@x.com, groups: [Z, Q]}]\n";
  EXPECT_EQ(people(yaml, "prod"),
            "group Z at cipherform.yaml:3:55 authoritative\n"
            "user a@x.com (a@x.com) at cipherform.yaml:3:44\n  in Z: cipherform.yaml:4:35\n");
  EXPECT_EQ(people(yaml, "qa"),
            "group Q at cipherform.yaml:3:10 authoritative\ngroup Z at cipherform.yaml:3:55 authoritative\n"
            "user a@x.com (a@x.com) at cipherform.yaml:3:44\n"
            "  in Q: cipherform.yaml:3:44 cipherform.yaml:4:38\n  in Z: cipherform.yaml:4:35\n");
}

TEST(DesiredState, WantsNothingForAPersonWhereTheirEntryDoesNotReach) {
  const std::string yaml =
      "users: [{email: a@x.com, environments: [qa]}]\n"
      "groups: {G: {members: [A@x.com, {team: t}]}}\nteams: {t: [a@x.com, b@x.com]}\n";
  EXPECT_EQ(people(yaml, "prod"),
            "group G at cipherform.yaml:4:10 authoritative\n"
            "user b@x.com (b@x.com) at cipherform.yaml:5:22\n  in G: cipherform.yaml:4:33 team t\n");
}

TEST(DesiredState, KeepsTheSourcesOfAMembershipThatHoldThere) {
  EXPECT_EQ(
      people("users: [{email: a@x.com, groups: [{name: G, environments: [qa]}, {name: G, reason: R}]}]\n", "prod"),
      "group G at cipherform.yaml:3:35 additive\n"
      "user a@x.com (a@x.com) at cipherform.yaml:3:17\n  in G: cipherform.yaml:3:66 reason R\n");
}

TEST(DesiredState, LeavesOutGroupsThatNobodyNamesThere) {
  EXPECT_EQ(people("users: [{email: a@x.com, groups: [{name: Q, environments: [qa]}, P]}]\n", "prod"),
            "group P at cipherform.yaml:3:66 additive\n"
            "user a@x.com (a@x.com) at cipherform.yaml:3:17\n  in P: cipherform.yaml:3:66\n");
}

TEST(DesiredState, NeverStandsForAnEnvironmentThatIsNotDeclared) {
  EXPECT_THROW(tests::state_of(kTwo, "other"), std::invalid_argument);
}

TEST(DesiredState, IsTheSameWhereverItsStringsAreMoved) {
  DesiredState state = tests::state_of(kTwo + "users: [{email: a@x.com, groups: [G]}]\n");
  const std::string text = tests::text_of(state);
  const DesiredState moved = std::move(state);
  EXPECT_EQ(tests::text_of(moved), text);
}

}  // namespace
}  // namespace cipherform
