// What is asked for one person outside the environment at hand. Beside desired_state(), of
// the same declaration, it is everything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cipherform/config.h"
#include "fakes/temporary_directory.h"

namespace cipherform {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kThree =
    "version: 1\nenvironments: {qa: {url: 'https://a'}, prod: {url: 'https://b'}, dr: {url: 'https://c'}}\n";

PersonElsewhere elsewhere(const std::string& rest, std::string_view email, std::string_view environment = "qa") {
  const fakes::TemporaryDirectory project;
  project.write("cipherform.yaml", kThree + rest);
  const auto declaration = load_declaration(project.path());
  EXPECT_TRUE(declaration.has_value());
  return declaration ? declaration->elsewhere(email, environment) : PersonElsewhere{};
}

/// "Ops cipherform.yaml:3:30 in prod dr".
std::vector<std::string> lines_of(const PersonElsewhere& person) {
  std::vector<std::string> lines;
  for (const SourceElsewhere& source : person.sources) {
    lines.push_back(source.group + " " + source.source.file + ":" + std::to_string(source.source.line) + ":" +
                    std::to_string(source.source.column) + " in");
    for (const std::string& environment : source.environments) lines.back() += " " + environment;
  }
  return lines;
}

TEST(Elsewhere, HasNothingThatHoldsHere) {
  const PersonElsewhere ada = elsewhere("users: [{email: Ada@x.com, groups: [G]}]\n", "aDa@x.com");
  EXPECT_EQ(ada.email, "Ada@x.com");
  EXPECT_EQ(ada.file, "cipherform.yaml");
  EXPECT_EQ(ada.line, 3U);
  EXPECT_EQ(ada.column, 17U);
  EXPECT_THAT(ada.sources, IsEmpty());
}

TEST(Elsewhere, DoesNotKnowWhoIsNotMentioned) {
  EXPECT_EQ(elsewhere("users: [{email: ada@x.com, groups: [G]}]\n", "adb@x.com").email, "");
  EXPECT_EQ(elsewhere("users: [{email: ada@x.com, groups: [G]}]\n", "zoe@x.com").email, "");
  EXPECT_EQ(elsewhere("users: [{email: ada@x.com, groups: [G]}]\n", "").email, "");
}

TEST(Elsewhere, FollowsThePersonTheGroupAndTheSource) {
  EXPECT_THAT(lines_of(elsewhere("users: [{email: ada@x.com, groups: [G], environments: [prod, dr]}]\n", "ada@x.com")),
              ElementsAre("G cipherform.yaml:3:37 in prod dr"));
  const std::string some =
      "groups: {Q: {environments: [prod], members: [ada@x.com]}, Z: {}}\n"
      "users: [{email: ada@x.com, groups: [Z, Q, {name: H, environments: [dr], reason: R-1}]}]\n";
  EXPECT_THAT(
      lines_of(elsewhere(some, "ada@x.com")),
      ElementsAre("H cipherform.yaml:4:43 in dr", "Q cipherform.yaml:3:46 in prod", "Q cipherform.yaml:4:40 in prod"));
  EXPECT_THAT(lines_of(elsewhere(some, "ada@x.com", "prod")), ElementsAre("H cipherform.yaml:4:43 in dr"));
  EXPECT_EQ(elsewhere(some, "ada@x.com").sources.front().source.reason, "R-1");
}

TEST(Elsewhere, SaysWhatHoldsNowhere) {
  EXPECT_THAT(lines_of(elsewhere("groups: {G: {environments: [prod]}}\nusers: [{email: ada@x.com, environments: [dr], "
                                 "groups: [G, H]}]\n",
                                 "ada@x.com")),
              ElementsAre("G cipherform.yaml:4:57 in", "H cipherform.yaml:4:60 in dr"));
}

TEST(Elsewhere, NamesTheTeam) {
  const PersonElsewhere ada =
      elsewhere("groups: {G: {environments: [dr], members: [{team: t, until: 2027-01-31}]}}\nteams: {t: [ada@x.com]}\n",
                "ada@x.com");
  ASSERT_EQ(ada.sources.size(), 1U);
  EXPECT_EQ(ada.sources[0].source.team, "t");
  EXPECT_EQ(ada.sources[0].source.until, parse_until("2027-01-31"));
}

}  // namespace
}  // namespace cipherform
