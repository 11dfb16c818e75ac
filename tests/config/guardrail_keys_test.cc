#include <gtest/gtest.h>

#include <string>

#include "config/declarations.h"

namespace cipherform {
namespace {

Guardrails guardrails(const std::string& yaml) {
  return tests::state_of(tests::kHead + "guardrails: " + yaml + "\n").guardrails;
}

TEST(GuardrailKeys, HaveDefaultsWhereNothingIsSaid) {
  for (const auto* yaml : {"{}", "{max_creates: 200}", "{protected_users: []}"}) {
    const Guardrails read = guardrails(yaml);
    EXPECT_EQ(read.max_removals_percent, 10) << yaml;
    EXPECT_EQ(read.max_removals_count, 50U) << yaml;
    EXPECT_EQ(read.max_creates, 200U) << yaml;
  }
}

TEST(GuardrailKeys, LeaveNoLimitWhereOneOfTwoIsGiven) {
  EXPECT_EQ(guardrails("{max_removals: {percent: 5}}").max_removals_count, std::nullopt);
  EXPECT_EQ(guardrails("{max_removals: {count: 5}}").max_removals_percent, std::nullopt);
  EXPECT_EQ(guardrails("{max_removals: {count: 5}}").max_creates, 200U);
}

TEST(GuardrailKeys, KeepEmailsAndDomainsInTheFormInWhichTheyAreCompared) {
  const Guardrails read = guardrails("{protected_users: [CEO@Example.com], allowed_domains: [Example.COM]}");
  EXPECT_EQ(read.protected_users, std::vector<std::string>{"ceo@example.com"});
  EXPECT_EQ(read.allowed_domains, std::vector<std::string>{"example.com"});
}

TEST(GuardrailKeys, ReportEveryMistakeInOneRun) {
  EXPECT_EQ(tests::errors_in("guardrails:\n  max_removals: 5\n  protected_users: ceo@example.com\n"
                             "  separate_duties: [[A, 5]]\n  max_creates: ~\n"),
            "cipherform.yaml:4:17: error: max_removals must be a map, but is a number\n"
            "cipherform.yaml:5:20: error: protected_users must be a list, but is a string\n"
            "cipherform.yaml:6:25: error: a group name must be a string, but is a number (as a string it is written in "
            "quotes: \"5\")\n"
            "cipherform.yaml:7:3: error: max_creates must be a whole number, but is null\n");
}

}  // namespace
}  // namespace cipherform
