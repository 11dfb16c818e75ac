// Whole answers against golden files; what must hold of every answer beside them.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cipherform/render.h"
#include "fakes/explanations.h"
#include "fakes/golden.h"

namespace cipherform {
namespace {

std::string difference(const char* name, std::string_view text) {
  return fakes::golden_difference(
      std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / "render" / (std::string{name} + ".txt"),
      text);
}

bool says(const Explanation& explanation, std::string_view words) {
  return render_explanation(explanation, {}).find(words) != std::string::npos;
}

TEST(RenderExplanation, TellsEverythingAboutAPerson) {
  EXPECT_EQ(difference("explain_rich", render_explanation(fakes::rich_explanation(), {})), "");
}

TEST(RenderExplanation, Colors) {
  EXPECT_EQ(difference("explain_rich_color", render_explanation(fakes::rich_explanation(), {.color = true})), "");
}

TEST(RenderExplanation, TellsOfSomebodyWhoIsCreated) {
  EXPECT_EQ(difference("explain_newcomer", render_explanation(fakes::newcomer_explanation(), {})), "");
}

TEST(RenderExplanation, TellsTheUsersOfOneEmailApart) {
  EXPECT_EQ(difference("explain_duplicate", render_explanation(fakes::duplicate_explanation(), {})), "");
}

TEST(RenderExplanation, NamesSomebodyWithoutAnEmailByTheId) {
  EXPECT_EQ(difference("explain_nameless", render_explanation(fakes::nameless_explanation(), {})), "");
}

TEST(RenderExplanation, SaysWhereElseSomebodyIsDeclared) {
  Explanation ada = fakes::newcomer_explanation();
  ada.declared = false;
  ada.groups.clear();
  EXPECT_TRUE(says(ada, "\n  Mentioned at users/bob.yaml:1:10, but nothing asks for a group in any environment.\n"));
  EXPECT_TRUE(says(ada, "\n  Not in the tenant, and will not be created.\n"));
  EXPECT_TRUE(says(ada, "\n  is in no group, and nothing asks for one\n"));
  EXPECT_TRUE(says(ada, "\nNothing changes for bob@example.com.\n"));
  ada.other_environments = {"prod", "dr"};
  EXPECT_TRUE(says(ada, "\n  Not declared here, only in prod and dr, first at users/bob.yaml:1:10.\n"));
  ada.other_environments.clear();
  ada.at.reset();
  EXPECT_TRUE(says(ada, "\n  Not declared: touched only by authoritative groups.\n"));
}

TEST(RenderExplanation, EscapesHostileNames) {
  const std::string text = render_explanation(fakes::hostile_explanation(), {});
  EXPECT_EQ(difference("explain_hostile", text), "");
  for (const char c : text) ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n');
  EXPECT_EQ(text.find("::"), std::string::npos);
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
  EXPECT_EQ(text.find('\xff'), std::string::npos);
}

TEST(RenderExplanation, ColorAddsNothingButColor) {
  for (const Explanation& explanation : {fakes::rich_explanation(), fakes::duplicate_explanation()}) {
    std::string text = render_explanation(explanation, {.color = true});
    for (const std::string_view code : {"\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[1;31m"}) {
      for (auto at = text.find(code); at != std::string::npos; at = text.find(code, at)) text.erase(at, code.size());
    }
    EXPECT_EQ(text, render_explanation(explanation, {}));
  }
}

}  // namespace
}  // namespace cipherform
