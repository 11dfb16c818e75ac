#include "plan/selector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/states.h"

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

class CheckSelection : public testing::Test {
 protected:
  std::vector<std::string> wrong(const Selection& selection) const {
    std::vector<std::string> texts;
    for (const Error& error : check_selection(selection, desired_, live_)) texts.push_back(error.what);
    return texts;
  }

 private:
  const DesiredState desired_ = fakes::Desired().group("Eng").user("Ada@x.com", {"Eng"});
  const LiveState live_ = fakes::Live().user("Bob@y.org", {"Legacy"});
};

TEST_F(CheckSelection, ATargetMatchesAnEmailOrAGroupOfEitherState) {
  EXPECT_THAT(wrong({}), testing::IsEmpty());
  EXPECT_THAT(wrong({{"ADA@x.com", "bob@Y.ORG", "Eng", "Leg*", "*@y.org"}, {}}), testing::IsEmpty());
  EXPECT_THAT(wrong({{"ada@x.com", "adda@x.com", "eng", "*@z.net", "["}, {}}),
              testing::ElementsAre(
                  "--target 'adda@x.com' matches no email and no group", "--target 'eng' matches no email and no group",
                  "--target '*@z.net' matches no email and no group", "--target '[' matches no email and no group"));
}

TEST_F(CheckSelection, AnExcludeWithWildcardsMayMatchNothing) {
  EXPECT_THAT(wrong({{}, {"Legacy", "*@z.net", "zoe?@x.com"}}), testing::IsEmpty());
  EXPECT_THAT(wrong({{}, {"bobb@y.org"}}),
              testing::ElementsAre("--exclude 'bobb@y.org' matches no email and no group"));
}

}  // namespace
}  // namespace cipherform::plan
