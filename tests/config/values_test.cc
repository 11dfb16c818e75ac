#include "config/values.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "config/sink_log.h"

namespace cipherform::config {
namespace {

class ValuesTest : public testing::Test {
 protected:
  static Value node(std::string_view text, bool plain = true) {
    Value made;
    made.kind = Value::Kind::scalar;
    made.plain = plain;
    made.at = {.line = 3, .column = 7};
    made.text = text;
    return made;
  }
  static Value node(Value::Kind kind) {
    Value made;
    made.kind = kind;
    made.at = {.line = 3, .column = 7};
    return made;
  }
  std::string errors() {
    std::string lines = tests::lines_of(std::move(diagnostics));
    diagnostics = Diagnostics{};
    return lines;
  }

  Diagnostics diagnostics;
  FileDiagnostics file{diagnostics, 0};
};

TEST_F(ValuesTest, AStringIsNotANumberOrABooleanUnlessQuoted) {
  EXPECT_EQ(string_value(node("no"), "x", file), "no");
  EXPECT_EQ(string_value(node("1", false), "x", file), "1");
  EXPECT_EQ(errors(), "");
  EXPECT_EQ(string_value(node("1"), "x", file), std::nullopt);
  EXPECT_EQ(errors(), "3:7: x must be a string, but is a number (as a string it is written in quotes: \"1\")\n");
  EXPECT_EQ(string_value(node(Value::Kind::null), "x", file), std::nullopt);
  EXPECT_EQ(errors(), "3:7: x must be a string, but is null\n");
  EXPECT_EQ(string_value(node("", false), "x", file), std::nullopt);
  EXPECT_EQ(errors(), "3:7: x must not be empty\n");
}

TEST_F(ValuesTest, WhatIsWrongAlreadyIsNotReportedAgain) {
  const Value bad = node(Value::Kind::invalid);
  EXPECT_EQ(string_value(bad, "x", file), std::nullopt);
  EXPECT_EQ(bool_value(bad, "x", file), std::nullopt);
  EXPECT_EQ(count_value(bad, "x", file), std::nullopt);
  EXPECT_EQ(percent_value(bad, "x", file), std::nullopt);
  EXPECT_FALSE(is_list(bad, "x", file));
  EXPECT_FALSE(is_map(bad, "x", file));
  EXPECT_EQ(email_value(bad, file), std::nullopt);
  EXPECT_EQ(errors(), "");
}

TEST_F(ValuesTest, AnEmailThatIsNearlyOneGetsAHint) {
  email_value(node("Ada <ada@example.com>"), file);
  EXPECT_EQ(errors(), "3:7: 'Ada <ada@example.com>' is not an email address (the address alone, without a name)\n");
  email_value(node("ada@ex\xC3\xA4mple.com"), file);
  EXPECT_EQ(errors(),
            "3:7: 'ada@ex\xC3\xA4mple.com' is not an email address (a domain is written in ASCII: its form that begins "
            "with xn--)\n");
  email_value(node("ada"), file);
  EXPECT_EQ(errors(), "3:7: 'ada' is not an email address\n");
}

TEST_F(ValuesTest, BooleansAreThoseOfYaml12) {
  EXPECT_EQ(bool_value(node("true"), "x", file), true);
  EXPECT_EQ(bool_value(node("FALSE"), "x", file), false);
  EXPECT_EQ(errors(), "");
  EXPECT_EQ(bool_value(node("yes"), "x", file), std::nullopt);
  EXPECT_EQ(errors(), "3:7: x must be true or false, but is a string\n");
}

TEST_F(ValuesTest, CountsAreWholeAndFit) {
  EXPECT_EQ(count_value(node("0"), "x", file), 0U);
  EXPECT_EQ(count_value(node("+7"), "x", file), 7U);
  EXPECT_EQ(count_value(node("0x10"), "x", file), 16U);
  EXPECT_EQ(count_value(node("0o10"), "x", file), 8U);
  EXPECT_EQ(count_value(node("4294967295"), "x", file), 4294967295U);
  EXPECT_EQ(errors(), "");
  for (const auto* text : {"-1", "4294967296", "99999999999999999999", "0xfffffffff"}) {
    EXPECT_EQ(count_value(node(text), "x", file), std::nullopt);
    EXPECT_EQ(errors(), "3:7: x must be a whole number from 0 to 4294967295\n") << text;
  }
  EXPECT_EQ(count_value(node("1.5"), "x", file), std::nullopt);
  EXPECT_EQ(errors(), "3:7: x must be a whole number, but is a decimal number\n");
}

TEST_F(ValuesTest, PercentIsBetween0And100) {
  EXPECT_EQ(percent_value(node("0"), "x", file), 0.0);
  EXPECT_EQ(percent_value(node("+2.5"), "x", file), 2.5);
  EXPECT_EQ(percent_value(node("1e2"), "x", file), 100.0);
  EXPECT_EQ(percent_value(node("0x10"), "x", file), 16.0);
  EXPECT_EQ(errors(), "");
  for (const auto* text : {"-0.1", "100.1", ".inf", ".nan", "1e999"}) {
    EXPECT_EQ(percent_value(node(text), "x", file), std::nullopt);
    EXPECT_EQ(errors(), "3:7: x must be a number from 0 to 100\n") << text;
  }
  EXPECT_EQ(percent_value(node("many"), "x", file), std::nullopt);
  EXPECT_EQ(errors(), "3:7: x must be a number, but is a string\n");
}

TEST_F(ValuesTest, NamesAreBoundedAndHaveNoSpacesAtTheirEnds) {
  EXPECT_EQ(name_value(node("Break glass"), "a group name", file), "Break glass");
  const std::string longest(256, 'x');
  EXPECT_EQ(name_value(node(longest), "a group name", file), longest);
  EXPECT_EQ(errors(), "");
  const std::string too_long(257, 'x');
  EXPECT_EQ(name_value(node(too_long), "a group name", file), std::nullopt);
  EXPECT_EQ(errors(), "3:7: a group name of more than 256 bytes\n");
  EXPECT_EQ(name_value(node("x ", false), "a group name", file), std::nullopt);
  EXPECT_EQ(errors(), "3:7: a group name must not begin or end with a space: 'x '\n");
}

TEST_F(ValuesTest, AnUnknownKeyIsExplained) {
  static constexpr std::array<std::string_view, 2> kKnown{"email", "groups"};
  unknown_key(node("group"), "a user", kKnown, file);
  EXPECT_EQ(errors(), "3:7: unknown key 'group' in a user (did you mean 'groups'?)\n");
  unknown_key(node("zzz"), "a user", kKnown, file);
  EXPECT_EQ(errors(), "3:7: unknown key 'zzz' in a user (known are email and groups)\n");
}

}  // namespace
}  // namespace cipherform::config
