#include "cipherform/json_writer.h"

#include <gtest/gtest.h>

namespace cipherform {
namespace {

std::string written(std::string_view text) {
  std::string out;
  JsonWriter(out).text(text);
  return out;
}

TEST(JsonWriter, EscapesWhatJsonMust) { EXPECT_EQ(written("a\"b\\c\n\x01/"), R"("a\"b\\c\n\u0001/")"); }

TEST(JsonWriter, WritesAsciiOnly) {
  EXPECT_EQ(written("\xC3\xA9\xE2\x80\xAE\xF0\x9F\x98\x80"), R"("\u00E9\u202E\uD83D\uDE00")");
}

TEST(JsonWriter, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(written("\xE9"), R"("\uFFFD")");                                // Latin-1
  EXPECT_EQ(written("\xC3"), R"("\uFFFD")");                                // cut short
  EXPECT_EQ(written("\xC0\xAF"), R"("\uFFFD\uFFFD")");                      // overlong
  EXPECT_EQ(written("\xED\xA0\x80"), R"("\uFFFD\uFFFD\uFFFD")");            // a surrogate
  EXPECT_EQ(written("\xF4\x90\x80\x80"), R"("\uFFFD\uFFFD\uFFFD\uFFFD")");  // above U+10FFFF
  EXPECT_EQ(written("a\xE2\x82z"), R"("a\uFFFD\uFFFDz")");
}

TEST(JsonWriter, WritesTextsLongerThanItsBuffer) {
  const std::string text(10'000, 'x');
  EXPECT_EQ(written(text), '"' + text + '"');
}

TEST(JsonWriter, WritesOneDocumentAfterAnother) {
  std::string out;
  JsonWriter json(out);
  json.open_object();
  json.field("n", 7U);
  json.flag_field("yes", true);
  json.close_object();
  out += '\n';
  json.next_document();
  json.open_array();
  json.null();
  json.close_array();
  EXPECT_EQ(out, "{\"n\":7,\"yes\":true}\n[null]");
}

}  // namespace
}  // namespace cipherform
