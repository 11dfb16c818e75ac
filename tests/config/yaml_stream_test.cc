// What yaml-cpp would let pass.
#include "config/yaml_stream.h"

#include <gtest/gtest.h>

#include <string>

#include "config/limits.h"
#include "config/sink_log.h"

namespace cipherform::config {
namespace {

using tests::read_text;

std::string errors_in(const std::string& yaml) { return read_text(yaml).errors; }

constexpr std::string_view kQuote = ": a value must stand on one line (is a quote not closed?)\n";
constexpr std::string_view kBracket =
    ": a value must stand on one line (is a bracket not closed, or a line indented too far?)\n";
constexpr std::string_view kBlock = ": a value must stand on one line (blocks that begin with | or > are not used)\n";

TEST(ReadDocument, StreamsWithTheEditorsPositions) {
  const auto read = read_text("users:\n  - {email: a}\n  - \n  - 'b'\nx: \"é\"\n");
  EXPECT_EQ(read.errors, "");
  EXPECT_EQ(read.reading, Reading::complete);
  EXPECT_EQ(read.text,
            "begin root\nbegin users users\nusers: {email: a} @2:5\nusers: null @3:3\nusers: \"b\" @4:5\nend users\n"
            "root: x = \"é\" @5:4\nend root\n");
}

TEST(ReadDocument, CountsColumnsInBytesAndIgnoresAByteOrderMark) {
  EXPECT_EQ(read_text("\xEF\xBB\xBFx: [é, b]\n").text, "begin root\nroot: x = [é, b] @1:4\nend root\n");
  EXPECT_EQ(errors_in("x: [é, !b b]\n"),
            "1:9: tags are not used in a declaration (leave out the word that begins with !)\n");
}

TEST(ReadDocument, PutsANullWhereItsKeyOrDashIs) {
  EXPECT_EQ(read_text("x:\n\n\n").text, "begin root\nroot: x = null @1:1\nend root\n");
  EXPECT_EQ(read_text("users:\n  - ~\n  -\n\n").text,
            "begin root\nbegin users users\nusers: null @2:5\nusers: null @3:3\nend users\nend root\n");
}

TEST(ReadDocument, RefusesAQuoteThatSwallowsLines) {
  EXPECT_EQ(errors_in("x: \"a\ny: b\n"), "1:4" + std::string(kQuote));
  EXPECT_EQ(errors_in("x: 'a\n  b'\n"), "1:4" + std::string(kQuote));
  EXPECT_EQ(errors_in("x: \"a\\\n  b\"\n"), "1:4" + std::string(kQuote));
  EXPECT_EQ(errors_in("x: \"a\\\r\n  b\"\r\n"), "1:4" + std::string(kQuote));
  EXPECT_EQ(errors_in("\"a\n b\": c\n"), "2:4: not valid YAML: illegal map value\n");
  EXPECT_EQ(read_text("x: \"a\\\"b\\\\\"\ny: 'it''s'\nz: ''\n").text,
            "begin root\nroot: x = \"a\"b\\\" @1:4\nroot: y = \"it's\" @2:4\nroot: z = \"\" @3:4\nend root\n");
}

TEST(ReadDocument, RefusesEveryOtherValueOverSeveralLines) {
  EXPECT_EQ(errors_in("x: a\n  b\n"), "1:4" + std::string(kBracket));
  EXPECT_EQ(errors_in("x: |\n  a\n"), "1:4" + std::string(kBlock));
  EXPECT_EQ(errors_in("x: >-\n  a\n"), "1:4" + std::string(kBlock));
  EXPECT_EQ(errors_in("x: &a\n  'b'\n"), "1:4" + std::string(kBracket));
  EXPECT_EQ(read_text("x: &a  'b'\ny: &c d\n").errors, "");
}

TEST(ReadDocument, ReportsSyntaxWhereTheParserMeetsIt) {
  const auto read = read_text("x: a\ny: [b]]\n");
  EXPECT_EQ(read.errors, "2:7: not valid YAML: illegal flow end\n");
  EXPECT_EQ(read.text, "begin root\nroot: x = a @1:4\nroot: y = [b] @2:4\n");
  EXPECT_EQ(read.reading, Reading::cut);
  EXPECT_EQ(errors_in("x: *a\n"), "1:4: not valid YAML: the referenced anchor is not defined\n");
  EXPECT_EQ(errors_in("x: \"\\ud800\"\n"), "1:11: not valid YAML: invalid unicode: 55296\n");
}

TEST(ReadDocument, RefusesTags) {
  const std::string tags = ": tags are not used in a declaration (leave out the word that begins with !)\n";
  EXPECT_EQ(errors_in("x: !!str a\n"), "1:4" + tags);
  EXPECT_EQ(errors_in("x: ! a\n"), "1:4" + tags);
  EXPECT_EQ(errors_in("x: &a !b c\n"), "1:4" + tags);
  EXPECT_EQ(errors_in("x: ! [a]\ny: !m {a: b}\n"), "1:4" + tags + "2:4" + tags);
}

TEST(ReadDocument, RefusesControlCharactersMadeByEscapes) {
  EXPECT_EQ(errors_in("x: \"a\\0b\"\n"), "1:4: a value with a NUL byte in it\n");
  EXPECT_EQ(errors_in("x: \"a\\tb\"\n"), "1:4: a value with a control character in it\n");
  EXPECT_EQ(errors_in("x: \"a\\nb\"\n"), "1:4: a value with a control character in it\n");
  EXPECT_EQ(errors_in("x: \"a\\Lb\"\n"), "1:4: a value with a Unicode line separator in it\n");
  EXPECT_EQ(errors_in("x: a\tb\n"), "1:4: a value with a control character in it\n");
}

TEST(ReadDocument, TakesOneDocument) {
  EXPECT_EQ(errors_in("x: a\n---\ny: b\n"), "2:1: a second document (a file holds one)\n");
  EXPECT_EQ(errors_in("x: a\n...\ny: b\n"),
            "3:1: text after the end of the document (is the indentation as intended?)\n");
  EXPECT_EQ(errors_in("{x: a} b\n"), "1:8: text after the end of the document (is the indentation as intended?)\n");
  EXPECT_EQ(errors_in("%YAML 1.2\n---\nx: a\n...\n"), "");
}

TEST(ReadDocument, TellsAnEmptyDocumentFromOthers) {
  for (const auto* yaml : {"", "\n", "# nothing\n", "---\n", "~\n", "null\n"}) {
    EXPECT_EQ(read_text(yaml).reading, Reading::empty) << yaml;
  }
  EXPECT_EQ(read_text("{}\n").reading, Reading::complete);
  EXPECT_EQ(read_text("[]\n").reading, Reading::cut);
}

TEST(ReadDocument, BoundsTheLengthOfAValue) {
  EXPECT_EQ(errors_in("x: " + std::string(kMaxScalarBytes, 'a') + "\n"), "");
  EXPECT_EQ(errors_in("x: " + std::string(kMaxScalarBytes + 1, 'a') + "\n"), "1:4: a value of more than 4096 bytes\n");
  EXPECT_EQ(errors_in("x: \"" + std::string(kMaxScalarBytes + 1, 'a') + "\"\n"),
            "1:4: a value of more than 4096 bytes (is a quote not closed?)\n");
}

TEST(ReadDocument, StopsLongBeforeTheEndOfAHugeValue) {
  std::string yaml = "ok: 1\nx: \"";
  for (int i = 0; i < 100 * 1024; ++i) yaml += std::string(1023, 'a') + "\n";
  const auto read = read_text(yaml);
  EXPECT_EQ(read.reading, Reading::cut);
  EXPECT_EQ(read.errors,
            "2:1: nothing but one value in the 4 MiB that begin here (a quote that is not closed, or a value that is "
            "far too long)\n");
}

TEST(ReadDocument, BoundsDepthBeforeTheParserDoes) {
  EXPECT_EQ(errors_in("x: " + std::string(70, '[') + std::string(70, ']') + "\n"),
            "1:67: more than 64 levels of lists and maps\n");
  EXPECT_EQ(errors_in("x: " + std::string(62, '[') + std::string(62, ']') + "\n"), "");
}

TEST(ReadDocument, IsNotFloodedByAliases) {
  std::string yaml = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name <= 'z'; ++name) {
    const std::string before = "*" + std::string(1, static_cast<char>(name - 1));
    yaml += std::string(1, name) + ": &" + name + " [" + before;
    for (int i = 1; i < 10; ++i) yaml += ", " + before;
    yaml += "]\n";
  }
  const auto read = tests::read_text(yaml.substr(0, yaml.find("d:")));
  EXPECT_EQ(read.errors, "");
  Diagnostics errors;
  class Silent : public DocumentSink {
    Place child(Place, std::string_view) const override { return Place::whole; }
    void begin(Place, const Value*) override {}
    void item(Place, const Value*, const Value&) override {}
    void end(Place) override {}
  } silent;
  EXPECT_EQ(read_document(yaml, silent, FileDiagnostics(errors, 0)), Reading::cut);
  EXPECT_EQ(tests::lines_of(std::move(errors)), "7:36: aliases expand to more than 10000000 values\n");
}

}  // namespace
}  // namespace cipherform::config
