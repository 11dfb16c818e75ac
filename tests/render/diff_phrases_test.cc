#include "render/diff_phrases.h"

#include <gtest/gtest.h>

#include "fakes/tenant_differences.h"

namespace cipherform {
namespace {

std::string summary_of(std::uint32_t only_first, std::uint32_t only_second, std::uint32_t differ) {
  TenantDifference difference = fakes::empty_difference();
  for (std::uint32_t i = 0; i < only_first; ++i) difference.people.push_back({{"a"}, Presence::only_first, {}});
  for (std::uint32_t i = 0; i < only_second; ++i) difference.people.push_back({{"b"}, Presence::only_second, {}});
  for (std::uint32_t i = 0; i < differ; ++i) {
    difference.people.push_back({{"c"}, Presence::both, {{{"Eng"}, Side::first}}});
  }
  return summary_line(difference);
}

TEST(DiffPhrases, CountsWhatThereIs) {
  EXPECT_EQ(summary_of(2, 1, 5), "2 people only in qa, 1 only in prod, 5 differ: 5 memberships.");
  EXPECT_EQ(summary_of(0, 1, 0), "1 person only in prod.");
  EXPECT_EQ(summary_of(0, 0, 1), "1 person differs: 1 membership.");
}

TEST(DiffPhrases, ClaimsNoMoreThanWasSeen) {
  TenantDifference difference = fakes::empty_difference();
  EXPECT_EQ(summary_line(difference), "No differences.");
  difference.selection.targets = {"Eng"};
  EXPECT_EQ(summary_line(difference), "No differences in what is selected.");
  difference.tenants[0].proof.complete = false;
  EXPECT_EQ(summary_line(difference), "No differences in what was seen.");
}

TEST(DiffPhrases, NotesStandUnderTheirKind) {
  const TenantDifference difference = fakes::rich_difference();
  const auto sections = note_sections(difference);
  ASSERT_EQ(sections.size(), 6U);
  EXPECT_EQ(sections[1].title, "Groups that only one has (1)");
  EXPECT_EQ(sections[1].notes.front()->subject, "Sales");
}

}  // namespace
}  // namespace cipherform
