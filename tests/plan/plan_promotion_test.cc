// What one tenant has, as a plan for another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cipherform/promotion.h"
#include "fakes/states.h"
#include "plan/planning.h"

namespace cipherform {
namespace {

using fakes::Desired;
using fakes::in;
using fakes::Live;
using plan_tests::actions;
using plan_tests::blocked;
using plan_tests::findings;
using plan_tests::hits;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Desired qa() { return Desired().environment("qa", "https://x/qa"); }
Desired prod() { return Desired().environment("prod", "https://x/prod"); }

PromotionOptions at_now() {
  PromotionOptions options;
  options.plan.now = fakes::time_of(plan_tests::kNow);
  options.stages = {"prod"};
  return options;
}

Plan promoted(const DesiredState& from, const LiveState& from_live, const DesiredState& to, const LiveState& to_live,
              const PromotionOptions& options = at_now()) {
  auto plan = plan_promotion({from, from_live}, {to, to_live}, options);
  if (plan) return std::move(*plan);
  for (const Error& error : plan.error()) ADD_FAILURE() << to_string(error);
  return {};
}

std::vector<std::string> errors(const DesiredState& from, const LiveState& from_live, const DesiredState& to,
                                const LiveState& to_live, const PromotionOptions& options = at_now()) {
  const auto plan = plan_promotion({from, from_live}, {to, to_live}, options);
  std::vector<std::string> lines;
  if (!plan) {
    for (const Error& error : plan.error()) lines.push_back(to_string(error));
  }
  return lines;
}

const Grant& only_grant(const Plan& plan) {
  const Change& change = plan.actions.at(0).change;
  const auto* create = std::get_if<CreateUser>(&change);
  return create != nullptr ? create->grants.at(0) : std::get<AddMember>(change).grant;
}

TEST(PlanPromotion, MakesDeclaredGroupsEqual) {
  const Plan plan =
      promoted(qa(), Live().user("ada@x.com", {"Eng", "Lab"}).user("bob@x.com", {"Eng"}), prod().group("Eng"),
               Live().user("ada@x.com", {"Ops"}).user("cyd@x.com", {"Eng", "Ops", "Lab"}).group("Lab"));
  EXPECT_THAT(actions(plan),
              ElementsAre("create bob@x.com in Eng", "add ada@x.com to Eng", "remove cyd@x.com from Eng"));
  EXPECT_EQ(std::get<RemoveMember>(plan.actions[2].change).cause, RemovalCause::not_in_source);
  EXPECT_EQ(plan.environment, "prod");
  ASSERT_TRUE(plan.promoted_from.has_value());
  EXPECT_EQ(plan.promoted_from->environment, "qa");
  EXPECT_EQ(plan.promoted_from->base_url, "https://x/qa");
  EXPECT_EQ(plan.promoted_from->users, 2U);
  EXPECT_THAT(hits(plan), IsEmpty());
}

TEST(PlanPromotion, OfWhatIsEqualIsEmpty) {
  const Live same = Live().user("ada@x.com", {"Eng"}).user("bob@x.com", {"Ops"});
  const Plan plan = promoted(qa(), same, prod().group("Eng"), same);
  EXPECT_TRUE(plan.empty());
  EXPECT_THAT(plan.blocked, IsEmpty());
}

TEST(PlanPromotion, SpeaksTheWordsOfBoth) {
  DesiredState from = qa();
  from.mapping = {{{"Eng", "ENG-qa"}}, {{"x.com", "qa.x.com"}}};
  DesiredState to = prod().group("Eng");
  to.mapping = {{{"Eng", "ENG"}}, {{"x.com", "prod.x.com"}}};
  const Plan plan = promoted(from, Live().user("ada@qa.x.com", {"ENG-qa"}).user("eve@x.com", {"ENG-qa"}), to,
                             Live().group("ENG").user("ada@x.com", {"Ops"}));
  EXPECT_THAT(actions(plan), ElementsAre("create ada@prod.x.com in Eng"));
  EXPECT_EQ(only_grant(plan).group.id, fakes::group_id("ENG"));
  EXPECT_THAT(findings(plan, FindingKind::not_promoted), ElementsAre("eve@x.com"));
}

TEST(PlanPromotion, SaysWhatTheDeclarationSaysOfTheMembership) {
  const Live live = Live().user("ada@x.com", {"Eng"});
  const Live target = Live().group("Eng").user("ada@x.com", {"Ops"});
  const Desired here = qa().user("ada@x.com", {in("Eng").reason("QA-1")});
  const Plan there = promoted(here, live, prod().group("Eng").user("Ada@x.com", {in("Eng").reason("OPS-7")}), target);
  ASSERT_EQ(only_grant(there).sources.size(), 1U);
  EXPECT_EQ(only_grant(there).sources[0].reason, "OPS-7");
  const Plan nowhere = promoted(qa(), live, prod().group("Eng"), target);
  EXPECT_EQ(only_grant(nowhere).sources.at(0).promoted_from, "qa");
  EXPECT_EQ(only_grant(nowhere).sources.at(0).file, "");
}

TEST(PlanPromotion, DoesNotGiveWhatTheDeclarationLimitsToOthersAndDoesNotTakeIt) {
  const Desired here = qa().user("ada@x.com", {"Eng"}).user("bob@x.com", {"Eng"}).group("Eng");
  const Plan plan = promoted(here, Live().user("ada@x.com", {"Eng"}).user("bob@x.com", {"Eng"}), prod().group("Eng"),
                             Live().user("ada@x.com", {"Ops"}).user("bob@x.com", {"Eng", "Ops"}));
  EXPECT_TRUE(plan.empty());
  EXPECT_THAT(findings(plan, FindingKind::not_promoted), ElementsAre("ada@x.com in Eng"));
}

TEST(PlanPromotion, DoesNotGiveWhatTheDeclarationEnded) {
  const Plan plan = promoted(qa(), Live().user("ada@x.com", {"Eng"}),
                             prod().group("Eng").user("ada@x.com", {in("Eng").until("2025-12-31")}),
                             Live().group("Eng").user("ada@x.com", {"Ops"}));
  EXPECT_TRUE(plan.empty());
  EXPECT_THAT(findings(plan, FindingKind::not_promoted), ElementsAre("ada@x.com in Eng"));
}

TEST(PlanPromotion, AGroupThatOnlyGainsLosesNobody) {
  const Plan plan =
      promoted(qa(), Live().user("ada@x.com", {"Eng"}), prod().additive("Eng"), Live().user("bob@x.com", {"Eng"}));
  EXPECT_THAT(actions(plan), ElementsAre("create ada@x.com in Eng"));
  EXPECT_THAT(findings(plan, FindingKind::not_in_source), ElementsAre("bob@x.com in Eng"));
}

TEST(PlanPromotion, AGroupThatTheSourceLacksIsNotEmptied) {
  const Plan plan =
      promoted(qa(), Live().user("ada@x.com", {"Ops"}), prod().group("Eng"), Live().user("bob@x.com", {"Eng", "Ops"}));
  EXPECT_TRUE(plan.empty());
  EXPECT_THAT(findings(plan, FindingKind::not_promoted), ElementsAre("Eng"));
}

TEST(PlanPromotion, APinnedGroupIsNotEmptiedWhereTheSourcesKeyMayNotListGroups) {
  // There it is known by group_ids alone, and the id may be wrong.
  const Plan plan = promoted(qa().pin("Eng", "g-1"),
                             Live().group("Eng", {.id = "g-1"}).user("ada@x.com", {"Ops"}).groups_not_listed(),
                             prod().group("Eng"), Live().user("bob@x.com", {"Eng", "Ops"}));
  EXPECT_TRUE(plan.empty());
  EXPECT_THAT(findings(plan, FindingKind::not_promoted), ElementsAre("Eng"));
}

TEST(PlanPromotion, BlocksGroupsThatTheTargetLacks) {
  const Plan plan = promoted(
      qa(),
      Live().user("ada@x.com", {"Eng", "New"}).user("bob@x.com", {"New"}).user("cyd@x.com", {"Eng", "New", "Newer"}),
      prod().group("Eng").group("New").group("Newer"), Live().group("Eng").user("ada@x.com", {"Eng"}));
  EXPECT_THAT(actions(plan), ElementsAre("create cyd@x.com in Eng"));
  EXPECT_THAT(blocked(plan),
              ElementsAre("add ada@x.com to New [group_absent]", "create bob@x.com in New [group_absent]",
                          "add cyd@x.com to New [group_absent]", "add cyd@x.com to Newer [group_absent]"));
  EXPECT_EQ(plan.blocked[1].message, "prod has no group New");
}

TEST(PlanPromotion, BlocksWhomTheTargetsDomainsRefuse) {
  Guardrails guardrails;
  guardrails.allowed_domains = {"x.com"};
  const Plan plan =
      promoted(qa(), Live().user("ada@y.com", {"Eng"}).user("bob@X.com", {"Eng"}).user("cyd@y.com", {"Eng"}),
               prod().group("Eng").guardrails(guardrails),
               Live().group("Eng").user("cyd@y.com", {"Ops"}).user("dan@y.com", {"Eng", "Ops"}));
  EXPECT_THAT(actions(plan), ElementsAre("create bob@X.com in Eng", "remove dan@y.com from Eng"));
  EXPECT_THAT(blocked(plan),
              ElementsAre("create ada@y.com in Eng [domain_refused]", "add cyd@y.com to Eng [domain_refused]"));
  EXPECT_THAT(hits(plan), IsEmpty());
}

TEST(PlanPromotion, NothingIsRemovedWhereTheSourceWasNotProved) {
  const Plan plan = promoted(qa(), Live().user("ada@x.com", {"Eng"}).unproved("it shrank"), prod().group("Eng"),
                             Live().user("bob@x.com", {"Eng", "Ops"}));
  EXPECT_THAT(actions(plan), ElementsAre("create ada@x.com in Eng"));
  EXPECT_THAT(blocked(plan), ElementsAre("remove bob@x.com from Eng [unproved_listing]"));
  EXPECT_EQ(plan.blocked[0].message, "the user list of qa was not proved complete: it shrank");
}

TEST(PlanPromotion, WhoIsDeactivatedOrSeveralAtTheSourceGetsNothingAndKeepsWhatBothHave) {
  const Plan plan = promoted(qa(),
                             Live()
                                 .user("ada@x.com", {"Eng"}, {.status = "Deactivated"})
                                 .user("bob@x.com", {"Eng"}, {.status = "deactivated"})
                                 .user("Cyd@x.com", {"Eng"})
                                 .user("cyd@x.com", {"Eng"})
                                 .user("", {"Eng"}, {.id = "u-7"}),
                             prod().group("Eng"), Live().user("bob@x.com", {"Eng"}).user("cyd@x.com", {"Ops"}));
  EXPECT_TRUE(plan.empty());
  EXPECT_THAT(plan.blocked, IsEmpty());
  EXPECT_THAT(findings(plan, FindingKind::not_promoted), ElementsAre("Cyd@x.com in Eng", "ada@x.com in Eng", "u-7"));
}

TEST(PlanPromotion, OwnersOfTheTargetLoseNothing) {
  const Plan plan = promoted(qa(), Live().group("Eng").user("ada@x.com", {"Ops"}, {.owner = true}), prod().group("Eng"),
                             Live().user("own@x.com", {"Eng", "Ops"}, {.owner = true}));
  EXPECT_TRUE(plan.empty());
  EXPECT_THAT(findings(plan, FindingKind::removal_withheld), ElementsAre("own@x.com in Eng"));
}

TEST(PlanPromotion, TellsOnlyOfPeopleInTheGroupsThatAreCompared) {
  const Plan plan =
      promoted(qa(), Live().user("ada@x.com", {"Eng"}), prod().group("Eng"),
               Live().user("ada@x.com", {"Eng"}).user("bob@x.com", {"Eng", "Ops"}).user("cyd@x.com", {"Ops"}));
  EXPECT_THAT(findings(plan, FindingKind::unmanaged_user), ElementsAre("bob@x.com"));
  EXPECT_EQ(plan.findings.front().message, "bob@x.com is not in qa");
}

TEST(PlanPromotion, TakesOnlyTheGroupsThatAreNamed) {
  PromotionOptions options = at_now();
  options.groups = {"E*"};
  const Plan plan = promoted(qa(), Live().user("ada@x.com", {"Eng", "Ops"}), prod().group("Eng").group("Ops"),
                             Live().group("Eng").user("bob@x.com", {"Ops"}), options);
  EXPECT_THAT(actions(plan), ElementsAre("create ada@x.com in Eng"));
  EXPECT_FALSE(plan.compared_everything());
  options.groups = {"Nix"};
  EXPECT_THAT(errors(qa(), Live(), prod().group("Eng"), Live().group("Eng"), options),
              ElementsAre(HasSubstr("--group 'Nix' matches no group that is declared for prod")));
}

TEST(PlanPromotion, AllGroupsAddsTheUndeclaredOnes) {
  PromotionOptions options = at_now();
  options.all_groups = true;
  const Plan plan = promoted(qa(), Live().user("ada@x.com", {"Eng", "Lab"}), prod().group("Eng"),
                             Live().group("Eng").user("bob@x.com", {"Lab"}), options);
  EXPECT_THAT(actions(plan), ElementsAre("create ada@x.com in Eng, Lab"));
  EXPECT_THAT(findings(plan, FindingKind::not_in_source), ElementsAre("bob@x.com in Lab"));
}

TEST(PlanPromotion, AGroupOfTheSourceIsNotWhatTheTargetCallsAnotherOneBy) {
  PromotionOptions options = at_now();
  options.all_groups = true;
  const Plan plan = promoted(qa(), Live().user("ada@x.com", {"Eng"}), prod().called("Ops", "Eng"),
                             Live().group("Eng").user("ada@x.com", {"Everyone"}), options);
  EXPECT_THAT(actions(plan), IsEmpty());
  EXPECT_THAT(blocked(plan), ElementsAre("add ada@x.com to Eng [group_absent]"));
}

TEST(PlanPromotion, OneNameOfSeveralGroupsIsAnError) {
  const Live source = Live().group("Eng", {.id = "g-1"}).group("Eng", {.id = "g-2"}).user("ada@x.com", {"g-1"});
  EXPECT_THAT(errors(qa(), source, prod().group("Eng"), Live().group("Eng")),
              ElementsAre(HasSubstr("group 'Eng' is the name of 2 groups of qa: g-1, g-2")));
}

TEST(PlanPromotion, ASkippedStageIsAHit) {
  const Live same = Live().user("ada@x.com", {"Eng"});
  PromotionOptions options = at_now();
  options.stages = {"qa", "staging", "prod"};
  EXPECT_THAT(hits(promoted(qa(), same, prod().group("Eng"), same, options)),
              ElementsAre("prod is promoted from staging, and not from qa, which skips a stage: "
                          "qa → staging → prod [stage=qa]"));
  options.stages = {"staging", "prod"};
  EXPECT_THAT(hits(promoted(qa(), same, prod().group("Eng"), same, options)),
              ElementsAre(HasSubstr("which is no stage before it: staging → prod [stage=qa]")));
  options.stages = {"qa", "prod"};
  EXPECT_THAT(hits(promoted(qa(), same, prod().group("Eng"), same, options)), IsEmpty());
}

TEST(PlanPromotion, AnotherTenantBehindTheSourcesNameIsAHit) {
  const Live source = Live().user("ada@x.com", {"Eng"}, {.id = "u1", .owner = true});
  const Live target = Live().group("Eng").user("bob@x.com", {"Ops"});
  PromotionOptions options = at_now();
  options.known_source = KnownTenant{.base_url = "https://x/qa", .owners = {"u1"}, .recorded_at = {}};
  EXPECT_THAT(promoted(qa(), source, prod().group("Eng"), target, options).guardrail_hits, IsEmpty());
  options.known_source->owners = {"u9"};
  const Plan plan = promoted(qa(), source, prod().group("Eng"), target, options);
  ASSERT_EQ(plan.guardrail_hits.size(), 1U);
  EXPECT_EQ(plan.guardrail_hits[0].kind, GuardrailKind::other_tenant);
  EXPECT_THAT(plan.guardrail_hits[0].message, HasSubstr("behind qa"));
}

TEST(PlanPromotion, IsReadBackAsItWasAndHasItsOwnFingerprint) {
  PromotionOptions options = at_now();
  options.stages = {"staging", "prod"};
  options.groups = {"*"};
  const Plan plan = promoted(qa(), Live().user("ada@x.com", {"Eng", "New"}).unproved("it shrank"),
                             prod().group("Eng").group("New"), Live().user("bob@x.com", {"Eng", "Ops"}), options);
  const std::string json = to_json(plan);
  const auto again = plan_from_json(json);
  ASSERT_TRUE(again.has_value()) << to_string(again.error());
  EXPECT_EQ(to_json(*again), json);
  EXPECT_EQ(again->promoted_from->proof.reason, "it shrank");
  Plan other = plan;
  other.promoted_from->environment = "dev";
  EXPECT_NE(fingerprint(other), fingerprint(plan));
  other.promoted_from.reset();
  EXPECT_NE(fingerprint(other), fingerprint(plan));
}

}  // namespace
}  // namespace cipherform
