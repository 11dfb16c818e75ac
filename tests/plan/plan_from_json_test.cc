#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cipherform/plan.h"
#include "plan/planning.h"
#include "plan/saved_plans.h"

namespace cipherform::plan_tests {
namespace {

void expect_same(const Plan& a, const Plan& b) {
  EXPECT_EQ(a.tool_version, b.tool_version);
  EXPECT_EQ(a.environment, b.environment);
  EXPECT_EQ(a.base_url, b.base_url);
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.declaration_digest, b.declaration_digest);
  EXPECT_EQ(a.live_digest, b.live_digest);
  EXPECT_EQ(a.proof.complete, b.proof.complete);
  EXPECT_EQ(a.proof.reason, b.proof.reason);
  EXPECT_EQ(a.proof.pages, b.proof.pages);
  EXPECT_EQ(a.proof.requests, b.proof.requests);
  EXPECT_EQ(a.proof.passes, b.proof.passes);
  EXPECT_EQ(a.selection, b.selection);
  EXPECT_EQ(a.actions, b.actions);
  EXPECT_EQ(a.blocked, b.blocked);
  EXPECT_EQ(a.findings, b.findings);
  EXPECT_EQ(a.guardrail_hits, b.guardrail_hits);
  EXPECT_EQ(a.live_users, b.live_users);
  EXPECT_EQ(a.declared_users, b.declared_users);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// The document with a digest that fits it, so that what else is wrong with it counts.
std::string sealed(std::string json) {
  constexpr std::string_view member = "\"digest\":\"";
  const auto at = json.find(member) + member.size();
  json.replace(at, 64, std::string(64, '0'));
  Sha256 hash;
  hash.update(json);
  return json.replace(at, 64, hash.hex());
}

/// "path: what" of the refusal.
std::string refusal_of(std::string_view json) {
  const auto plan = plan_from_json(json);
  if (plan) return "a plan";
  EXPECT_EQ(plan.error().kind, ErrorKind::plan);
  EXPECT_FALSE(plan.error().server_may_have_changed);
  return plan.error().where + ": " + plan.error().what;
}

std::string refusal_after(std::string_view from, std::string_view to) {
  return refusal_of(sealed(replaced(to_json(rich_plan()), from, to)));
}

TEST(PlanFromJson, ReadsBackWhatWasSaved) {
  for (const Plan& plan : {rich_plan(), blocked_plan(), empty_plan(), selected_plan(), drift_plan()}) {
    const std::string json = to_json(plan);
    const auto read = plan_from_json(json);
    ASSERT_TRUE(read.has_value()) << to_string(read.error());
    expect_same(*read, plan);
    EXPECT_EQ(to_json(*read), json);
  }
}

TEST(PlanFromJson, ASelectionThatIsNoneIsRefused) {
  EXPECT_EQ(refusal_of(sealed(replaced(to_json(selected_plan()), "\"targets\":[\"ada@*\"]", "\"targets\":[1]"))),
            "cipherform.selection.targets: this is not an array of strings");
  EXPECT_EQ(refusal_of(sealed(replaced(to_json(selected_plan()), "\"complete\":false", "\"complete\":true"))),
            "complete: this does not fit the changes");
}

TEST(PlanFromJson, HostileNamesComeBackAsTheyWere) {
  const Plan plan = hostile_plan();
  const std::string json = to_json(plan);
  const auto read = plan_from_json(json);
  ASSERT_TRUE(read.has_value()) << to_string(read.error());
  EXPECT_EQ(to_json(*read), json);
  EXPECT_EQ(std::get<CreateUser>(read->actions[0].change).grants[0].group,
            std::get<CreateUser>(plan.actions[0].change).grants[0].group);
  // Only what was not UTF-8 comes back as a replacement character.
  EXPECT_EQ(std::get<CreateUser>(read->actions[0].change).grants[0].sources[0].team, "\xEF\xBF\xBD");
}

TEST(PlanFromJson, AnyChangedByteIsRefused) {
  const std::string json = to_json(empty_plan());
  for (std::size_t i = 0; i < json.size(); ++i) {
    std::string changed = json;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    EXPECT_NE(refusal_of(changed), "a plan") << i;
  }
  EXPECT_EQ(refusal_of(replaced(to_json(rich_plan()), "Ada@example.com", "Eva@example.com")),
            "cipherform.digest: the plan was changed after it was saved");
  EXPECT_EQ(refusal_of(replaced(json, "\"live_users\":1", "\"live_users\": 1")),
            "cipherform.digest: the plan was changed after it was saved");
  EXPECT_EQ(refusal_of(json + "\n"), "cipherform.digest: the plan was changed after it was saved");
}

TEST(PlanFromJson, WhatIsNoPlanIsRefused) {
  EXPECT_THAT(refusal_of(""), ::testing::StartsWith(": this is not a saved plan: "));
  EXPECT_THAT(refusal_of("{\"format_version\":\"1.0\""), ::testing::StartsWith(": this is not a saved plan: "));
  EXPECT_THAT(refusal_of("\xff"), ::testing::StartsWith(": this is not a saved plan: "));
  EXPECT_EQ(refusal_of("[]"), ": this is not a saved plan: not a JSON object");
  EXPECT_EQ(refusal_of("{}"), "format_version: a string is missing");
  EXPECT_EQ(refusal_of(R"({"format_version":"1.3","resource_changes":[]})"), "cipherform: an object is missing");
}

TEST(PlanFromJson, AnotherMajorVersionIsRefusedBeforeAllElse) {
  const std::string json = to_json(rich_plan());
  EXPECT_EQ(refusal_of(replaced(json, "\"format_version\":\"1.0\"", "\"format_version\":\"2.0\"")),
            "format_version: plan format '2.0' is not one that this version of cipherform reads (1.x)");
  EXPECT_EQ(refusal_of(replaced(json, "\"cipherform\":{\"format_version\":\"1.3\"",
                                "\"cipherform\":{\"format_version\":\"10.0\"")),
            "cipherform.format_version: plan format '10.0' is not one that this version of cipherform reads (1.x)");
}

TEST(PlanFromJson, ANewerMinorVersionMayHaveMoreKeys) {
  std::string json = replaced(to_json(rich_plan()), "\"cipherform\":{\"format_version\":\"1.3\"",
                              "\"cipherform\":{\"format_version\":\"1.7\",\"new\":[{}]");
  EXPECT_EQ(refusal_of(sealed(std::move(json))), "a plan");
}

TEST(PlanFromJson, AFingerprintOfOtherChangesIsRefused) {
  const Plan plan = rich_plan();
  EXPECT_EQ(refusal_after("\"fingerprint\":\"" + fingerprint(plan), "\"fingerprint\":\"0123456789abcdef"),
            "cipherform.fingerprint: this does not fit the changes");
}

TEST(PlanFromJson, AnOlderMinorVersionHasNoFingerprintAndNobodyBefore) {
  std::string json = replaced(to_json(empty_plan()), "\"fingerprint\":\"" + fingerprint(empty_plan()) + "\",\n", "");
  json = replaced(std::move(json), ",\n\"people\":[],\n\"groups\":[]", "");
  EXPECT_EQ(refusal_of(sealed(std::move(json))), "a plan");
}

TEST(PlanFromJson, AWrongTypeIsNamedByItsPath) {
  EXPECT_EQ(refusal_after("\"live_users\":8", "\"live_users\":\"8\""),
            "cipherform.live_users: this is not a whole number");
  EXPECT_EQ(refusal_after("\"live_users\":8", "\"live_users\":-8"),
            "cipherform.live_users: this is not a whole number");
  EXPECT_EQ(refusal_after("\"live_users\":8", "\"live_users\":4294967296"),
            "cipherform.live_users: 4294967296 is too large");
  EXPECT_EQ(refusal_after("\"live_users\":8", "\"users\":8"), "cipherform.live_users: a whole number is missing");
  EXPECT_EQ(refusal_after("\"timestamp\":\"2026-01-01T00:00:00Z\"", "\"timestamp\":\"2026-01-01\""),
            "timestamp: this is not an RFC 3339 time");
  EXPECT_EQ(refusal_after("\"email\":\"Ada@example.com\"", "\"email\":null"),
            "resource_changes[1].change.after.email: this is not a string");
  EXPECT_EQ(refusal_after("\"sources\":[{\"file\":\"users.yaml\",\"line\":1,",
                          "\"sources\":[{\"file\":\"users.yaml\",\"line\":[1],"),
            "resource_changes[1].cipherform.grants[0].sources[0].line: this is not a whole number");
  EXPECT_EQ(refusal_after("\"resource_changes\":[\n{", "\"resource_changes\":[7,\n{"),
            "resource_changes[0]: this is not an object");
  EXPECT_EQ(refusal_after("\"before\":null", "\"before\":{}"), "resource_changes[0].change.before: this is not null");
  EXPECT_EQ(refusal_after("\"before\":null,", ""), "resource_changes[0].change.before: null is missing");
}

TEST(PlanFromJson, AnUnknownWordIsRefused) {
  EXPECT_EQ(refusal_after("\"kind\":\"max_removals\"", "\"kind\":\"max_fun\""),
            "cipherform.guardrail_hits[0].kind: 'max_fun' is not known");
  EXPECT_EQ(refusal_after("\"kind\":\"create_user\"", "\"kind\":\"delete_user\""),
            "resource_changes[0].cipherform.kind: 'delete_user' is not known");
  EXPECT_EQ(refusal_after("\"cause\":\"expired\"", "\"cause\":\"bored\""),
            "resource_changes[5].cipherform.cause: 'bored' is not known");
}

TEST(PlanFromJson, WhatTerraformsReadersSeeMustBeWhatIsApplied) {
  EXPECT_EQ(refusal_after("\"actions\":[\"delete\"]", "\"actions\":[\"no-op\"]"),
            "resource_changes[5].change.actions: this is not [\"delete\"]");
  EXPECT_EQ(refusal_after("\"actions\":[\"delete\"]", "\"actions\":[\"delete\",\"create\"]"),
            "resource_changes[5].change.actions: this is not [\"delete\"]");
  EXPECT_EQ(refusal_after("\"email\":\"Ada@example.com\"", "\"email\":\"Eva@example.com\""),
            "resource_changes[1].index: 'Ada@example.com' does not fit the change, which makes it 'Eva@example.com'");
  EXPECT_EQ(refusal_after("users[\\\"Ada@", "users[\\\"Eva@"),
            "resource_changes[1].address: 'cipherscale_user.users[\"Eva@example.com\"]' does not fit the change, which "
            "makes it 'cipherscale_user.users[\"Ada@example.com\"]'");
  EXPECT_EQ(refusal_after("\"type\":\"cipherscale_user\"", "\"type\":\"cipherscale_group\""),
            "resource_changes[0].type: 'cipherscale_group' does not fit the change, which makes it 'cipherscale_user'");
  EXPECT_EQ(refusal_after("\"delete_because_no_resource_config\"", "\"delete_because_no_module\""),
            "resource_changes[6].action_reason: 'delete_because_no_module' does not fit the change, which makes it "
            "'delete_because_no_resource_config'");
}

TEST(PlanFromJson, SumsMustFitTheChanges) {
  EXPECT_EQ(refusal_after("\"counts\":{\"create\":2", "\"counts\":{\"create\":1"),
            "cipherform.counts: these do not fit the changes");
  EXPECT_EQ(refusal_after("\"requests\":8", "\"requests\":9"), "cipherform.requests: this does not fit the changes");
  EXPECT_EQ(refusal_after("\"applyable\":false", "\"applyable\":true"), "applyable: this does not fit the changes");
  EXPECT_EQ(refusal_after("\"complete\":true", "\"complete\":false"), "complete: this does not fit the changes");
  EXPECT_EQ(refusal_after("\"errored\":false", "\"errored\":true"), "errored: a plan with errors cannot be used");
}

TEST(PlanFromJson, AUserNeedsAGroupAndAGrantForEach) {
  Plan plan = empty_plan();
  plan.actions = {{"0123456789abcdef", CreateUser{"a@x.com", {}}}};
  EXPECT_EQ(refusal_of(to_json(plan)), "resource_changes[0].change.after.groups: a user needs a group");
  EXPECT_EQ(refusal_after("\"grants\":[{", "\"grants\":[{\"privileged\":true,\"fallback\":false,\"sources\":[]},{"),
            "resource_changes[0].cipherform.grants: 2 grants for 1 groups");
}

TEST(PlanFromJson, ActionIdsAreHexAndUnique) {
  Plan plan = empty_plan();
  const Change change = RemoveMember{"id", "a@x.com", {"g", "Eng"}, {}, {}};
  plan.actions = {{"0123456789abcdef", change}, {"0123456789abcdef", change}};
  EXPECT_EQ(refusal_of(to_json(plan)), "resource_changes: two actions have the id 0123456789abcdef");
  plan.actions = {{"0123456789ABCDEF", change}};
  EXPECT_EQ(refusal_of(to_json(plan)), "resource_changes[0].cipherform.id: this is not 16 hex digits");
}

}  // namespace
}  // namespace cipherform::plan_tests
