// Who has what in one tenant and not in the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <random>
#include <set>

#include "cipherform/diff.h"
#include "fakes/states.h"

namespace cipherform {
namespace {

using fakes::Live;
using testing::ElementsAre;
using testing::IsEmpty;
using Lines = std::vector<std::string>;

/// Two tenants and how each spells what is declared.
struct Tenants {
  LiveState first;
  LiveState second;
  Mapping first_words = {};
  Mapping second_words = {};
  std::map<std::string, std::string> first_ids = {};

  TenantView qa() const { return {"qa", "https://x/qa", first_words, first_ids, first}; }
  TenantView prod() const { return {"prod", "https://x/prod", second_words, no_ids, second}; }
  TenantDifference compared(const Selection& selection = {}) const { return compare_tenants(qa(), prod(), selection); }

  std::map<std::string, std::string> no_ids = {};
};

/// "ada@x.com: -Eng +Admins", "only qa: bob@x.com: -Eng"; a star marks a tenant's own name.
Lines people(const TenantDifference& difference) {
  const auto name = [](const ComparedName& compared) { return compared.text + (compared.own ? "*" : ""); };
  Lines lines;
  for (const PersonDifference& person : difference.people) {
    std::string line = person.presence == Presence::both         ? ""
                       : person.presence == Presence::only_first ? "only qa: "
                                                                 : "only prod: ";
    line += name(person.email) + ":";
    for (const auto& membership : person.memberships) {
      line += (membership.only_in == Side::first ? " -" : " +") + name(membership.group);
    }
    lines.push_back(line);
  }
  return lines;
}

Lines notes(const TenantDifference& difference) {
  Lines lines;
  for (const DifferenceNote& note : difference.notes) lines.push_back(note.message);
  return lines;
}

TEST(CompareTenants, FindsNothingInTheSame) {
  const Tenants same{Live().user("ada@x.com", {"Eng", "Ops"}).user("bob@x.com", {"Eng"}),
                     Live().user("bob@x.com", {"Eng"}).user("ADA@x.com", {"Ops", "Eng"})};
  EXPECT_TRUE(same.compared().empty());
  EXPECT_THAT(notes(same.compared()), IsEmpty());
}

TEST(CompareTenants, SaysWhoIsOnlyInOneAndWhatDiffers) {
  const Tenants tenants{
      Live().user("ada@x.com", {"Eng", "Ops"}).user("bob@x.com", {"Ops"}).user("cyd@x.com", {"Ops", "Eng"}),
      Live().user("dan@x.com", {"Ops"}).user("ada@x.com", {"Ops", "Admins"}).user("cyd@x.com", {"Eng", "Ops"})};
  const TenantDifference difference = tenants.compared();
  EXPECT_THAT(people(difference),
              ElementsAre("ada@x.com: +Admins -Eng", "only qa: bob@x.com: -Ops", "only prod: dan@x.com: +Ops"));
  EXPECT_EQ(difference.counts(), (DifferenceCounts{{1, 1}, 1, 2}));
  EXPECT_THAT(notes(difference), ElementsAre("qa has no group Admins"));
  EXPECT_EQ(difference.tenants[0].users, 3U);
  EXPECT_EQ(difference.tenants[1].live_digest, digest(tenants.second));
}

TEST(CompareTenants, SpeaksTheDeclarationsWords) {
  const Tenants tenants{.first = Live().user("ada@qa.x.com", {"Eng"}),
                        .second = Live().user("ada@x.com", {"ENG-Prod"}),
                        .first_words = {{}, {{"x.com", "qa.x.com"}}},
                        .second_words = {{{"Eng", "ENG-Prod"}}, {}}};
  EXPECT_TRUE(tenants.compared().empty());
}

TEST(CompareTenants, NeverTakesATenantsOwnNameForADeclaredOne) {
  // What qa calls ada@x.com and "Eng" is not what is declared so: that is ada@qa.x.com and "ENG" there.
  const Tenants tenants{.first = Live().user("ada@x.com", {"Eng"}).user("bob@qa.x.com", {"ENG"}),
                        .second = Live().user("ada@x.com", {"Eng"}).user("bob@x.com", {"Eng"}),
                        .first_words = {{{"Eng", "ENG"}}, {{"x.com", "qa.x.com"}}}};
  EXPECT_THAT(people(tenants.compared()), ElementsAre("only prod: ada@x.com: +Eng", "only qa: ada@x.com*: -Eng*"));
  EXPECT_THAT(notes(tenants.compared()), ElementsAre("the declaration has no word for the group that qa calls Eng"));
}

TEST(CompareTenants, APinnedIdIsTheDeclaredGroupWhateverItsName) {
  const Tenants tenants{.first = Live().user("ada@x.com", {"Renamed"}).user("bob@x.com", {"Eng"}),
                        .second = Live().user("ada@x.com", {"Eng"}).user("bob@x.com", {"Eng"}),
                        .first_ids = {{"Eng", fakes::group_id("Renamed")}}};
  EXPECT_THAT(people(tenants.compared()), ElementsAre("bob@x.com: +Eng -Eng*"));
}

TEST(CompareTenants, ComparesOnlyWhatIsSelected) {
  const Tenants tenants{Live().user("ada@x.com", {"Eng", "Ops"}).user("bob@x.com", {"Ops"}).user("eve@x.com", {}),
                        Live().group("Eng").user("ada@x.com", {})};
  EXPECT_THAT(people(tenants.compared({{"Eng"}, {}})), ElementsAre("ada@x.com: -Eng"));
  EXPECT_THAT(people(tenants.compared({{"BOB@*", "eve@x.com"}, {}})),
              ElementsAre("only qa: bob@x.com: -Ops", "only qa: eve@x.com:"));
  EXPECT_THAT(people(tenants.compared({{}, {"Ops"}})), ElementsAre("ada@x.com: -Eng", "only qa: eve@x.com:"));
}

TEST(CompareTenants, SaysWhatCouldNotBeCompared) {
  const Tenants tenants{Live()
                            .group("Eng", {.id = "g-1"})
                            .group("Eng", {.id = "g-2"})
                            .user("ada@x.com", {"g-1"}, {.id = "u-1"})
                            .user("Ada@x.com", {"g-2", "Ops"}, {.id = "u-2"})
                            .user("", {"Ops"}, {.id = "u-3"})
                            .user("bob@x.com", {"Ops"}, {.status = "Deactivated"}),
                        Live().user("ada@x.com", {"Eng", "Ops"}).user("bob@x.com", {"Ops"}).groups_not_listed()};
  EXPECT_TRUE(tenants.compared().empty());
  EXPECT_THAT(notes(tenants.compared()),
              ElementsAre("the key of prod may not list groups, so those without members are not known",
                          "2 groups of qa have the name Eng, and were taken as one: g-1, g-2",
                          "2 users of qa have the email ada@x.com, and their groups were taken together: u-1, u-2",
                          "user u-3 of qa has no email and cannot be compared; is in Ops",
                          "bob@x.com is deactivated in qa, and not in prod"));
}

TEST(CompareTenants, KeepsTheProofsOfBothLists) {
  const Tenants tenants{Live().user("ada@x.com", {"Eng"}), Live().group("Eng").unproved("it shrank")};
  EXPECT_FALSE(tenants.compared().proved());
  EXPECT_EQ(tenants.compared().tenants[1].proof.reason, "it shrank");
}

TEST(CompareTenants, ASelectionThatMatchesNobodyIsAnError) {
  const Tenants tenants{.first = Live().user("ada@qa.x.com", {"Eng"}),
                        .second = Live().user("bob@x.com", {"Ops"}),
                        .first_words = {{}, {{"x.com", "qa.x.com"}}}};
  EXPECT_THAT(check_selection({{"ada@x.com", "Ops"}, {"nix*"}}, tenants.qa(), tenants.prod()), IsEmpty());
  const auto errors = check_selection({{"ada@qa.x.com"}, {"Opps"}}, tenants.qa(), tenants.prod());
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(
      to_string(errors[0]),
      "error: --target 'ada@qa.x.com' matches no email and no group (neither in qa nor in prod, in the declaration's "
      "words)");
}

/// Against the obvious comparison by sets, on random tenants.
TEST(CompareTenants, FindsWhatAComparisonOfSetsFinds) {
  std::mt19937 random(7);
  const auto below = [&random](unsigned bound) { return static_cast<unsigned>(random() % bound); };
  for (int round = 0; round < 200; ++round) {
    std::array<std::map<std::string, std::set<std::string>>, 2> sets;
    std::array<Live, 2> live;
    for (std::size_t side = 0; side < 2; ++side) {
      for (unsigned user = 0; user < 8; ++user) {
        if (below(3) == 0) continue;
        const std::string email = std::string(1, static_cast<char>('a' + user)) + "@x.com";
        auto& groups = sets.at(side)[email];
        for (unsigned g = 0; g < 4; ++g) {
          if (below(2) == 0) groups.insert(std::string(1, static_cast<char>('A' + g)));
        }
        live.at(side).user(email, {groups.begin(), groups.end()});
      }
    }
    DifferenceCounts counts;
    for (std::size_t side = 0; side < 2; ++side) {
      for (const auto& [email, groups] : sets.at(side)) counts.only_in.at(side) += !sets.at(1 - side).contains(email);
    }
    for (const auto& [email, groups] : sets[0]) {
      if (!sets[1].contains(email) || sets[1][email] == groups) continue;
      ++counts.differ;
      std::vector<std::string> either;
      std::set_symmetric_difference(groups.begin(), groups.end(), sets[1][email].begin(), sets[1][email].end(),
                                    std::back_inserter(either));
      counts.memberships += static_cast<std::uint32_t>(either.size());
    }
    const Tenants tenants{live[0], live[1]};
    ASSERT_EQ(tenants.compared().counts(), counts) << round;
  }
}

}  // namespace
}  // namespace cipherform
