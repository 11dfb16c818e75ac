// Escaping for pages, and policy hashes against values that others published.
#include "render/html_text.h"

#include <gtest/gtest.h>

#include <string>

namespace cipherform {
namespace {

std::string named(std::string_view text) {
  std::string out;
  HtmlWriter(out).name(text);
  return out;
}

std::string script_json(std::string_view text) {
  std::string out;
  append_script_json(out, text);
  return out;
}

TEST(HtmlWriter, LeavesNothingThatIsMarkup) {
  EXPECT_EQ(named("<b a=\"1\" c='2'>&amp;</b>"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;");
}

TEST(HtmlWriter, ShowsWhatAReaderWouldNotSee) {
  EXPECT_EQ(named("Ad\u202Emins\n\x1b[2J\u200B\xff"), "Ad\\u202emins\\x0a\\x1b[2J\\u200b\\xff");
}

TEST(HtmlWriter, CutsWhatIsTooLongBeforeItEscapes) {
  const std::string text = named(std::string(300, '<'));
  EXPECT_EQ(text.size(), 256 * 4 + std::string("…").size());
  EXPECT_TRUE(text.ends_with("&lt;…"));
}

TEST(HtmlWriter, LeavesItsOwnMarkupAlone) {
  std::string out;
  HtmlWriter(out).own("<p class=\"x\">");
  EXPECT_EQ(out, "<p class=\"x\">");
}

TEST(ScriptJson, CannotEndTheElementThatItStandsIn) {
  EXPECT_EQ(script_json("</script><!--&]]>"), R"("\u003c/script\u003e\u003c!--\u0026]]\u003e")");
}

TEST(ScriptJson, IsJson) {
  EXPECT_EQ(script_json("a\"b\\c\n\x7f\u00e9"), R"("a\"b\\c\u000a\u007f)"
                                                "\u00e9\"");
}

TEST(ScriptJson, EscapesLineSeparatorsAndNothingBesideThem) {
  EXPECT_EQ(script_json("\u2027\u2028\u2029\u202a"), "\"\u2027\\u2028\\u2029\u202a\"");
}

TEST(PolicyHash, IsWhatOthersComputed) {
  // W3C, Content Security Policy Level 3, section 8.2; and the hash of nothing.
  EXPECT_EQ(policy_hash("alert('Hello, world.');"), "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
  EXPECT_EQ(policy_hash(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
}

}  // namespace
}  // namespace cipherform
