#include "config/exported_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/states.h"

namespace cipherform::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* kOne = "11111111-0000-4000-8000-000000000001";
constexpr const char* kTwo = "22222222-0000-4000-8000-000000000002";

fakes::Live two(const std::string& first, const std::string& second) {
  return fakes::Live().group(first, {.id = kOne}).group(second, {.id = kTwo});
}

TEST(ExportedNames, AreTheTenantsOwn) {
  const ExportedNames names = exported_names(two("Engineering", "Sales"), {}, true);
  EXPECT_THAT(names.of_live, ElementsAre("Engineering", "Sales"));
  EXPECT_THAT(names.group_ids, IsEmpty());
  EXPECT_THAT(names.remarks, ElementsAre("", ""));
}

TEST(ExportedNames, OfSeveralGroupsArePinned) {
  const ExportedNames names = exported_names(two("Engineering", "Engineering"), {}, true);
  EXPECT_THAT(names.of_live, ElementsAre("Engineering", "Engineering (22222222)"));
  EXPECT_THAT(names.group_ids, ElementsAre(Pair("Engineering", kOne), Pair("Engineering (22222222)", kTwo)));
  EXPECT_THAT(names.remarks, ElementsAre("", "the tenant calls it Engineering: several groups have this name"));
}

TEST(ExportedNames, ThatDifferByCaseOrSpacesOnlyArePinned) {
  const ExportedNames names = exported_names(two("on call", "OnCall"), {}, true);
  EXPECT_THAT(names.of_live, ElementsAre("on call (11111111)", "OnCall"));
  EXPECT_THAT(names.group_ids, ElementsAre(Pair("on call (11111111)", kOne)));
}

TEST(ExportedNames, ThatADeclarationCannotHoldAreReplaced) {
  const ExportedNames names = exported_names(two("a\nb", ""), {}, true);
  EXPECT_THAT(names.of_live, ElementsAre("group 11111111", "group 22222222"));
  EXPECT_EQ(names.remarks[0], "the tenant calls it \"a\\nb\": a declaration cannot hold this name");
  EXPECT_THAT(exported_names(two(std::string(257, 'x'), " x"), {}, true).of_live,
              ElementsAre("group 11111111", "group 22222222"));
}

TEST(ExportedNames, DoNotCollideWithThoseMadeUp) {
  fakes::Live live = two("Eng", "Eng");
  live.group("Eng (22222222)", {.id = "33333333-0000-4000-8000-000000000003"});
  const ExportedNames names = exported_names(live, {}, true);
  EXPECT_THAT(names.of_live, ElementsAre("Eng", std::string("Eng (") + kTwo + ")", "Eng (22222222)"));
}

TEST(ExportedNames, FollowWhatIsPinnedAlready) {
  const std::map<std::string, std::string> pins = {{"Sales", kOne}, {"Gone", "99999999-0000-4000-8000-000000000009"}};
  const ExportedNames names = exported_names(two("ENG-Prod", "Sales"), pins, true);
  EXPECT_THAT(names.of_live, ElementsAre("Sales", "Sales (22222222)"));
  EXPECT_EQ(names.group_ids.size(), 3U);
}

TEST(ExportedNames, AreMissingWhereNothingMayBePinned) {
  const ExportedNames names = exported_names(two("Eng", "Eng"), {{"Eng", kTwo}}, false);
  EXPECT_THAT(names.of_live, ElementsAre("", "Eng"));
  EXPECT_EQ(names.remarks[0],
            "group Eng is not declared: several groups have this name; group_ids of the environment can name it: "
            "\"Eng (11111111)\": 11111111-0000-4000-8000-000000000001");
}

TEST(ExportedNames, NeedAUuidToBePinned) {
  const auto live = fakes::Live().group("x ", {.id = "no uuid\n"}).group("y ", {.id = kOne});
  const ExportedNames names = exported_names(live, {}, true);
  EXPECT_THAT(names.of_live, ElementsAre("", "group 11111111"));
  EXPECT_THAT(names.remarks[0], HasSubstr("group \"x \" (\"no uuid\\n\") is not declared"));
}

}  // namespace
}  // namespace cipherform::config
