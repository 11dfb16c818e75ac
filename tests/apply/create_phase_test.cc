#include "apply/create_phase.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "apply_fixture.h"

namespace cipherform {
namespace {

using fakes::CreateAnswer;

class CreatePhaseTest : public ApplyTest {
 protected:
  /// Emails created, asked how often each: nobody twice.
  void expect_nobody_invited_twice() const {
    for (const auto& [who, times] : tenant_.invitations()) EXPECT_EQ(times, 1U) << who;
  }
  Lines names_in(std::size_t request) const {
    Lines names;
    std::string rest = sent_.at(request).substr(std::string("create_user").size());
    for (std::size_t at = 0; (at = rest.find(' ', at)) != std::string::npos;) {
      const std::size_t end = std::min(rest.find(' ', at + 1), rest.size());
      names.push_back(rest.substr(at + 1, end - at - 1));
      at = end;
    }
    return names;
  }
};

// ------------------------------------------------------------------ answer shapes

class CreateAnswerTest : public CreatePhaseTest, public testing::WithParamInterface<CreateAnswer> {};

TEST_P(CreateAnswerTest, EveryShapeThatNamesEverybodyIsDone) {
  tenant_.set_create_answer(GetParam());
  create_many(30, {"Engineering", "Sales"});
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines(30, "done"));
  EXPECT_EQ(report.requests, 3U);
  EXPECT_EQ(tenant_.reads(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Shapes, CreateAnswerTest,
                         testing::Values(CreateAnswer::as_asked, CreateAnswer::array, CreateAnswer::wrapped,
                                         CreateAnswer::reversed, CreateAnswer::upper_case));

class DoubtfulAnswerTest : public CreatePhaseTest, public testing::WithParamInterface<CreateAnswer> {};

TEST_P(DoubtfulAnswerTest, IsSettledByOneReadAndNeverSentAgain) {
  tenant_.set_create_answer(GetParam());
  create_many(11, {"Engineering", "Sales"});
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines(11, "done"));
  EXPECT_EQ(report.requests, 2U);
  EXPECT_EQ(tenant_.reads(), 1U);
  expect_nobody_invited_twice();
  expect_ledger_agrees(report);
}

INSTANTIATE_TEST_SUITE_P(Shapes, DoubtfulAnswerTest,
                         testing::Values(CreateAnswer::without_last, CreateAnswer::without_last_group,
                                         CreateAnswer::empty_array, CreateAnswer::not_json));

TEST_F(CreatePhaseTest, AUserMissingFromTheAnswerStaysInDoubtWhereNoReadTells) {
  tenant_.set_create_answer(CreateAnswer::without_last);
  tenant_.fail_reads(fakes::answers(500).always());
  create("ada");
  const ApplyReport report = apply();
  ASSERT_EQ(report.actions[0].outcome, ActionOutcome::ambiguous);
  EXPECT_TRUE(
      report.actions[0].detail.starts_with("the answer does not name this user; the tenant could not be read: "))
      << report.actions[0].detail;
  expect_ledger_agrees(report);
}

TEST_F(CreatePhaseTest, AUserAnsweredWithoutAGroupStaysInDoubtWhereNoReadTells) {
  tenant_.set_create_answer(CreateAnswer::without_last_group);
  tenant_.set_shuffled(true);
  tenant_.set_max_limit(5);
  for (int i = 0; i < 60; ++i) tenant_.add_user(email("old" + std::to_string(i)), {"Sales"});
  create("ada", {"Engineering", "Sales", "Support"});
  const ApplyReport report = apply();
  ASSERT_EQ(report.actions[0].outcome, ActionOutcome::ambiguous);
  EXPECT_TRUE(report.actions[0].detail.starts_with(
      "the answer names this user without Support; the user list could not be proved complete: "))
      << report.actions[0].detail;
}

TEST_F(CreatePhaseTest, AnAnswerThatCannotBeReadLeavesTheWholeBatchInDoubt) {
  tenant_.fail_change(2, fakes::executed_but(201, "<html>"));
  tenant_.fail_reads(fakes::answers(500).always());
  create_many(11);
  const ApplyReport report = apply();
  EXPECT_EQ(count(report, ActionOutcome::done), 1U);
  EXPECT_EQ(count(report, ActionOutcome::ambiguous), 10U);
  EXPECT_TRUE(report.actions[1].detail.starts_with("answered 201, but ")) << report.actions[1].detail;
}

// ------------------------------------------------------------------- lost answers

TEST_F(CreatePhaseTest, ALostAnswerIsSettledByReading) {
  tenant_.fail_change(2, fakes::lost_after());
  create_many(30);
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines(30, "done"));
  EXPECT_EQ(report.requests, 3U);
  expect_nobody_invited_twice();
}

TEST_F(CreatePhaseTest, ALostRequestIsSentOnceMoreInSmallerBatchesAfterTheSettleTime) {
  tenant_.fail_change(2, fakes::lost_before());
  create_many(30);
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines(30, "done"));
  EXPECT_EQ(report.requests, 3U + 10U);
  expect_nobody_invited_twice();
  expect_ledger_agrees(report);
  const auto changes = change_requests();
  ASSERT_EQ(changes.size(), 13U);
  const SteadyTime connection_ended = changes[1].at + milliseconds{10};
  EXPECT_GE(changes[3].at, connection_ended + options_.settle_time);
  EXPECT_LT(changes[3].at, connection_ended + options_.settle_time + seconds{1});
  EXPECT_GE(tenant_.reads(), 2U);
  for (std::size_t i = 3; i < 13; ++i) EXPECT_EQ(names_in(i).size(), 1U) << sent_[i];
}

