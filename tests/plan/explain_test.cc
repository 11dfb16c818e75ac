// Each verdict with its sentence, and who is meant. That explanations agree with plans for
// every person and group is a property (property_test.cc).
#include "cipherform/explain.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "fakes/states.h"
#include "plan/planning.h"

namespace cipherform::plan_tests {
namespace {

using fakes::Desired;
using fakes::in;
using fakes::Live;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Case {
  DesiredState desired;
  LiveState live;
  PersonElsewhere elsewhere = {};
  Selection selection = {};
};

Result<Explanation> answer(const Case& states, std::string_view who) {
  const Plan plan = plan_of(states.desired, states.live, states.selection);
  return explain(plan, states.desired, states.live, states.elsewhere, who);
}

Explanation explained(const Case& states, std::string_view who) {
  auto explanation = answer(states, who);
  EXPECT_TRUE(explanation.has_value()) << to_string(explanation.error());
  return explanation.value_or(Explanation{});
}

std::string_view word(Verdict verdict) {
  static constexpr std::array<std::string_view, 6> kWords{"keeps", "gets", "loses", "blocked", "withheld", "untouched"};
  return kWords.at(static_cast<std::size_t>(verdict));
}

/// "keeps Eng: users.yaml:1:20 asks for it".
Lines lines_of(const Explanation& explanation) {
  Lines lines;
  for (const ExplainedGroup& group : explanation.groups) {
    lines.push_back(fmt::format("{} {}: {}", word(group.verdict), group.group.name, group.why));
  }
  return lines;
}

Lines lines_of(const Case& states, std::string_view who) { return lines_of(explained(states, who)); }

SourceElsewhere elsewhere_in(std::string group, std::vector<std::string> environments) {
  SourceElsewhere source;
  source.group = std::move(group);
  source.source.file = "other.yaml";
  source.source.line = 3;
  source.source.column = 7;
  source.environments = std::move(environments);
  return source;
}

TEST(Explain, WhatIsDeclaredIsKeptOrGiven) {
  const Case states{Desired().group("Eng").group("Ops").user(
                        "Ada@x.com", {"Eng", in("Ops").until("2026-06-01").reason("OPS-1"), in("Ops").team("sre")}),
                    Live().group("Ops").user("ada@x.com", {"Eng"})};
  const Explanation ada = explained(states, "ADA@x.com");
  EXPECT_EQ(ada.email, "Ada@x.com");
  EXPECT_TRUE(ada.declared);
  EXPECT_EQ(ada.at, (Place{"users.yaml", 1, 12}));
  EXPECT_THAT(lines_of(ada), ElementsAre("keeps Eng: users.yaml:1:20 asks for it",
                                         "gets Ops: users.yaml:1:21 and users.yaml:1:22 via team sre ask for it"));
  EXPECT_EQ(ada.groups[0].action_id, "");
  EXPECT_EQ(ada.groups[1].action_id, plan_of(states.desired, states.live).actions.front().id);
  EXPECT_FALSE(ada.groups[1].until) << "one source has no end";
  ASSERT_EQ(ada.groups[1].sources.size(), 2U);
  EXPECT_EQ(ada.groups[1].sources[0].source.reason, "OPS-1");
}

TEST(Explain, AMembershipEndsWithItsLastSource) {
  const Case states{
      Desired().group("Eng").user("a@x.com", {in("Eng").until("2025-12-01"), in("Eng").until("2026-02-01")}),
      Live().user("a@x.com", {"Eng"})};
  const Explanation ada = explained(states, "a@x.com");
  EXPECT_THAT(lines_of(ada), ElementsAre("keeps Eng: users.yaml:1:21 asks for it, until 2026-02-01"));
  EXPECT_EQ(ada.groups[0].until, fakes::time_of("2026-02-01"));
  EXPECT_EQ(ada.groups[0].sources[0].force, SourceForce::ended);
  EXPECT_EQ(ada.groups[0].sources[1].force, SourceForce::in_force);
}

TEST(Explain, WhoIsNotInTheTenantIsCreatedWithTheGroups) {
  const Case states{Desired().user("a@x.com", {"Eng", in("Old").until("2025-01-01")}), Live().group("Eng")};
  const Explanation ada = explained(states, "a@x.com");
  EXPECT_THAT(ada.accounts, IsEmpty());
  EXPECT_THAT(lines_of(ada),
              ElementsAre("gets Eng: users.yaml:1:20 asks for it", "untouched Old: the membership ended 2025-01-01"));
  EXPECT_EQ(ada.groups[1].group.id, "") << "the tenant need not have it";
  EXPECT_EQ(ada.groups[1].rule, GroupRule::additive);
}

TEST(Explain, WhatIsLostIsAuthoritative) {
  const Case states{
      Desired().group("Eng").group("Ops").additive("Docs").user("a@x.com", {"Rest", in("Ops").until("2025-06-01")}),
      Live().user("a@x.com", {"Docs", "Eng", "Ops", "Rest", "Wild"})};
  EXPECT_THAT(lines_of(states, "a@x.com"),
              ElementsAre("untouched Docs: nobody declares it, but Docs is additive (groups.yaml:3:3), so nobody is "
                          "removed",
                          "loses Eng: nobody declares it, and Eng is authoritative (groups.yaml:1:3)",
                          "loses Ops: the membership ended 2025-06-01, and Ops is authoritative (groups.yaml:2:3)",
                          "keeps Rest: users.yaml:1:20 asks for it",
                          "untouched Wild: Wild is not declared, so it is never touched"));
}

TEST(Explain, SomebodyWhoIsNotDeclaredIsExplained) {
  const Case states{Desired().group("Eng").user("b@x.com", {"Eng"}),
                    Live().user("a@x.com", {"Eng", "Wild"}).user("b@x.com", {"Eng"})};
  const Explanation ada = explained(states, "a@x.com");
  EXPECT_FALSE(ada.declared);
  EXPECT_FALSE(ada.at);
  EXPECT_THAT(lines_of(ada), ElementsAre("loses Eng: nobody declares it, and Eng is authoritative (groups.yaml:1:3)",
                                         "untouched Wild: Wild is not declared, so it is never touched"));
  ASSERT_EQ(ada.findings.size(), 1U);
  EXPECT_EQ(ada.findings[0].kind, FindingKind::unmanaged_user);
}

TEST(Explain, BlockedAndWithheldSayWhy) {
  Guardrails guardrails;
  guardrails.protected_groups = {"Safe"};
  const Case states{
      Desired().group("Eng").group("Safe").guardrails(guardrails),
      Live().user("last@x.com", {"Eng"}).user("owner@x.com", {"Eng"}, {.owner = true}).user("safe@x.com", {"Safe"})};
  EXPECT_THAT(lines_of(states, "last@x.com"),
              ElementsAre("blocked Eng: it would leave last@x.com in no group, and no fallback_group is set"));
  EXPECT_EQ(explained(states, "last@x.com").groups[0].cause, BlockCause::last_membership);
  EXPECT_THAT(lines_of(states, "owner@x.com"),
              ElementsAre("withheld Eng: nobody declares it, but owners never lose a group"));
  EXPECT_THAT(lines_of(states, "safe@x.com"),
              ElementsAre("withheld Safe: nobody declares it, but the group is protected"));
  EXPECT_TRUE(explained(states, "safe@x.com").groups[0].is_protected);
}

TEST(Explain, AnUnprovedListingBlocks) {
  const Case states{Desired().group("Eng"), Live().user("a@x.com", {"Eng", "Rest"}).unproved("two pages disagree")};
  EXPECT_THAT(lines_of(states, "a@x.com"), ElementsAre("blocked Eng: two pages disagree",
                                                       "untouched Rest: Rest is not declared, so it is never touched"));
}

TEST(Explain, TheFallbackGroupIsGivenAndKept) {
  Guardrails guardrails;
  guardrails.fallback_group = "Everyone";
  const Case states{Desired().group("Eng").group("Everyone").guardrails(guardrails),
                    Live().group("Everyone").user("a@x.com", {"Eng"}).user("b@x.com", {"Everyone"})};
  EXPECT_THAT(lines_of(states, "a@x.com"),
              ElementsAre("loses Eng: nobody declares it, and Eng is authoritative (groups.yaml:1:3)",
                          "gets Everyone: it is the fallback group, and no other group would be left"));
  EXPECT_THAT(lines_of(states, "b@x.com"),
              ElementsAre("keeps Everyone: nobody declares it, but it is the fallback group, and no other group would "
                          "be left"));
}

TEST(Explain, WhatIsNotSelectedIsUntouched) {
  const Case states{Desired().group("Eng").user("a@x.com", {"Ops"}),
                    Live().group("Ops").user("a@x.com", {"Eng"}),
                    {},
                    {{}, {"Eng", "Ops"}}};
  EXPECT_THAT(lines_of(states, "a@x.com"), ElementsAre("untouched Eng: --target and --exclude leave it out",
                                                       "untouched Ops: --target and --exclude leave it out"));
}

TEST(Explain, OtherEnvironmentsAreNamed) {
  Case states{Desired().group("Eng"), Live().user("a@x.com", {"Eng", "Rest"})};
  states.elsewhere.email = "A@x.com";
  states.elsewhere.file = "users.yaml";
  states.elsewhere.sources = {elsewhere_in("Eng", {"prod", "dr"}), elsewhere_in("Ops", {})};
  const Explanation ada = explained(states, "a@x.com");
  EXPECT_FALSE(ada.declared);
  EXPECT_THAT(ada.other_environments, ElementsAre("prod", "dr"));
  EXPECT_THAT(lines_of(ada), ElementsAre("loses Eng: nobody declares it in qa, and Eng is authoritative "
                                         "(groups.yaml:1:3)",
                                         "untouched Ops: nobody declares it in qa",
                                         "untouched Rest: Rest is not declared, so it is never touched"));
  ASSERT_EQ(ada.groups[0].sources.size(), 1U);
  EXPECT_EQ(ada.groups[0].sources[0].force, SourceForce::elsewhere);
  EXPECT_THAT(ada.groups[0].sources[0].environments, ElementsAre("prod", "dr"));
}

TEST(Explain, SomebodyOnlyInOtherEnvironmentsIsKnown) {
  Case states{Desired().group("Eng"), Live().group("Eng")};
  states.elsewhere.email = "A@x.com";
  states.elsewhere.sources = {elsewhere_in("Eng", {"prod"})};
  const Explanation ada = explained(states, "a@X.com");
  EXPECT_EQ(ada.email, "A@x.com");
  EXPECT_THAT(lines_of(ada), ElementsAre("untouched Eng: nobody declares it in qa"));
  EXPECT_FALSE(ada.groups[0].member);
}

TEST(Explain, EveryUserOfADuplicateEmailIsShown) {
  const Case states{Desired().group("Eng").user("a@x.com", {"Ops"}),
                    Live().group("Ops").user("A@x.com", {"Eng"}, {.id = "2"}).user("a@x.com", {"Ops"}, {.id = "1"})};
  const Explanation ada = explained(states, "a@x.com");
  ASSERT_EQ(ada.accounts.size(), 2U);
  EXPECT_EQ(ada.accounts[0].user_id, "1");
  const std::string why = "2 users of the tenant have the email a@x.com: 1, 2";
  EXPECT_THAT(lines_of(ada),
              ElementsAre("keeps Ops: users.yaml:1:20 asks for it", "blocked Eng: " + why, "blocked Ops: " + why));
  EXPECT_EQ(ada.groups[1].user_id, "2");
  EXPECT_EQ(lines_of(explained(states, "2")), lines_of(ada)) << "an id stands for its email";
}

TEST(Explain, SomebodyWithoutAnEmailIsMeantByTheId) {
  const std::string id = "A0000000-0000-4000-8000-00000000000b";
  const Case states{Desired().group("Eng"), Live().user("", {"Eng"}, {.id = id}).user("", {"Eng"}, {.id = "other"})};
  const Explanation user = explained(states, email_key(id));
  EXPECT_EQ(user.email, "");
  ASSERT_EQ(user.accounts.size(), 1U);
  EXPECT_EQ(user.accounts[0].user_id, id);
  EXPECT_THAT(lines_of(user),
              ElementsAre("untouched Eng: a user without an email cannot be declared, so nothing is judged"));
  ASSERT_EQ(user.findings.size(), 1U);
  EXPECT_EQ(user.findings[0].kind, FindingKind::user_without_email);
  EXPECT_EQ(email_meant(states.live, id), "");
  EXPECT_EQ(email_meant(states.live, "b@x.com"), "b@x.com");
}

TEST(Explain, AnUnknownPersonIsAnErrorThatNamesTheLikeliest) {
  const Case states{Desired().user("ada@example.com", {"Eng"}),
                    Live().user("Bob@example.com", {"Eng"}).user("", {"Eng"})};
  const auto error = [&](std::string_view who) { return to_string(answer(states, who).error()); };
  EXPECT_THAT(error("adda@example.com"), HasSubstr("'adda@example.com' is neither declared nor in the tenant of qa"));
  EXPECT_THAT(error("adda@example.com"), HasSubstr("did you mean 'ada@example.com'?"));
  EXPECT_THAT(error("BOV@example.com"), HasSubstr("did you mean 'bob@example.com'?"));
  EXPECT_THAT(error("nobody.at.all@elsewhere.org"), HasSubstr("or the id of a user"));
  EXPECT_FALSE(answer(states, "")) << "not the user without an email";
  EXPECT_EQ(answer(states, "zoe@y.com").error().kind, ErrorKind::usage);
}

TEST(Explain, GuardrailsAreThoseThatThePersonIsPartOf) {
  Guardrails guardrails;
  guardrails.separate_duties = {{"Audit", "Pay"}};
  guardrails.allowed_domains = {"x.com"};
  guardrails.privileged_groups = {"Root"};
  const Case states{
      Desired().user("a@y.com", {"Audit", "Pay", "Root"}).user("b@x.com", {"Audit", "Pay"}).guardrails(guardrails),
      Live().group("Root").group("Audit").user("a@y.com", {"Pay"})};
  Plan own;
  own.guardrail_hits = explained(states, "a@y.com").guardrail_hits;
  EXPECT_THAT(hits(own), ElementsAre("1 person would be in more than one of Audit, Pay: a@y.com",
                                     "1 person outside the allowed domains (x.com) would be given a group: a@y.com",
                                     "1 membership needs a reason and has none: a@y.com to Root"));
  own.guardrail_hits = explained(states, "b@x.com").guardrail_hits;
  EXPECT_THAT(hits(own), ElementsAre("1 person would be in more than one of Audit, Pay: b@x.com"));
}

TEST(Explain, WhatTheTenantSaysOfAPersonAndAGroup) {
  Guardrails guardrails;
  guardrails.protected_users = {"a@x.com"};
  const Case states{Desired().user("a@x.com", {"Root"}).guardrails(guardrails),
                    Live()
                        .group("Root", {.privileged = true, .identity_managed = true})
                        .user("A@x.com", {"Root"}, {.status = "Deactivated", .owner = true})};
  const Explanation ada = explained(states, "a@x.com");
  EXPECT_TRUE(ada.is_protected);
  ASSERT_EQ(ada.accounts.size(), 1U);
  EXPECT_EQ(ada.accounts[0].email, "A@x.com");
  EXPECT_EQ(ada.accounts[0].status, "Deactivated");
  EXPECT_TRUE(ada.accounts[0].is_owner);
  EXPECT_TRUE(ada.groups[0].privileged);
  EXPECT_TRUE(ada.groups[0].identity_managed);
  ASSERT_EQ(ada.findings.size(), 1U);
  EXPECT_EQ(ada.findings[0].kind, FindingKind::deactivated_user);
}

}  // namespace
}  // namespace cipherform::plan_tests
