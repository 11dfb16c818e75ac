#include "render/terminal.h"

#include <gtest/gtest.h>

#include <string>

#include "cipherform/render.h"

namespace cipherform {
namespace {

using namespace std::string_literals;

TEST(TerminalSafe, LeavesPlainTextAlone) {
  EXPECT_EQ(terminal_safe(""), "");
  EXPECT_EQ(terminal_safe("ada@example.com"), "ada@example.com");
  EXPECT_EQ(terminal_safe("groups/eng.yaml:4:7 via team platform"), "groups/eng.yaml:4:7 via team platform");
  EXPECT_EQ(terminal_safe("https://example.com/qa#top"), "https://example.com/qa#top");
  EXPECT_EQ(terminal_safe("C# \\x1b ~ \"'`<>&|"), "C# \\x1b ~ \"'`<>&|");
}

TEST(TerminalSafe, LeavesOtherScriptsAlone) {
  EXPECT_EQ(terminal_safe("Zoë Müller, 東京, Ελλάδα, עברית, 🚀"), "Zoë Müller, 東京, Ελλάδα, עברית, 🚀");
}

TEST(TerminalSafe, ShowsControlCharacters) {
  EXPECT_EQ(terminal_safe("\x1b[2J\x1b]0;x\x07"), "\\x1b[2J\\x1b]0;x\\x07");
  EXPECT_EQ(terminal_safe("a\r\nb\tc\bd\x7f"), "a\\x0d\\x0ab\\x09c\\x08d\\x7f");
  EXPECT_EQ(terminal_safe("a\0b"s), "a\\x00b");
  EXPECT_EQ(terminal_safe("\u0085\u009b31m"), "\\u0085\\u009b31m");
}

TEST(TerminalSafe, ShowsWhatReordersOrHides) {
  EXPECT_EQ(terminal_safe("a\u202Eb\u202C\u2066c\u2069\u200E\u200F\u061C"),
            "a\\u202eb\\u202c\\u2066c\\u2069\\u200e\\u200f\\u061c");
  EXPECT_EQ(terminal_safe("Ad\u200Bmi\u200Cn\u200Ds\u2060\uFEFF\u00AD"),
            "Ad\\u200bmi\\u200cn\\u200ds\\u2060\\ufeff\\u00ad");
  EXPECT_EQ(terminal_safe("a\u2028b\u2029c"), "a\\u2028b\\u2029c");
  EXPECT_EQ(terminal_safe("\U000E0041\U000E007F"), "\\U000e0041\\U000e007f");
}

TEST(TerminalSafe, KeepsTheNeighboursOfHiddenRanges) {
  EXPECT_EQ(terminal_safe("\u00A0\u200A\u2010\u2027\u202F\u205F\u2070"), "\u00A0\u200A\u2010\u2027\u202F\u205F\u2070");
  EXPECT_EQ(terminal_safe("\u200B\u2028\u202E\u202C\u206F"), "\\u200b\\u2028\\u202e\\u202c\\u206f");
}

TEST(TerminalSafe, ShowsInvalidUtf8ByteByByte) {
  EXPECT_EQ(terminal_safe("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(terminal_safe("a\x80z"), "a\\x80z");
  EXPECT_EQ(terminal_safe("\xc0\xaf"), "\\xc0\\xaf");                    // overlong '/'
  EXPECT_EQ(terminal_safe("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");           // overlong, three bytes
  EXPECT_EQ(terminal_safe("\xf0\x80\x80\xaf"), "\\xf0\\x80\\x80\\xaf");  // overlong, four bytes
  EXPECT_EQ(terminal_safe("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(terminal_safe("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond Unicode
  EXPECT_EQ(terminal_safe("\xe2\x82"), "\\xe2\\x82");                    // cut short
  EXPECT_EQ(terminal_safe("\xe2\x82z"), "\\xe2\\x82z");
}

TEST(TerminalSafe, LeavesNothingThatACiLogActsOn) {
  EXPECT_EQ(terminal_safe("::set-output name=x::y"), "\\x3a:set-output name=x\\x3a:y");
  EXPECT_EQ(terminal_safe(" :::"), " \\x3a\\x3a\\x3a");
  EXPECT_EQ(terminal_safe("##[error]"), "\\x23#[error]");
  EXPECT_EQ(terminal_safe("###vso[task]"), "\\x23\\x23#vso[task]");
}

TEST(TerminalSafe, LeavesNoColonWhereOursMayStandBesideIt) {
  EXPECT_EQ(terminal_safe(":"), "\\x3a");
  EXPECT_EQ(terminal_safe(":warning"), "\\x3awarning");
  EXPECT_EQ(terminal_safe("warning:"), "warning\\x3a");
}

TEST(TerminalSafe, OfEveryBytePairHoldsNoControl) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string safe = terminal_safe(std::string{static_cast<char>(first), static_cast<char>(second)});
      for (const char c : safe)
        ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) << first << ' ' << second;
      ASSERT_EQ(safe.find("::"), std::string::npos);
      ASSERT_EQ(terminal_safe(safe), safe) << "escaping twice changes nothing";
    }
  }
}

TEST(AppendSafe, CutsBetweenCharactersAndSaysSo) {
  std::string out;
  EXPECT_EQ(append_safe(out, "abcdef", 3), 4U);
  EXPECT_EQ(out, "abc…");
  out.clear();
  EXPECT_EQ(append_safe(out, "aßßß", 4), 3U);  // the fourth byte is half of the second ß
  EXPECT_EQ(out, "aß…");
  out.clear();
  EXPECT_EQ(append_safe(out, "abc", 3), 3U);
  EXPECT_EQ(out, "abc");
}

TEST(AppendSafe, CutsInvalidUtf8Too) {
  std::string out;
  append_safe(out, std::string(10, '\x80'), 5);
  EXPECT_EQ(out, "\\x80\\x80…");  // at most three bytes are taken for a cut character
}

TEST(AppendSafe, CountsWhatIsShown) {
  std::string out;
  EXPECT_EQ(append_safe(out, "Zoë\n"), 7U);
  EXPECT_EQ(out, "Zoë\\x0a");
}

TEST(TerminalWriter, WritesNoEscapeWithoutColor) {
  std::string out;
  TerminalWriter writer(out, false);
  writer.own("Plan", Style::bold);
  writer.name("\x1b[31m", Style::alarm);
  EXPECT_EQ(out, "Plan\\x1b[31m");
}

TEST(TerminalWriter, EndsEachStyleWhereItsTextEnds) {
  std::string out;
  TerminalWriter writer(out, true);
  writer.own("+", Style::added);
  writer.name("x\x1b[0my", Style::bold);
  EXPECT_EQ(out, "\x1b[32m+\x1b[0m\x1b[1mx\\x1b[0my\x1b[0m");
}

}  // namespace
}  // namespace cipherform
