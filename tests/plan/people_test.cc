#include "plan/people.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/states.h"

namespace cipherform::plan {
namespace {

using fakes::Desired;
using fakes::in;
using fakes::Live;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

People people_of(const DesiredState& desired, const LiveState& live) {
  const Terms terms(desired, fakes::time_of("2026-01-01T00:00:00Z"));
  const Selection everything;
  const auto groups = resolve_groups(desired, live, terms, Selector(everything));
  EXPECT_TRUE(groups.has_value());
  return groups ? match_people(desired, live, *groups, terms) : People{};
}

TEST(MatchPeople, SortsEverybodyIntoOneOfFourKinds) {
  const People people = people_of(
      Desired().group("Eng").user("new@x.com", {"Eng"}).user("quiet@x.com", {"Eng"}).user("wrong@x.com", {"Eng"}),
      Live()
          .user("WRONG@x.com", {"Ops"})
          .user("", {"Ops"})
          .user("quiet@x.com", {"Eng", "Ops"})
          .user("eve@x.com", {"Eng"}));
  ASSERT_EQ(people.noteworthy.size(), 1U);
  EXPECT_EQ(people.noteworthy[0].desired, 2U);
  EXPECT_EQ(people.noteworthy[0].live, 0U);
  EXPECT_THAT(people.absent, ElementsAre(0));
  EXPECT_THAT(people.unmanaged, ElementsAre(3));
  EXPECT_THAT(people.without_email, ElementsAre(1));
  EXPECT_THAT(people.duplicates, IsEmpty());
}

TEST(MatchPeople, FindsSomethingToSayAboutEveryDifference) {
  const DesiredState desired = Desired()
                                   .group("Eng")
                                   .group("Old")
                                   .user("deactivated@x.com", {"Eng"})
                                   .user("extra@x.com", {"Eng"})
                                   .user("lapsed@x.com", {"Eng"})
                                   .user("misses@x.com", {"Eng", "Ops"})
                                   .user("quiet@x.com", {"Eng"})
                                   .user("soon@x.com", {in("Eng").until("2026-01-05")});
  const People people = people_of(desired, Live()
                                               .group("Old")
                                               .user("deactivated@x.com", {"Eng"}, {.status = "Deactivated"})
                                               .user("extra@x.com", {"Eng", "Old"})
                                               .user("lapsed@x.com", {"Eng"}, {.status = "Expired"})
                                               .user("misses@x.com", {"Eng"})
                                               .user("quiet@x.com", {"Eng", "Undeclared"}, {.owner = true})
                                               .user("soon@x.com", {"Eng"})
                                               .group("Ops"));
  std::vector<std::string_view> noteworthy;
  for (const Pair& pair : people.noteworthy) noteworthy.push_back(desired.users[pair.desired].key);
  EXPECT_THAT(noteworthy,
              ElementsAre("deactivated@x.com", "extra@x.com", "lapsed@x.com", "misses@x.com", "soon@x.com"));
}

TEST(MatchPeople, NamesEmailsThatSeveralHave) {
  const People people = people_of(Desired().group("Eng").user("ada@x.com", {"Eng"}), Live()
                                                                                         .user("ada@x.com", {"Eng"})
                                                                                         .user("eve@x.com", {"Ops"})
                                                                                         .user("ADA@x.com", {"Eng"})
                                                                                         .user("Eve@x.com", {"Eng"})
                                                                                         .user("u@x.com", {"Ops"})
                                                                                         .user("U@x.com", {"Ops"}));
  ASSERT_EQ(people.duplicates.size(), 2U);
  EXPECT_EQ(people.duplicates.at("ada@x.com"),
            "2 users of the tenant have the email ada@x.com: " + fakes::user_id(1) + ", " + fakes::user_id(3));
  EXPECT_TRUE(people.duplicates.contains("eve@x.com"));
}

}  // namespace
}  // namespace cipherform::plan
