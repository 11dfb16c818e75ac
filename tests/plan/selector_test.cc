#include "plan/selector.h"

#include <gtest/gtest.h>

namespace cipherform::plan {
namespace {

bool selects(const Selection& selection, std::string_view email, std::string_view group) {
  const Selector selector(selection);
  return selected(selector.of_email(email), selector.of_group(group));
}

TEST(Selector, SelectsEverythingWithoutGlobs) { EXPECT_TRUE(selects({}, "ada@x.com", "Eng")); }

TEST(Selector, MatchesEmailsWithoutCaseAndGroupsExactly) {
  EXPECT_TRUE(selects({{"ADA@*"}, {}}, "ada@x.com", "Eng"));
  EXPECT_TRUE(selects({{"En?"}, {}}, "ada@x.com", "Eng"));
  EXPECT_FALSE(selects({{"eng"}, {}}, "ada@x.com", "Eng"));
  EXPECT_FALSE(selects({{"bob@*", "Ops"}, {}}, "ada@x.com", "Eng"));
}

TEST(Selector, AnExcludeBeatsATarget) {
  EXPECT_FALSE(selects({{"ada@*"}, {"Eng"}}, "ada@x.com", "Eng"));
  EXPECT_FALSE(selects({{"Eng"}, {"Ada@*"}}, "ada@x.com", "Eng"));
  EXPECT_TRUE(selects({{}, {"Ops", "bob@*"}}, "ada@x.com", "Eng"));
}

}  // namespace
}  // namespace cipherform::plan
