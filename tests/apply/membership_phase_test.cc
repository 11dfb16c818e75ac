#include "apply/membership_phase.h"

#include <set>

#include "apply_fixture.h"

namespace cipherform {
namespace {

class MembershipPhaseTest : public ApplyTest {
 protected:
  /// ada gets two groups and loses one; bob gets one and loses one.
  void two_people() {
    exists("ada", {"Sales"});
    exists("bob", {"Sales"});
    add("ada", "Engineering");
    add("ada", "Support");
    add("bob", "Engineering");
    remove("ada", "Sales");
    remove("bob", "Sales");
  }
  static constexpr const char* kSkipped = "skipped: not tried, because an earlier change of this user was not made";
};

TEST_F(MembershipPhaseTest, ARefusedAddSkipsTheUsersLaterActionsAndNobodyElses) {
  two_people();
  tenant_.fail_user(email("ada"), fakes::answers(422, "no seats left"));
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), (Lines{"refused: answered 422: no seats left", kSkipped, "done", kSkipped, "done"}));
  EXPECT_EQ(report.requests, 3U);
  expect_ledger_agrees(report);
}

TEST_F(MembershipPhaseTest, ASecondAddThatFailsSkipsTheRemovalOnly) {
  two_people();
  link_options_.parallelism = 1;
  tenant_.fail_change(2, fakes::answers(400));
  EXPECT_EQ(outcomes(apply()), (Lines{"done", "refused: answered 400: no", "done", kSkipped, "done"}));
}

TEST_F(MembershipPhaseTest, AFailedPrivilegedAddSkipsTheRemoval) {
  exists("ada", {"Sales"});
  add("ada", "Engineering");
  add("ada", "Admins", true);
  remove("ada", "Sales");
  tenant_.fail_change(2, fakes::answers(400));
  EXPECT_EQ(outcomes(apply()), (Lines{"done", "refused: answered 400: no", kSkipped}));
}

TEST_F(MembershipPhaseTest, AFailedRemovalSkipsTheUsersNextOne) {
  exists("ada", {"Engineering", "Sales", "Support"});
  remove("ada", "Sales");
  remove("ada", "Support");
  tenant_.fail_change(1, fakes::answers(400));
  EXPECT_EQ(outcomes(apply()), (Lines{"refused: answered 400: no", kSkipped}));
}

TEST_F(MembershipPhaseTest, WhatCertainlyDidNotLeaveIsSentAgain) {
  two_people();
  tenant_.fail_change(1, fakes::not_sent());
  tenant_.fail_change(4, fakes::answers(503, "busy", "2"));
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines(5, "done"));
  EXPECT_EQ(report.requests, 5U);
  EXPECT_EQ(tenant_.changes(), 7U);
}

TEST_F(MembershipPhaseTest, WhatNeverLeftIsNotSentAndSkipsTheUsersRest) {
  two_people();
  tenant_.fail_user(email("ada"), fakes::not_sent().always());
  EXPECT_EQ(outcomes(apply()), (Lines{"not_sent: connection reset", kSkipped, "done", kSkipped, "done"}));
}

TEST_F(MembershipPhaseTest, ALostAnswerThatTheReadShowsAsDoneGoesOn) {
  two_people();
  link_options_.parallelism = 1;
  tenant_.fail_change(1, fakes::lost_after());
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines(5, "done"));
  EXPECT_EQ(tenant_.reads(), 1U);
  EXPECT_EQ(report.requests, 5U);
  expect_ledger_agrees(report);
}

TEST_F(MembershipPhaseTest, ALostRequestIsSentOnceMoreWhenTheReadDoesNotShowIt) {
  two_people();
  link_options_.parallelism = 1;
  tenant_.fail_change(1, fakes::lost_before());
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines(5, "done"));
  EXPECT_EQ(tenant_.reads(), 1U);
  EXPECT_EQ(sent_, (Lines{"add_member ada Engineering", "add_member bob Engineering", "add_member ada Engineering",
                          "add_member ada Support", "remove_member ada Sales", "remove_member bob Sales"}));
  expect_ledger_agrees(report);
}

