#include <algorithm>

#include "apply_fixture.h"

namespace cipherform {
namespace {

using testing::ElementsAre;
using testing::InSequence;

class ApplyPlanTest : public ApplyTest {};

TEST_F(ApplyPlanTest, AnEmptyPlanDoesNothingAtAll) {
  const std::size_t before = ledger_.calls().size();
  const ApplyReport report = apply();
  EXPECT_EQ(report.actions.size(), 0U);
  EXPECT_EQ(report.requests, 0U);
  EXPECT_FALSE(report.interrupted);
  EXPECT_FALSE(report.stopped_by);
  EXPECT_EQ(transport_.sent().size(), 0U);
  EXPECT_EQ(ledger_.calls().size(), before);
}

TEST_F(ApplyPlanTest, CreatesThenAddsThenPrivilegedAddsThenRemoves) {
  exists("ada", {"Sales"});
  exists("bob", {"Sales"});
  create("cyd");
  add("ada", "Engineering");
  add("bob", "Support");
  add("ada", "Admins", true);
  remove("ada", "Sales");
  const ApplyReport report = apply();
  EXPECT_EQ(sent_, (Lines{"create_user cyd", "add_member ada Engineering", "add_member bob Support",
                          "add_member ada Admins", "remove_member ada Sales"}));
  EXPECT_EQ(outcomes(report), Lines(5, "done"));
  EXPECT_EQ(report.requests, 5U);
  EXPECT_EQ(tenant_.groups_of("ada@example.com"), (std::set<std::string>{"Admins", "Engineering"}));
  expect_ledger_agrees(report);
}

TEST_F(ApplyPlanTest, NoPhaseBeginsBeforeTheOneBeforeHasEnded) {
  tenant_.set_latency(milliseconds{100});
  for (const char* name : {"ada", "bob", "cyd"}) exists(name, {"Sales"});
  create("dan");
  add("ada", "Engineering");
  add("bob", "Admins", true);
  remove("cyd", "Sales");
  exists("cyd2", {"Sales"});
  tenant_.set_groups(email("cyd"), {"Sales", "Support"});
  apply();
  const auto changes = change_requests();
  ASSERT_EQ(changes.size(), 4U);
  for (std::size_t i = 1; i < changes.size(); ++i) {
    EXPECT_EQ(changes[i].at - changes[i - 1].at, milliseconds{100}) << i;
  }
}

TEST_F(ApplyPlanTest, AThousandUsersInThreeGroupsEachAreTwelveRequests) {
  create_many(1'000, {"Engineering", "Sales", "Support"});
  const ApplyReport report = apply();
  EXPECT_EQ(report.requests, 12U);
  EXPECT_EQ(transport_.sent().size(), 12U);
  EXPECT_EQ(count(report, ActionOutcome::done), 1'000U);
  EXPECT_EQ(tenant_.users().size(), 1'000U);
  EXPECT_EQ(tenant_.groups_of("user999@example.com"), (std::set<std::string>{"Engineering", "Sales", "Support"}));
  std::vector<std::ptrdiff_t> sizes;
  for (const std::string& line : sent_) sizes.push_back(std::ranges::count(line, ' '));
  EXPECT_THAT(sizes, ElementsAre(1, 10, 100, 100, 100, 100, 100, 100, 100, 100, 100, 89));
}

TEST_F(ApplyPlanTest, TheRampIsOneAfterAnotherAndFullBatchesAreConcurrent) {
  link_options_.parallelism = 4;
  tenant_.set_latency(milliseconds{100});
  create_many(511);
  apply();
  std::vector<std::int64_t> at;
  for (const auto& sent : change_requests()) {
    at.push_back(std::chrono::duration_cast<milliseconds>(sent.at - SteadyTime{}).count());
  }
  EXPECT_THAT(at, ElementsAre(0, 100, 200, 200, 200, 200, 300));
}

TEST_F(ApplyPlanTest, UsersGoConcurrentlyUpToTheLimitAndOneUsersActionsNever) {
  link_options_.parallelism = 3;
  tenant_.set_latency(milliseconds{100});
  for (const char* name : {"ada", "bob", "cyd", "dan"}) exists(name, {"Sales"});
  add("ada", "Engineering");
  add("ada", "Support");
  add("ada", "Admins");
  add("bob", "Engineering");
  add("bob", "Support");
  add("cyd", "Engineering");
  add("dan", "Engineering");
  apply();
  EXPECT_EQ(transport_.most_in_flight(), 3U);
  EXPECT_EQ(sent_, (Lines{"add_member ada Engineering", "add_member bob Engineering", "add_member cyd Engineering",
                          "add_member ada Support", "add_member bob Support", "add_member dan Engineering",
                          "add_member ada Admins"}));
}

TEST_F(ApplyPlanTest, WithOneLaneEverythingIsInThePlansOrder) {
  link_options_.parallelism = 1;
  for (const char* name : {"ada", "bob"}) exists(name, {"Sales", "Support"});
  add("ada", "Engineering");
  add("ada", "Admins");
  add("bob", "Engineering");
  remove("ada", "Sales");
  remove("ada", "Support");
  remove("bob", "Sales");
  apply();
  EXPECT_EQ(sent_, (Lines{"add_member ada Engineering", "add_member ada Admins", "add_member bob Engineering",
                          "remove_member ada Sales", "remove_member ada Support", "remove_member bob Sales"}));
}

TEST_F(ApplyPlanTest, ZeroLanesAreOne) {
  link_options_.parallelism = 0;
  exists("ada", {"Sales"});
  add("ada", "Engineering");
  EXPECT_EQ(outcomes(apply()), Lines{"done"});
}

TEST_F(ApplyPlanTest, OneUserIsOneWhateverTheCaseOfTheEmail) {
  tenant_.set_latency(milliseconds{100});
  exists("ada", {"Sales"});
  add("ada", "Engineering");
  add("ada", "Support");
  std::get<AddMember>(plan_.actions[1].change).email = "ADA@example.com";
  tenant_.before_change({});
  apply();
  EXPECT_EQ(transport_.most_in_flight(), 1U);
}

TEST_F(ApplyPlanTest, EveryChangeHasTheTimeoutOfTheOptions) {
  link_options_.timeout = milliseconds{1'234};
  exists("ada", {"Sales"});
  create("bob");
  add("ada", "Engineering");
  apply();
  for (const auto& sent : change_requests()) EXPECT_EQ(sent.request.timeout, milliseconds{1'234});
}

TEST_F(ApplyPlanTest, IntentsOfWhatLeavesTogetherAreOneRecordAndSoAreTheOutcomes) {
  link_options_.parallelism = 3;
  for (const char* name : {"ada", "bob", "cyd"}) exists(name, {"Sales"});
  for (const char* name : {"ada", "bob", "cyd"}) add(name, "Engineering");
  apply();
  EXPECT_THAT(ledger_.calls(),
              ElementsAre("acquire", "begin_run", "intents add ada Engineering add bob Engineering add cyd Engineering",
                          "outcomes add ada Engineering=done add bob Engineering=done add cyd Engineering=done"));
}

TEST_F(ApplyPlanTest, ManyActionsTakeFewTransactions) {
  link_options_.parallelism = 32;
  std::vector<std::string> names;
  for (int i = 0; i < 2'000; ++i) exists(names.emplace_back("user" + std::to_string(i)), {"Sales"});
  for (const std::string& name : names) add(name, "Engineering");
  tenant_.before_change({});
  const ApplyReport report = apply();
  EXPECT_EQ(count(report, ActionOutcome::done), 2'000U);
  EXPECT_LE(ledger_.count("intents"), 2'000U / 32 + 32);  // the window grows from 4 to 32
  EXPECT_LE(ledger_.count("outcomes"), 2'000U / 200);
}

// ------------------------------------------------------------- observer, progress

class MockObserver : public ApplyObserver {
 public:
  MOCK_METHOD(void, started, (const Action&), (override));
  MOCK_METHOD(void, finished, (const Action&, const ActionReport&), (override));
};

MATCHER_P(ActionIs, id, "") { return arg.id == id; }
MATCHER_P(OutcomeIs, outcome, "") { return arg.outcome == outcome; }

TEST_F(ApplyPlanTest, TheObserverSeesEachActionStartAndFinishInOrder) {
  exists("ada", {"Sales"});
  create("bob");
  add("ada", "Engineering");
  add("ada", "Support");
  remove("ada", "Sales");
  tenant_.fail_change(2, fakes::answers(422));
  testing::StrictMock<MockObserver> observer;
  const InSequence in_sequence;
  EXPECT_CALL(observer, started(ActionIs("create bob")));
  EXPECT_CALL(observer, finished(ActionIs("create bob"), OutcomeIs(ActionOutcome::done)));
  EXPECT_CALL(observer, started(ActionIs("add ada Engineering")));
  EXPECT_CALL(observer, finished(ActionIs("add ada Engineering"), OutcomeIs(ActionOutcome::refused)));
  EXPECT_CALL(observer, finished(ActionIs("add ada Support"), OutcomeIs(ActionOutcome::skipped)));
  EXPECT_CALL(observer, finished(ActionIs("remove ada Sales"), OutcomeIs(ActionOutcome::skipped)));
  apply(nullptr, &observer);
}

class LastProgress final : public Progress {
 public:
  void update(std::string_view what, std::uint64_t done, std::uint64_t total) override {
    last = std::string(what) + " " + std::to_string(done) + "/" + std::to_string(total);
  }
  void waiting(std::string_view why, milliseconds) override { waited_for = why; }
  std::string last;
  std::string waited_for;
};

TEST_F(ApplyPlanTest, ProgressEndsAtAllActions) {
  exists("ada", {"Sales"});
  create("bob");
  add("ada", "Engineering");
  LastProgress progress;
  apply(nullptr, nullptr, &progress);
  EXPECT_EQ(progress.last, "actions 2/2");
}

class CountedProgress final : public Progress {
 public:
  void update(std::string_view, std::uint64_t, std::uint64_t) override { ++updates; }
  void waiting(std::string_view, milliseconds) override {}
  unsigned updates = 0;
};

TEST_F(ApplyPlanTest, WhoeverWatchesHearsOfARunInWhichNothingEnds) {
  exists("ada", {"Sales"});
  add("ada", "Engineering");
  tenant_.set_latency(milliseconds{25'000});
  testing::NiceMock<MockObserver> observer;
  CountedProgress progress;
  EXPECT_EQ(outcomes(apply(nullptr, &observer, &progress)), Lines{"done"});
  EXPECT_GE(progress.updates, 24U);
}

TEST_F(ApplyPlanTest, AWaitForTheApiIsShown) {
  exists("ada", {"Sales"});
  add("ada", "Engineering");
  tenant_.fail_change(1, fakes::answers(429, "slow down", "30"));
  LastProgress progress;
  EXPECT_EQ(outcomes(apply(nullptr, nullptr, &progress)), Lines{"done"});
  EXPECT_NE(progress.waited_for, "");
}

}  // namespace
}  // namespace cipherform
