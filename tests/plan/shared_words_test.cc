#include "plan/shared_words.h"

#include <gtest/gtest.h>

#include "fakes/states.h"

namespace cipherform::plan {
namespace {

using fakes::Live;

TEST(SharedWords, APinnedNameIsNotThatOfAnotherGroup) {
  const LiveState live = Live().group("Eng", {.id = "A1"}).group("Old", {.id = "b2"});
  const Mapping words{{{"Eng", "Eng-2"}}, {}};
  const std::map<std::string, std::string> ids{{"Sales", "B2"}};
  const TenantView view{"qa", "u", words, ids, live};
  EXPECT_EQ(group_word(view, Side::second, live.groups[0]), (Word{"Eng", Wording::second_own}));
  EXPECT_EQ(group_word(view, Side::first, live.groups[1]), (Word{"Sales", Wording::declared}));
}

TEST(SharedWords, PeopleAreSortedByTheDeclaredEmailWithoutCase) {
  const LiveState live = Live().user("Zoe@qa.x.com", {}).user("", {}).user("bob@x.com", {}).user("ADA@y.com", {});
  const Mapping words{{}, {{"x.com", "qa.x.com"}}};
  const std::map<std::string, std::string> ids;
  const PeopleWords people({"qa", "u", words, ids, live}, Side::first);
  ASSERT_EQ(people.sorted().size(), 3U);
  EXPECT_EQ(people.sorted()[0].key, (Word{"ada@y.com", Wording::declared}));
  EXPECT_EQ(people.sorted()[1].key, (Word{"bob@x.com", Wording::first_own}));
  EXPECT_EQ(people.sorted()[2].key, (Word{"zoe@x.com", Wording::declared}));
}

}  // namespace
}  // namespace cipherform::plan