TEST_F(MembershipPhaseTest, ARequestThatIsLostTwiceStaysInDoubt) {
  two_people();
  link_options_.parallelism = 1;
  tenant_.fail_user(email("ada"), fakes::lost_before().always());
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), (Lines{"ambiguous: connection reset", kSkipped, "done", kSkipped, "done"}));
  EXPECT_EQ(tenant_.reads(), 2U);
  EXPECT_EQ(tenant_.changes(), 4U);
  expect_ledger_agrees(report);
}

TEST_F(MembershipPhaseTest, ALostRemovalIsSettledByTheRead) {
  exists("ada", {"Engineering", "Sales"});
  exists("bob", {"Engineering", "Sales"});
  remove("ada", "Sales");
  remove("bob", "Sales");
  tenant_.fail_user(email("ada"), fakes::lost_after());
  tenant_.fail_user(email("bob"), fakes::lost_before());
  EXPECT_EQ(outcomes(apply()), (Lines{"done", "done"}));
  EXPECT_EQ(tenant_.reads(), 1U);
  EXPECT_EQ(tenant_.changes(), 3U);
}

TEST_F(MembershipPhaseTest, AConflictOnAnAddIsDoneOnlyIfTheReadShowsIt) {
  two_people();
  tenant_.set_groups(email("ada"), {"Sales", "Engineering"});  // somebody else was faster
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines(5, "done"));
  EXPECT_EQ(tenant_.reads(), 1U);
}

TEST_F(MembershipPhaseTest, AConflictOnAnAddThatTheReadDoesNotShowIsRefused) {
  two_people();
  tenant_.fail_user(email("ada"), fakes::answers(409, "busy with something else"));
  EXPECT_EQ(outcomes(apply()),
            (Lines{"refused: answered 409: busy with something else", kSkipped, "done", kSkipped, "done"}));
}

TEST_F(MembershipPhaseTest, NotFoundOnARemovalIsDoneOnlyIfTheReadShowsIt) {
  exists("ada", {"Engineering", "Sales"});
  exists("bob", {"Engineering", "Sales"});
  remove("ada", "Sales");
  remove("bob", "Sales");
  tenant_.set_groups(email("ada"), {"Engineering"});
  tenant_.fail_user(email("bob"), fakes::answers(404, "what group?"));
  EXPECT_EQ(outcomes(apply()), (Lines{"done", "refused: answered 404: what group?"}));
  EXPECT_EQ(tenant_.reads(), 1U);
}

TEST_F(MembershipPhaseTest, NotFoundOnAnAddAndConflictOnARemovalAreRefusedWithoutAsking) {
  exists("ada", {"Engineering", "Sales"});
  exists("bob", {"Engineering", "Sales"});
  add("ada", "Support");
  remove("bob", "Sales");
  tenant_.fail_change(1, fakes::answers(404, "no such group"));
  tenant_.fail_change(2, fakes::answers(409, "locked"));
  EXPECT_EQ(outcomes(apply()), (Lines{"refused: answered 404: no such group", "refused: answered 409: locked"}));
  EXPECT_EQ(tenant_.reads(), 0U);
}

TEST_F(MembershipPhaseTest, AllDoubtsOfAPhaseShareOneRead) {
  for (int i = 0; i < 10; ++i) {
    const std::string name = "user" + std::to_string(i);
    exists(name, {"Sales"});
    add(name, "Engineering");
    tenant_.fail_user(email(name), i % 2 == 0 ? fakes::lost_after() : fakes::answers(409));
  }
  const ApplyReport report = apply();
  EXPECT_EQ(count(report, ActionOutcome::done), 5U);
  EXPECT_EQ(count(report, ActionOutcome::refused), 5U);
  EXPECT_EQ(tenant_.reads(), 1U);
}

TEST_F(MembershipPhaseTest, WhatTheReadShowsAsDoneAlreadyIsNotSent) {
  exists("ada", {"Sales"});
  for (const char* name : {"Engineering", "Support", "Admins"}) add("ada", name);
  tenant_.set_groups(email("ada"), {"Sales", "Engineering", "Support"});
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines(3, "done"));
  EXPECT_EQ(sent_, (Lines{"add_member ada Engineering", "add_member ada Admins"}));
  EXPECT_EQ(tenant_.reads(), 1U);
}

