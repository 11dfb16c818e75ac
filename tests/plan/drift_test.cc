#include "cipherform/drift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "fakes/hostile_strings.h"
#include "fakes/states.h"
#include "plan/planning.h"

namespace cipherform::plan_tests {
namespace {

using fakes::Desired;
using fakes::Live;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kSince = "2025-12-24T18:00:00.250Z";

Plan drift_of(const DesiredState& desired, const LiveState& live, std::vector<std::string> known,
              Selection selection = {}) {
  Plan plan = plan_of(desired, live, std::move(selection));
  std::sort(known.begin(), known.end());
  add_drift(plan, desired, live, LastConverged{fakes::time_of(kSince), known});
  return plan;
}

/// "appeared ada@x.com" of the findings about who was there.
Lines people(const Plan& plan) {
  Lines lines;
  for (const std::string& line : findings(plan)) {
    if (line.find("appeared") == 0 || line.find("vanished") == 0 || line.find("people") == 0) lines.push_back(line);
  }
  return lines;
}

TEST(Drift, NobodyAppearsOrVanishesWhereTheSamePeopleAreThere) {
  const Plan plan = drift_of(Desired().user("ada@x.com", {"Eng"}),
                             Live().user("zoe@x.com", {"Eng"}).user("Ada@X.com", {"Eng"}).user("", {"Eng"}),
                             {"ada@x.com", "zoe@x.com", fakes::user_id(3)});
  EXPECT_THAT(people(plan), IsEmpty());
  ASSERT_TRUE(plan.drift.has_value());
  EXPECT_EQ(plan.drift->last_converged, fakes::time_of(kSince));
}

TEST(Drift, TellsWhoAppearedAndWhoVanishedAndWhetherTheyAreDeclared) {
  const Plan plan = drift_of(Desired().user("ada@x.com", {"Eng"}).user("bob@x.com", {"Eng"}),
                             Live().user("Eve@x.com", {"Eng"}).user("ada@x.com", {"Eng"}).user("", {"Eng"}),
                             {"bob@x.com", "zoe@x.com"});
  EXPECT_THAT(people(plan), ElementsAre("appeared_undeclared " + fakes::user_id(3), "appeared_undeclared Eve@x.com",
                                        "appeared ada@x.com", "vanished bob@x.com", "vanished zoe@x.com"));
  std::vector<std::string> sentences;
  for (const Finding& finding : plan.findings) {
    if (finding.kind >= FindingKind::appeared) sentences.push_back(finding.message);
  }
  const std::string since = " since the last converged apply (2025-12-24T18:00:00Z)";
  EXPECT_THAT(sentences,
              ElementsAre("ada@x.com is declared, and appeared" + since, "bob@x.com is declared, and vanished" + since,
                          "zoe@x.com is not declared, and vanished" + since));
}

TEST(Drift, KeepsThePlansActionsAndTheOrderOfItsFindings) {
  const DesiredState desired = Desired().user("ada@x.com", {"Eng"});
  const LiveState live = Live().group("Eng").user("eve@x.com", {"Ops"});
  const Plan before = plan_of(desired, live);
  const Plan plan = drift_of(desired, live, {"ada@x.com"});
  EXPECT_EQ(plan.actions, before.actions);
  EXPECT_EQ(fingerprint(plan), fingerprint(before));
  EXPECT_THAT(findings(plan),
              ElementsAre("unmanaged_user eve@x.com", "appeared_undeclared eve@x.com", "vanished ada@x.com"));
}

TEST(Drift, WithoutAConvergedApplyItSaysThatItIsNotKnown) {
  const DesiredState desired = Desired().user("ada@x.com", {"Eng"});
  const LiveState live = Live().user("ada@x.com", {"Eng"}).user("eve@x.com", {"Eng"});
  Plan plan = plan_of(desired, live);
  add_drift(plan, desired, live, std::nullopt);
  EXPECT_THAT(people(plan), ElementsAre("people_not_compared "));
  EXPECT_EQ(plan.findings.back().message,
            "no apply has converged in qa as far as the ledger knows, so who appeared or vanished is not known");
  EXPECT_EQ(plan.drift, DriftBasis{});
}

TEST(Drift, AListThatIsNotProvedCompleteIsNotJudged) {
  const Plan plan = drift_of(Desired().user("ada@x.com", {"Eng"}),
                             Live().user("ada@x.com", {"Eng"}).unproved("it shrank"), {"bob@x.com"});
  EXPECT_THAT(people(plan), ElementsAre("people_not_compared "));
  EXPECT_EQ(plan.findings.back().message,
            "the user list was not proved complete, so who appeared or vanished cannot be judged");
  EXPECT_EQ(plan.drift->last_converged, fakes::time_of(kSince));
}

TEST(Drift, WhoGotAnEmailHasNotAppeared) {
  const Plan plan =
      drift_of(Desired().user("ada@x.com", {"Eng"}), Live().user("ada@x.com", {"Eng"}).user("new@x.com", {"Eng"}),
               {"ada@x.com", fakes::user_id(2), fakes::user_id(7)});
  EXPECT_THAT(people(plan), ElementsAre("vanished " + fakes::user_id(7)));
}

TEST(Drift, SeveralWithOneEmailAreOneOnBothSides) {
  const Live twice = Live().user("eve@x.com", {"Eng"}).user("EVE@x.com", {"Eng"}).user("ada@x.com", {"Eng"});
  const DesiredState desired = Desired().user("ada@x.com", {"Eng"});
  EXPECT_THAT(people(drift_of(desired, twice, {"ada@x.com", "ada@x.com", "eve@x.com"})), IsEmpty());
  EXPECT_THAT(people(drift_of(desired, twice, {"ada@x.com", "bob@x.com", "bob@x.com"})),
              ElementsAre("appeared_undeclared eve@x.com", "vanished bob@x.com"));
}

TEST(Drift, NobodyIsKnownOrNobodyIsThere) {
  EXPECT_THAT(people(drift_of(Desired().user("ada@x.com", {"Eng"}), Live().user("ada@x.com", {"Eng"}), {})),
              ElementsAre("appeared ada@x.com"));
  EXPECT_THAT(people(drift_of(Desired().user("ada@x.com", {"Eng"}), Live().group("Eng"), {"ada@x.com"})),
              ElementsAre("vanished ada@x.com"));
}

TEST(Drift, LooksOnlyAtWhatIsSelected) {
  const DesiredState desired = Desired().user("ada@x.com", {"Eng"});
  const LiveState live =
      Live().user("ada@x.com", {"Eng"}).user("eve@x.com", {"Ops"}).user("fay@x.com", {"Eng"}).user("gus@x.com", {});
  const std::vector<std::string> known{"ada@x.com", "bob@x.com", "eva@x.com"};
  EXPECT_THAT(people(drift_of(desired, live, known, {{"e*"}, {}})),
              ElementsAre("appeared_undeclared eve@x.com", "vanished eva@x.com"));
  EXPECT_THAT(people(drift_of(desired, live, known, {{"Eng"}, {}})), ElementsAre("appeared_undeclared fay@x.com"));
  EXPECT_THAT(people(drift_of(desired, live, known, {{}, {"*a@x.com", "fay@*", "Ops"}})),
              ElementsAre("appeared_undeclared gus@x.com", "vanished bob@x.com"));
}

TEST(Drift, NamesThatMeanMischiefAreComparedAsTheyAre) {
  Live live;
  std::vector<std::string> known;
  for (const auto& hostile : fakes::kHostileStrings) {
    live.user(std::string{hostile.text}, {"Eng"});
    known.push_back(email_key(hostile.text));
  }
  const DesiredState desired = Desired().additive("Eng");
  EXPECT_THAT(people(drift_of(desired, live, known)), IsEmpty());
  const Plan plan = drift_of(desired, live, {});
  EXPECT_EQ(people(plan).size(), fakes::kHostileStrings.size());
  EXPECT_TRUE(plan_from_json(to_json(plan)).has_value());
}

}  // namespace
}  // namespace cipherform::plan_tests
