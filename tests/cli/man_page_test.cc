#include "cli/man_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/command_table.h"

namespace cipherform::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(RoffText, KeepsWhatRoffWouldTakeForItsOwn) {
  EXPECT_EQ(roff_text(".cipherform/"), "\\&.cipherform/");
  EXPECT_EQ(roff_text("a\\b"), "a\\eb");
  EXPECT_EQ(roff_text("--state-dir"), "\\-\\-state\\-dir");
  EXPECT_EQ(roff_text("'it' \"is\" ~^"), "\\(aqit\\(aq \\(dqis\\(dq \\(ti\\(ha");
  EXPECT_EQ(roff_text("one\ntwo"), "one two");
}

TEST(RoffText, NamesWhatIsNotAscii) {
  EXPECT_EQ(roff_text("postgresql://…"), "postgresql://\\[u2026]");
  EXPECT_EQ(roff_text("ü😀"), "\\[u00FC]\\[u1F600]");
  EXPECT_EQ(roff_text("\xff"), "\\[uFFFD]");
}

TEST(RoffText, SetsWhatIsQuotedInBold) {
  EXPECT_EQ(roff_text("see `apply FILE`."), "see \\fBapply FILE\\fR.");
  EXPECT_EQ(roff_text("an `open one"), "an \\fBopen one\\fR");
}

TEST(ManPages, AreOneForEachCommandWithAllItsOptions) {
  const auto pages = man_pages();
  ASSERT_EQ(pages.size(), commands().size() + 1);
  EXPECT_EQ(pages.front().file, "cipherform.1");
  for (std::size_t i = 0; i < commands().size(); ++i) {
    const CommandLine& line = commands()[i];
    const ManPage& page = pages[i + 1];
    EXPECT_EQ(page.file, "cipherform-" + std::string(line.name) + ".1");
    EXPECT_THAT(pages.front().text, HasSubstr("\\fB" + std::string(line.name) + "\\fR"));
    for (const OptionLine& option : option_lines(command_options(line.command))) {
      EXPECT_THAT(page.text, HasSubstr(roff_text("--" + option.name)));
      EXPECT_THAT(page.text, HasSubstr(roff_text(option.description)));
    }
  }
}

TEST(ManPages, SayTheVersionAndItsDate) {
  EXPECT_THAT(man_pages().front().text,
              StartsWith(".TH CIPHERFORM 1 \"2026-11-23\" \"cipherform 0.1.0\" \"User Commands\"\n"));
}

}  // namespace
}  // namespace cipherform::cli