TEST_F(MembershipPhaseTest, WithoutAProvedReadADoubtStaysAndTheRestIsSkipped) {
  two_people();
  tenant_.set_shuffled(true);
  tenant_.set_max_limit(5);
  for (int i = 0; i < 60; ++i) tenant_.add_user(email("old" + std::to_string(i)), {"Sales"});
  tenant_.fail_user(email("ada"), fakes::lost_after());
  const ApplyReport report = apply();
  EXPECT_EQ(report.actions[0].outcome, ActionOutcome::ambiguous);
  EXPECT_TRUE(report.actions[0].detail.starts_with("connection reset; the user list could not be proved complete: "))
      << report.actions[0].detail;
  EXPECT_EQ(report.actions[1].outcome, ActionOutcome::skipped);
  EXPECT_EQ(report.actions[2].outcome, ActionOutcome::done);
  EXPECT_EQ(report.actions[3].outcome, ActionOutcome::skipped);
  EXPECT_EQ(report.actions[4].outcome, ActionOutcome::done);
}

TEST_F(MembershipPhaseTest, WithoutAProvedReadEvenAConflictIsADoubt) {
  exists("ada", {"Sales"});
  add("ada", "Engineering");
  tenant_.fail_reads(fakes::answers(500).always());
  tenant_.fail_change(1, fakes::answers(409, "already a member"));
  const ApplyReport report = apply();
  EXPECT_EQ(report.actions[0].outcome, ActionOutcome::ambiguous);
  EXPECT_TRUE(report.actions[0].detail.starts_with("answered 409: already a member; the tenant could not be read: "))
      << report.actions[0].detail;
}

TEST_F(MembershipPhaseTest, AnEmptyUserListSettlesNothing) {
  exists("ada", {"Engineering", "Sales"});
  remove("ada", "Sales");
  tenant_.fail_change(1, fakes::lost_before());
  at_change_ = [this](std::size_t) { tenant_.erase_user(email("ada")); };
  EXPECT_EQ(apply().actions[0].outcome, ActionOutcome::ambiguous);
}

TEST_F(MembershipPhaseTest, AUserWhoIsGoneIsSaidToBe) {
  exists("ada", {"Sales"});
  exists("bob", {"Sales"});
  add("ada", "Engineering");
  tenant_.fail_change(1, fakes::lost_before());
  at_change_ = [this](std::size_t) { tenant_.erase_user(email("ada")); };
  const ApplyReport report = apply();
  EXPECT_EQ(report.actions[0].outcome, ActionOutcome::ambiguous);
  EXPECT_TRUE(report.actions[0].detail.starts_with("connection reset; now: ")) << report.actions[0].detail;
}

TEST_F(MembershipPhaseTest, UsersWithoutAnEmailAreToldApartByTheirIds) {
  exists("ada", {"Engineering", "Sales"});
  exists("bob", {"Engineering", "Sales"});
  remove("ada", "Sales");
  remove("bob", "Sales");
  for (Action& action : plan_.actions) std::get<RemoveMember>(action.change).email.clear();
  tenant_.before_change({});
  tenant_.fail_change(1, fakes::answers(400));
  EXPECT_EQ(outcomes(apply()), (Lines{"refused: answered 400: no", "done"}));
}

TEST_F(MembershipPhaseTest, APageInsteadOfAnAnswerIsSettledByReading) {
  two_people();
  fakes::Fault page = fakes::answers(200);
  page.answer->body = "<html>Welcome to the hotel</html>";
  tenant_.fail_change(1, page);
  const ApplyReport report = apply();
  EXPECT_EQ(outcomes(report), Lines(5, "done"));
  EXPECT_EQ(tenant_.groups_of(email("ada")), (std::set<std::string>{"Engineering", "Support"}));
  EXPECT_EQ(tenant_.reads(), 1U);
  EXPECT_EQ(tenant_.changes(), 6U);
}

}  // namespace
}  // namespace cipherform