TEST_F(CreatePhaseTest, AHundredLostUsersAreSentOnceMoreInTens) {
  create_many(111);
  tenant_.fail_change(3, fakes::lost_before());
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines(111, "done"));
  EXPECT_EQ(report.requests, 3U + 10U);
  for (std::size_t i = 3; i < 13; ++i) EXPECT_EQ(names_in(i).size(), 10U) << sent_[i];
}

TEST_F(CreatePhaseTest, WithoutASettleTimeTwoReadsAreStillNeeded) {
  options_.settle_time = milliseconds{0};
  tenant_.fail_change(1, fakes::lost_before());
  create("ada");
  EXPECT_EQ(outcomes(apply()), Lines{"done"});
  EXPECT_EQ(tenant_.reads(), 2U);
}

TEST_F(CreatePhaseTest, WhatIsLostTwiceIsNotSentAThirdTime) {
  tenant_.fail_user(email("ada"), fakes::lost_before().always());
  create("ada");
  create("bob");
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report),
            (Lines{"absent: connection reset; sent twice, and absent from complete reads since", "done"}));
  EXPECT_EQ(tenant_.changes(), 3U);
  expect_ledger_agrees(report);
}

/// While the wait is shown, as long as it takes.
struct AtWait final : Progress {
  explicit AtWait(std::function<void()> what) : at(std::move(what)) {}
  void update(std::string_view /*what*/, std::uint64_t /*done*/, std::uint64_t /*total*/) override {}
  void waiting(std::string_view why, milliseconds /*left*/) override {
    EXPECT_EQ(why, "settling creates in doubt");
    at();
  }
  std::function<void()> at;
};

TEST_F(CreatePhaseTest, ALostRequestThatTakesEffectLateIsFoundAndNotSentAgain) {
  tenant_.add_user(email("old"), {"Sales"});
  tenant_.fail_change(1, fakes::lost_before());
  create("ada", {"Engineering", "Sales"});
  AtWait late([&] {
    const bool now = clock_.steady() >= SteadyTime{} + seconds{20};
    if (now && tenant_.find(email("ada")) == nullptr) tenant_.add_user("Ada@example.com", {"Sales", "Engineering"});
  });
  const ApplyReport report = apply(nullptr, nullptr, &late);
  EXPECT_EQ(outcomes(report), Lines{"done"});
  EXPECT_EQ(tenant_.changes(), 1U);
}

TEST_F(CreatePhaseTest, AnInterruptionWhileCreatesAreSettledLeavesThemInDoubt) {
  tenant_.fail_change(1, fakes::lost_before());
  create("ada");
  const StopWhen stop([&] { return clock_.steady() >= SteadyTime{} + seconds{5}; });
  const ApplyReport report = apply(&stop);
  EXPECT_EQ(outcomes(report), Lines{"ambiguous: connection reset"});
  EXPECT_TRUE(report.interrupted);
  EXPECT_EQ(tenant_.changes(), 1U);
  expect_ledger_agrees(report);
}

TEST_F(CreatePhaseTest, ReadsThatFailWhileCreatesAreSettledAreNoProofOfAbsence) {
  tenant_.fail_change(1, fakes::lost_before());
  tenant_.fail_reads(fakes::answers(500).always());
  create("ada");
  const ApplyReport report = apply();
  EXPECT_EQ(report.actions[0].outcome, ActionOutcome::ambiguous);
  EXPECT_EQ(tenant_.changes(), 1U);
  EXPECT_GE(clock_.steady(), SteadyTime{} + options_.settle_time);
}

