#include "sandbox/json_text.h"

#include <gtest/gtest.h>

namespace cipherform::sandbox {
namespace {

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string json_time(Time time) {
  std::string out;
  append_json_time(out, time);
  return out;
}

TEST(JsonString, EscapesWhatJsonCannotHold) {
  EXPECT_EQ(json_string("plain"), "\"plain\"");
  EXPECT_EQ(json_string("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(json_string(std::string_view("\x00\x1f\n", 3)), R"("\u0000\u001f\u000a")");
  EXPECT_EQ(json_string("\xC3\xA4\x7f"), "\"\xC3\xA4\x7f\"");
}

TEST(JsonTime, IsWhatToIsoStringWrites) {
  using namespace std::chrono_literals;
  const Time midnight{std::chrono::sys_days{std::chrono::year{2028} / 2 / 29}};
  EXPECT_EQ(json_time(midnight), "\"2028-02-29T00:00:00.000Z\"");
  EXPECT_EQ(json_time(midnight + 23h + 59min + 58s + 7ms), "\"2028-02-29T23:59:58.007Z\"");
  EXPECT_EQ(json_time(Time{} - 1ms), "\"1969-12-31T23:59:59.999Z\"");
  EXPECT_EQ(parse_rfc3339("2028-02-29T23:59:58.007Z"), midnight + 23h + 59min + 58s + 7ms);
}

TEST(IsUtf8, RefusesWhatIsNot) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("\xE2\x82\xAC"));
  EXPECT_FALSE(is_utf8("\xE2\x82"));
  EXPECT_FALSE(is_utf8("\xC0\x80"));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80")) << "a surrogate";
}

}  // namespace
}  // namespace cipherform::sandbox
