#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cipherform/render.h"
#include "fakes/golden.h"
#include "fakes/log_safety.h"
#include "fakes/tenant_differences.h"
#include "render/markdown_escape.h"

namespace cipherform {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string golden(const char* name, std::string_view text) {
  return fakes::golden_difference(std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / "render" / name,
                                  text);
}

TEST(DiffMarkdown, ShowsWarningsThenPeopleThenNotes) {
  EXPECT_EQ(golden("diff_rich.md", render_markdown(fakes::rich_difference())), "");
  EXPECT_EQ(golden("diff_empty.md", render_markdown(fakes::empty_difference())), "");
}

TEST(DiffMarkdown, NothingInANameActs) {
  const std::string text = render_markdown(fakes::hostile_difference());
  EXPECT_EQ(fakes::acted_on(text), "");
  EXPECT_EQ(golden("diff_hostile.md", text), "");
}

TEST(DiffMarkdown, FitsACommentAtAnySize) {
  for (const std::size_t people : {21U, 300U, 1'000U, 20'000U}) {
    const std::string text = render_markdown(fakes::large_difference(people));
    EXPECT_LE(text.size(), 64'000U) << people;
  }
  const std::string large = render_markdown(fakes::large_difference(20'000));
  EXPECT_THAT(large, HasSubstr("<details><summary>20,000 people</summary>"));
  EXPECT_THAT(large, HasSubstr("- and 19,950 more\n"));
  EXPECT_THAT(large, EndsWith("is in the text and JSON forms of this difference.\n"));
}

TEST(DiffMarkdown, OfManyLongNamesFitsToo) {
  TenantDifference difference = fakes::large_difference(3'000);
  const std::string monster(5'000, '`');
  for (ComparedTenant& tenant : difference.tenants) {
    tenant.environment = tenant.base_url = tenant.proof.reason = monster;
    tenant.proof.complete = false;
  }
  for (PersonDifference& person : difference.people) person.email = {monster, true};
  difference.selection.excludes.assign(500, monster);
  EXPECT_LE(render_markdown(difference).size(), 64'000U);
}

TEST(DiffMarkdown, TheMarkerIsOfThePairInItsOrder) {
  EXPECT_EQ(diff_marker("qa", "prod"), "<!-- cipherform:diff:qa:prod -->");
  EXPECT_NE(diff_marker("a:b", "c"), diff_marker("a", "b:c"));
  EXPECT_THAT(diff_marker("-->", std::string(500, 'x')), StartsWith("<!-- cipherform:diff:-%2D%3E:sha256-"));
}

}  // namespace
}  // namespace cipherform