TEST_F(CreatePhaseTest, AServerErrorMayHaveCreatedAndIsReadBeforeAnythingIsSentAgain) {
  for (const bool executed : {true, false}) {
    const std::string who = executed ? "ada" : "bob";
    tenant_.fail_user(email(who), executed ? fakes::executed_but(500) : fakes::answers(500));
    plan_.actions.clear();
    create(who);
    const ApplyReport report = apply();
    EXPECT_EQ(outcomes(report), Lines{"done"});
    EXPECT_EQ(report.requests, executed ? 1U : 2U);
  }
  expect_nobody_invited_twice();
}

TEST_F(CreatePhaseTest, WhatCertainlyDidNotLeaveIsSentAgain) {
  tenant_.fail_change(1, fakes::not_sent());
  tenant_.fail_change(2, fakes::answers(429, "slow down", "1"));
  create("ada");
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines{"done"});
  EXPECT_EQ(report.requests, 1U);
  EXPECT_EQ(tenant_.changes(), 3U);
}

TEST_F(CreatePhaseTest, WhatNeverLeftIsReportedAsNotSent) {
  tenant_.fail_user(email("ada"), fakes::not_sent().always());
  create("ada");
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines{"not_sent: connection reset"});
  expect_ledger_agrees(report);
}

TEST_F(CreatePhaseTest, WhatIsRateLimitedToTheEndIsReportedWithTheApisWords) {
  tenant_.fail_user(email("ada"), fakes::answers(429, "slow down").always());
  create("ada");
  EXPECT_EQ(outcomes(apply()), Lines{"throttled: answered 429: slow down"});
}

// ---------------------------------------------------------------- refused batches

TEST_F(CreatePhaseTest, ASingleRefusedUserIsReportedWithTheApisWords) {
  tenant_.refuse_email(email("ada"), "email must be on our domain");
  create("ada");
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines{"refused: answered 422: email must be on our domain"});
  EXPECT_EQ(tenant_.changes(), 1U);
  EXPECT_EQ(tenant_.reads(), 1U);  // the API does not say whether that is how it refuses who exists
  expect_ledger_agrees(report);
}

TEST_F(CreatePhaseTest, OneBadRecordDoesNotHoldUpTheOthersOfItsBatch) {
  for (const int bad : {11, 60, 110}) {
    SCOPED_TRACE(bad);
    const std::string who = "user" + std::to_string(bad);
    tenant_.refuse_email(email(who), "bad record");
    create_many(111);
    const ApplyReport report = apply();
    EXPECT_EQ(count(report, ActionOutcome::done), 110U);
    EXPECT_EQ(report.actions[static_cast<std::size_t>(bad)].outcome, ActionOutcome::refused);
    EXPECT_EQ(report.actions[static_cast<std::size_t>(bad)].detail, "answered 422: bad record");
    EXPECT_LE(report.requests, 3U + 14U);  // 2·log2(100) more
    expect_nobody_invited_twice();
    expect_ledger_agrees(report);
    tenant_.forget_everything();
    plan_.actions.clear();
  }
}

TEST_F(CreatePhaseTest, ManyBadRecordsShareTheReads) {
  create_many(311);
  for (int i = 20; i < 300; i += 40) tenant_.refuse_email(email("user" + std::to_string(i)), "bad record");
  const ApplyReport report = apply();
  EXPECT_EQ(count(report, ActionOutcome::refused), 7U);
  EXPECT_EQ(count(report, ActionOutcome::done), 304U);
  EXPECT_EQ(tenant_.reads(), 8U);
  expect_nobody_invited_twice();
}

TEST_F(CreatePhaseTest, WhoWasCreatedBeforeTheBadRecordIsFoundAndNotSentAgain) {
  tenant_.set_partial_batches(true);
  tenant_.refuse_email(email("user60"), "bad record");
  create_many(111);
  const ApplyReport report = apply();
  EXPECT_EQ(count(report, ActionOutcome::done), 110U);
  EXPECT_EQ(count(report, ActionOutcome::refused), 1U);
  expect_nobody_invited_twice();
}

TEST_F(CreatePhaseTest, AUserWhoExistsMeanwhileIsFoundByTheReadAfterTheBatchWasRefused) {
  create_many(11);
  tenant_.add_user("USER5@example.com", {"Engineering"});
  tenant_.add_user(email("user6"), {"Sales"});
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines(11, "done"));  // user5 has what was asked for
  EXPECT_EQ(tenant_.groups_of(email("user6")), (std::set<std::string>{"Engineering", "Sales"}));
  EXPECT_EQ(sent_.back(), "add_member user6 Engineering");
  expect_ledger_agrees(report);
}

TEST_F(CreatePhaseTest, WhoExistsMeanwhileIsAdopted) {
  create("ada", {"Admins", "Engineering", "Sales"});
  std::get<CreateUser>(plan_.actions[0].change).grants[0].privileged = true;
  tenant_.add_user(email("ada"), {"Sales"});
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines{"done"});
  EXPECT_EQ(sent_, (Lines{"create_user ada", "add_member ada Engineering", "add_member ada Admins"}));
}

