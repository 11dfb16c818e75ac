#include "render/rows.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "render/sample_plans.h"

namespace cipherform {
namespace {

std::vector<std::string> people_of(const PlanRows& rows) {
  std::vector<std::string> people;
  for (const PersonRow& person : rows.people) {
    std::string text{static_cast<char>(person.mark)};
    text += ' ';
    text += person.email.empty() ? person.user_id : person.email;
    for (std::size_t i = person.first; i < person.first + person.count; ++i) {
      const MembershipRow& row = rows.memberships[i];
      text += std::string{" "} + static_cast<char>(row.mark) + std::string{row.group};
    }
    people.push_back(std::move(text));
  }
  return people;
}

TEST(Rows, GroupByPersonAndKeepThePlansOrderWithin) {
  const Plan plan = samples::rich_plan();
  EXPECT_EQ(people_of(make_rows(plan)), (std::vector<std::string>{
                                            "~ 7d9f0a52-90c0-4b58-8f0e-3c1f6f0f8a11 -Contractors",
                                            "+ Ada@example.com +Admins +Engineering +Everyone",
                                            "! bob@example.com +Payments +Admins -Contractors !Old team",
                                            "~ eve@example.com +Everyone -Auditors",
                                            "! fay@example.com !Contractors",
                                            "+ zoe@example.com +Everyone",
                                        }));
}

TEST(Rows, JoinOnePersonWhateverTheCaseOfTheEmail) {
  Plan plan = samples::plan_to_report();
  std::get<AddMember>(plan.actions[3].change).email = "BOB@Example.com";
  const PlanRows rows = make_rows(plan);
  ASSERT_EQ(rows.people.size(), 4U);
  EXPECT_EQ(rows.people[1].email, "bob@example.com");
  EXPECT_EQ(rows.people[1].count, 3U);
}

TEST(Rows, KeepPersonsWithoutAnEmailApart) {
  Plan plan = samples::empty_plan();
  for (const char* id : {"id-2", "id-1", "id-2"}) {
    plan.actions.push_back({"x", RemoveMember{id, "", {"g", "G"}, RemovalCause::not_declared, {}}});
  }
  EXPECT_EQ(people_of(make_rows(plan)), (std::vector<std::string>{"~ id-1 -G", "~ id-2 -G -G"}));
}

TEST(Rows, SayWhy) {
  const Plan plan = samples::rich_plan();
  const PlanRows rows = make_rows(plan);
  std::vector<std::string> whys;
  for (const MembershipRow& row : rows.memberships) whys.push_back(why_of(row));
  EXPECT_EQ(whys,
            (std::vector<std::string>{
                "not declared",
                "users/ada.yaml:4:7, until 2027-01-31 (in 12 days), OPS-411",
                "groups/eng.yaml:4:7 via team platform",
                "groups/everyone.yaml:3:5 and users/ada.yaml:3:14",
                "groups/pay.yaml:9:7, PAY-7",
                "groups/admins.yaml:5:7 and users/bob.yaml:2:14, until 2028-06-30 (in 17 months), SEC-1 and SEC-2",
                "not declared",
                "blocked: two users of the tenant have the email bob@example.com",
                "fallback, because no other group would be left",
                "ended 2027-01-16 (2 days ago), groups/audit.yaml:8:5, AUD-3",
                "blocked: it is the last group of fay@example.com, and no fallback_group is set",
                "teams/a.yaml:1:1 via team a, teams/b.yaml:2:2 via team b and 2 more",
            }));
}

TEST(Rows, TellWithheldRemovalsFromOtherBlocks) {
  const Plan plan = samples::unproved_plan(5);
  const PlanRows rows = make_rows(plan);
  ASSERT_EQ(rows.people.size(), 5U);
  EXPECT_TRUE(rows.people[0].withheld);
  EXPECT_FALSE(rows.people[3].withheld) << "this person is added to a group too";
  EXPECT_EQ(rows.people[3].mark, Mark::blocked);
  EXPECT_FALSE(make_rows(samples::blocked_plan()).people[0].withheld);
}

TEST(Rows, KeepThePlansOrderOfHoweverManyChangesOfOnePerson) {
  Plan plan;
  std::string expected = "~ ada@x.com";
  for (int i = 0; i < 100; ++i) {
    const std::string group = std::to_string(i * 37 % 100);
    plan.actions.push_back({group, RemoveMember{"id", "ada@x.com", {group, group}, RemovalCause::not_declared, {}}});
    expected += " -" + group;
  }
  EXPECT_EQ(people_of(make_rows(plan)), std::vector<std::string>{expected});
}

TEST(Rows, PutFindingsThatMatterFirst) {
  const Plan plan = samples::plan_with_many_findings();
  std::vector<std::string> titles;
  for (const FindingSection& section : make_rows(plan).sections) titles.push_back(section.title);
  EXPECT_EQ(titles, (std::vector<std::string>{
                        "Groups not listed (1)",
                        "Groups that an identity provider fills (1)",
                        "Privileged, and declared by nobody (1)",
                        "Removals withheld (1)",
                        "Declared, but deactivated in the tenant (60)",
                        "Declared, but the invitation has expired (1)",
                        "Ended, but kept because the group is additive (1)",
                        "2 users without an email",
                        "12,411 unmanaged users",
                    }));
}

TEST(Rows, PutWhoAppearedAndVanishedBeforeOtherFindings) {
  const Plan plan = samples::drift_plan();
  std::vector<std::string> titles;
  for (const FindingSection& section : make_rows(plan).sections) titles.push_back(section.title);
  EXPECT_EQ(titles, (std::vector<std::string>{"Appeared, and declared by nobody (1)", "Vanished (1)",
                                              "Appeared, and declared (1)", "1 unmanaged user"}));
}

TEST(Rows, NameAFindingsSubjectOnce) {
  EXPECT_EQ(sentence_of({FindingKind::removal_withheld, "bob@x.com", "G", "bob@x.com keeps G"}), "bob@x.com keeps G");
  EXPECT_EQ(sentence_of({FindingKind::removal_withheld, "bob@x.com", "G", "an owner"}), "bob@x.com: an owner");
  EXPECT_EQ(sentence_of({FindingKind::removal_withheld, "bob@x.com", "G", ""}), "bob@x.com (G)");
}

TEST(SummaryLine, CountsAPersonsGrantsOnlyWithTheCreate) {
  EXPECT_EQ(summary_line(samples::plan_to_report()), "Plan: 2 to create, 2 to add, 2 to remove.");
  EXPECT_EQ(summary_line(samples::rich_plan()), "Plan: 2 to create, 3 to add, 3 to remove, 2 blocked.");
  EXPECT_EQ(summary_line(samples::blocked_plan()), "Plan: 0 to create, 0 to add, 0 to remove, 1 blocked.");
  EXPECT_EQ(summary_line(samples::empty_plan()), "No changes. qa matches the declaration.");
  Plan partial = samples::empty_plan();
  partial.selection.excludes = {"Payments"};
  Plan drift = samples::drift_plan();
  EXPECT_EQ(summary_line(drift), "Drift: 1 to create, 1 to add, 1 to remove.");
  drift.actions.clear();
  EXPECT_EQ(summary_line(drift), "No drift. qa matches the declaration.");
  drift.selection.targets = {"Payments"};
  EXPECT_EQ(summary_line(drift), "No drift in what is selected; the rest of qa was not compared.");
  EXPECT_EQ(summary_line(partial), "No changes in what is selected; the rest of qa was not compared.");
}

TEST(RequestsLine, EstimatesTheTime) {
  EXPECT_EQ(requests_line(samples::empty_plan()), "Requests: 0.");
  EXPECT_EQ(requests_line(samples::plan_to_report()), "Requests: 6, about 1 s at 10 requests/s.");
  EXPECT_EQ(requests_line(samples::large_plan(5'000)), "Requests: 15000, about 25 min at 10 requests/s.");
}

}  // namespace
}  // namespace cipherform