TEST_F(CreatePhaseTest, AnAdoptedUserWhoseAddFailsIsReportedSo) {
  create("ada", {"Engineering", "Sales", "Support"});
  create("bob");
  tenant_.add_user(email("ada"), {"Support"});
  tenant_.fail_change(3, fakes::answers(422, "no seats left"));
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report),
            (Lines{"refused: the user is there, and adding it to Engineering came to: answered 422: no seats "
                   "left; the user is there, and adding it to Sales came to: not tried, because an earlier "
                   "change of this user was not made",
                   "done"}));
  expect_ledger_agrees(report);
}

TEST_F(CreatePhaseTest, AnAdoptionThatIsInterruptedIsNotDone) {
  create("ada");
  tenant_.add_user(email("ada"), {"Support"});
  const StopWhen stop([&] { return tenant_.reads() > 0; });
  const ApplyReport report = apply(&stop);
  EXPECT_NE(report.actions[0].outcome, ActionOutcome::done);
  EXPECT_TRUE(report.interrupted);
  expect_ledger_agrees(report);
}

TEST_F(CreatePhaseTest, WithoutAProvedReadARefusedBatchIsNotSentAgain) {
  tenant_.set_shuffled(true);
  tenant_.set_max_limit(5);
  for (int i = 0; i < 60; ++i) tenant_.add_user(email("old" + std::to_string(i)), {"Sales"});
  tenant_.refuse_email(email("user3"), "bad record");
  create_many(11);
  const ApplyReport report = apply();
  EXPECT_EQ(count(report, ActionOutcome::done), 1U);
  EXPECT_EQ(count(report, ActionOutcome::ambiguous), 10U);  // some of them may have been made
  EXPECT_EQ(report.requests, 2U);
  EXPECT_TRUE(
      report.actions[1].detail.starts_with("answered 422: bad record; not sent again one by one, because the "
                                           "user list could not be proved complete: "))
      << report.actions[1].detail;
}

TEST_F(CreatePhaseTest, WithoutAnyReadARefusedBatchIsNotSentAgain) {
  tenant_.fail_reads(fakes::answers(500).always());
  tenant_.refuse_email(email("user3"), "bad record");
  create_many(11);
  const ApplyReport report = apply();
  EXPECT_EQ(count(report, ActionOutcome::ambiguous), 10U);
  EXPECT_EQ(report.requests, 2U);
  EXPECT_FALSE(report.stopped_by);
}

TEST_F(CreatePhaseTest, ARefusalThatIsNotAboutARecordIsFinal) {
  tenant_.fail_change(2, fakes::answers(413, "too large"));
  create_many(11);
  const ApplyReport report = apply();
  EXPECT_EQ(count(report, ActionOutcome::refused), 10U);
  EXPECT_EQ(report.actions[1].detail, "answered 413: too large");
  EXPECT_EQ(tenant_.reads(), 0U);
}

TEST_F(CreatePhaseTest, AnApiThatRefusesEverybodyHasNotSeenThemAll) {
  create_many(311);
  for (int i = 0; i < 311; ++i) tenant_.refuse_email(email("user" + std::to_string(i)), "no");
  const ApplyReport report = apply();
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->what, "the API refused 20 users one after the other, and took none");
  EXPECT_EQ(names_in(0), Lines{"user0"});
  EXPECT_EQ(names_in(1).size(), 10U);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < sent_.size(); ++i) {
    for (const std::string& name : names_in(i)) seen.insert(name);
  }
  EXPECT_LE(seen.size(), 1U + 10U + 100U);
  EXPECT_EQ(count(report, ActionOutcome::done), 0U);
  expect_ledger_agrees(report);
}

TEST_F(CreatePhaseTest, HalvesInDoubtAreSettledLikeOthers) {
  tenant_.refuse_email(email("user3"), "bad record");
  tenant_.fail_change(3, fakes::lost_before());  // the first half of the refused batch
  create_many(11);
  const ApplyReport report = apply();
  EXPECT_EQ(count(report, ActionOutcome::refused), 1U);
  EXPECT_EQ(count(report, ActionOutcome::done), 10U);
  expect_nobody_invited_twice();
  expect_ledger_agrees(report);
}

TEST_F(CreatePhaseTest, AFailedCreateDoesNotStopTheMemberships) {
  exists("bob", {"Sales"});
  tenant_.refuse_email(email("ada"), "no");
  create("ada");
  add("bob", "Engineering");
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), (Lines{"refused: answered 422: no", "done"}));
}

}  // namespace
}  // namespace cipherform
