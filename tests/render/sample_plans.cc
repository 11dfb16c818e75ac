// Values only; the order within a plan is the one that plan.h promises.
#include "render/sample_plans.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace cipherform::samples {
namespace {

GroupRef group(std::string name) { return {"id-of-" + name, std::move(name)}; }

Source source(std::string file, std::uint32_t line, std::uint32_t column, std::string team = {},
              std::string reason = {}, const char* until = nullptr) {
  return {std::move(file),
          line,
          column,
          std::move(team),
          std::move(reason),
          until == nullptr ? std::optional<Time>{} : parse_until(until)};
}

Grant grant(std::string name, std::vector<Source> sources, const char* until = nullptr, bool privileged = false) {
  Grant value;
  value.group = group(std::move(name));
  value.privileged = privileged;
  value.sources = std::move(sources);
  if (until != nullptr) value.until = parse_until(until);
  return value;
}

Grant fallback(std::string name) {
  Grant value;
  value.group = group(std::move(name));
  value.fallback = true;
  return value;
}

void act(Plan& plan, Change change) {
  plan.actions.push_back({fmt::format("{:016x}", plan.actions.size() + 1), std::move(change)});
}

RemoveMember removal(const std::string& email, std::string name) {
  return {"id-" + email, email, group(std::move(name)), RemovalCause::not_declared, {}};
}

AddMember addition(const std::string& email, Grant value) { return {"id-" + email, email, std::move(value)}; }

void add_rich_actions(Plan& plan) {
  act(plan,
      CreateUser{"Ada@example.com",
                 {grant("Admins", {source("users/ada.yaml", 4, 7, "", "OPS-411", "2027-01-31")}, "2027-01-31", true),
                  grant("Engineering", {source("groups/eng.yaml", 4, 7, "platform")}),
                  grant("Everyone", {source("groups/everyone.yaml", 3, 5), source("users/ada.yaml", 3, 14)})}});
  act(plan, CreateUser{"zoe@example.com",
                       {grant("Everyone", {source("teams/a.yaml", 1, 1, "a"), source("teams/b.yaml", 2, 2, "b"),
                                           source("teams/c.yaml", 3, 3, "c"), source("teams/d.yaml", 4, 4, "d")})}});
  act(plan, addition("bob@example.com", grant("Payments", {source("groups/pay.yaml", 9, 7, "", "PAY-7")})));
  act(plan, addition("eve@example.com", fallback("Everyone")));
  act(plan, addition("bob@example.com", grant("Admins",
                                              {source("groups/admins.yaml", 5, 7, "", "SEC-1", "2027-01-19T12:00:00Z"),
                                               source("users/bob.yaml", 2, 14, "", "SEC-2", "2028-06-30")},
                                              "2028-06-30", true)));
  act(plan, removal("bob@example.com", "Contractors"));
  act(plan, RemoveMember{"id-eve",
                         "eve@example.com",
                         group("Auditors"),
                         RemovalCause::expired,
                         {source("groups/audit.yaml", 8, 5, "", "AUD-3", "2027-01-16")}});
  act(plan,
      RemoveMember{"7d9f0a52-90c0-4b58-8f0e-3c1f6f0f8a11", "", group("Contractors"), RemovalCause::not_declared, {}});
}

void block(Plan& plan, Change change, BlockCause cause, std::string message) {
  plan.blocked.push_back({std::move(change), cause, std::move(message)});
}

/// What the tenant was like where rich_plan() touches it.
void set_rich_before(Plan& plan) {
  plan.people = {{"7d9f0a52-90c0-4b58-8f0e-3c1f6f0f8a11", "", {"Contractors", "Everyone"}},
                 {"id-bob@example.com", "bob@example.com", {"Contractors", "Engineering", "Old team"}},
                 {"id-eve", "eve@example.com", {"Auditors"}},
                 {"id-fay@example.com", "fay@example.com", {"Contractors"}}};
  plan.groups = {{"Admins", 3},       {"Auditors", 4},   {"Contractors", 12},
                 {"Engineering", 40}, {"Everyone", 180}, {"Payments", 6}};
}

}  // namespace

Plan empty_plan() {
  Plan plan;
  plan.tool_version = "0.1.0";
  plan.environment = "qa";
  plan.base_url = "https://public-api.cipherscale.com/qa";
  plan.created_at = *parse_rfc3339("2027-01-19T09:30:00.250Z");
  plan.declaration_digest = std::string(64, 'a');
  plan.live_digest = std::string(32, 'b');
  plan.proof = {true, "", 3, 3, 1};
  plan.live_users = 9;
  plan.declared_users = 12;
  return plan;
}

Plan rich_plan() {
  Plan plan = empty_plan();
  add_rich_actions(plan);
  set_rich_before(plan);
  block(plan, removal("bob@example.com", "Old team"), BlockCause::duplicate_email,
        "two users of the tenant have the email bob@example.com");
  block(plan, removal("fay@example.com", "Contractors"), BlockCause::last_membership,
        "it is the last group of fay@example.com, and no fallback_group is set");
  plan.guardrail_hits = {
      {GuardrailKind::max_removals, "37 memberships would be removed, 14.2 % of 260: more than 10 %", "removals=37"},
      {GuardrailKind::separate_duties, "bob@example.com would be in Payments and Auditors", ""}};
  plan.findings = {
      {FindingKind::unmanaged_user, "gus@example.com", "", "gus@example.com is not declared"},
      {FindingKind::deactivated_user, "zoe@example.com", "", "zoe@example.com is declared, but deactivated"},
      {FindingKind::expires_soon, "Ada@example.com", "Admins", "Ada@example.com leaves Admins on 2027-01-31"},
      {FindingKind::privileged_grant, "Ada@example.com", "Admins", "Ada@example.com gets Admins"},
      {FindingKind::privileged_grant, "bob@example.com", "Admins", "bob@example.com gets Admins"},
      {FindingKind::removal_withheld, "root@example.com", "Contractors",
       "root@example.com keeps Contractors: an owner"},
  };
  return plan;
}

Plan blocked_plan() {
  Plan plan = empty_plan();
  block(plan, removal("fay@example.com", "Contractors"), BlockCause::last_membership,
        "it is the last group of fay@example.com, and no fallback_group is set");
  return plan;
}

Plan unproved_plan(unsigned people) {
  Plan plan = empty_plan();
  plan.proof.complete = false;
  plan.proof.reason = "two passes over the list disagreed";
  act(plan, addition("user-03@example.com", grant("Everyone", {source("groups/everyone.yaml", 3, 5)})));
  for (unsigned i = 0; i < people; ++i) {
    block(plan, removal(fmt::format("user-{:02}@example.com", i), "Contractors"), BlockCause::unproved_listing,
          "the user list was not proved complete");
  }
  return plan;
}

Plan plan_with_many_findings() {
  Plan plan = empty_plan();
  const auto find = [&](FindingKind kind, std::string subject, std::string name, std::string message) {
    plan.findings.push_back({kind, std::move(subject), std::move(name), std::move(message)});
  };
  for (unsigned i = 0; i < 12'411; ++i) find(FindingKind::unmanaged_user, fmt::format("u{:05}@example.com", i), "", "");
  for (unsigned i = 0; i < 60; ++i) {
    find(FindingKind::deactivated_user, fmt::format("gone-{:02}@example.com", i), "", "deactivated in the tenant");
  }
  find(FindingKind::expired_invitation, "hal@example.com", "", "hal@example.com did not accept the invitation");
  find(FindingKind::identity_managed_group, "Staff", "", "Staff is filled by an identity provider");
  find(FindingKind::user_without_email, "7d9f0a52-90c0-4b58-8f0e-3c1f6f0f8a11", "", "");
  find(FindingKind::user_without_email, "8d9f0a52-90c0-4b58-8f0e-3c1f6f0f8a12", "", "");
  find(FindingKind::expired_not_removed, "ida@example.com", "Everyone", "ida@example.com stays in Everyone");
  find(FindingKind::privileged_undeclared, "zoe@example.com", "Admins",
       "zoe@example.com is in Admins, which gives privileges, and nobody declares it");
  find(FindingKind::removal_withheld, "ceo@example.com", "Contractors", "ceo@example.com is protected");
  find(FindingKind::groups_not_listed, "qa", "", "the key may not list groups: empty groups are not known");
  return plan;
}

Plan drift_plan() {
  Plan plan = empty_plan();
  plan.drift = DriftBasis{parse_rfc3339("2027-01-15T08:00:00Z")};
  act(plan, CreateUser{"zoe@example.com", {grant("Everyone", {source("groups/everyone.yaml", 3, 5)})}});
  act(plan, addition("bob@example.com", grant("Payments", {source("groups/pay.yaml", 9, 7, "", "PAY-7")})));
  act(plan, removal("eve@example.com", "Engineering"));
  const auto find = [&plan](FindingKind kind, std::string who, const std::string& what) {
    std::string message = who + what;
    plan.findings.push_back({kind, std::move(who), {}, std::move(message)});
  };
  find(FindingKind::unmanaged_user, "eve@example.com", " is not declared");
  const std::string since = " since the last converged apply (2027-01-15T08:00:00Z)";
  find(FindingKind::appeared_undeclared, "eve@example.com", " is not declared, and appeared" + since);
  find(FindingKind::appeared, "kim@example.com", " is declared, and appeared" + since);
  find(FindingKind::vanished, "zoe@example.com", " is declared, and vanished" + since);
  return plan;
}

Plan hostile_plan() {
  Plan plan = empty_plan();
  plan.environment = "q\x1b[2Ja";
  plan.base_url = "https://example.com/\r\n::set-output name=x::y";
  act(plan, addition("eve@example.com\n+ ceo@example.com",
                     grant("Ad\u202Emins\u202C", {source("a\tb.yaml", 1, 1, "te\u200Bam", "::warning::hello")}, nullptr,
                           true)));
  act(plan, addition("long@example.com", grant(std::string(300, 'n'), {source("groups/long.yaml", 1, 1)})));
  act(plan, addition("vso@example.com", grant("##vso[task.setvariable variable=x]y", {source("g.yaml", 2, 3)})));
  act(plan, removal("\xff\xfe@example.com", "\x1b]0;title\x07"));
  block(plan, removal("::error::@example.com", "##[error]"), BlockCause::last_membership, "last\u2028line");
  plan.findings = {{FindingKind::unmanaged_user, "\U000E0041\u2066x@example.com\u2069", "", ""},
                   {FindingKind::removal_withheld, "::group::", "", "::group::\n::endgroup::"}};
  plan.guardrail_hits = {{GuardrailKind::max_creates, "\x1b[31mred", "creates=2\n$(id)"}};
  plan.people = {{"id-\xff\xfe@example.com", "\xff\xfe@example.com", {"\x1b]0;title\x07", "zero\u200Bwidth"}}};
  plan.groups = {{"\x1b]0;title\x07", 2}};
  return plan;
}

Plan markup_plan() {
  Plan plan = empty_plan();
  plan.environment = "</title><script>alert(1)</script>";
  plan.base_url = "javascript:alert(2)";
  plan.tool_version = "<!--";
  const std::string image = "<img src=x onerror=alert(3)>";
  act(plan, CreateUser{"</script><script>alert(4)</script>@example.com",
                       {grant(image, {source("<b>.yaml", 1, 1, "\"><svg onload=alert(5)>", "]]><!--<script>")}, nullptr,
                              true)}});
  act(plan, addition("quote\"'`@example.com", grant("{{data}}&amp;&lt;", {source("a.yaml", 1, 1)})));
  act(plan,
      addition("__proto__", grant("constructor", {source("https://example.com/x", 1, 1, "", "=cmd()|' /C calc'!A0")})));
  act(plan, removal("line\u2028separator\u2029@example.com", "@everyone"));
  block(plan, removal("hash#person=x&view=groups@example.com", "toString"), BlockCause::last_membership, image);
  plan.findings = {{FindingKind::expires_soon, "__proto__", "constructor", "<a href=javascript:alert(6)>now</a>"},
                   {FindingKind::unmanaged_user, "<iframe src=//example.com>", "", ""}};
  plan.guardrail_hits = {
      {GuardrailKind::max_creates, "<style>*{display:none}</style>", "creates=1\"><script>alert(7)"}};
  plan.selection = {{"<base href=//example.com>"}, {}};
  plan.proof = {false, "<meta http-equiv=refresh content=0>", 1, 1, 1};
  plan.people = {{"id-__proto__", "__proto__", {"hasOwnProperty", image}}};
  plan.groups = {{image, 1}, {"constructor", 2}};
  return plan;
}

Plan large_plan(unsigned people) {
  Plan plan = empty_plan();
  const auto email = [](unsigned i) { return fmt::format("person-{:06}@example.com", i); };
  for (unsigned i = 0; i < people; ++i) {
    for (const char* name : {"Engineering", "Everyone"}) {
      act(plan, addition(email(i), grant(name, {source("groups/all.yaml", i + 1, 7, "platform", "OPS-411")})));
    }
  }
  for (unsigned i = 0; i < people; ++i) act(plan, removal(email(i), "Contractors"));
  return plan;
}

Plan plan_to_report() {
  Plan plan = empty_plan();
  act(plan, CreateUser{"ada@example.com", {grant("Everyone", {source("users.yaml", 2, 5)})}});
  act(plan, CreateUser{"cleo@example.com", {grant("Everyone", {source("users.yaml", 3, 5)})}});
  act(plan, addition("bob@example.com", grant("Engineering", {source("users.yaml", 4, 5)})));
  act(plan, addition("bob@example.com", grant("Admins", {source("users.yaml", 4, 5)}, nullptr, true)));
  act(plan, removal("bob@example.com", "Contractors"));
  act(plan, removal("dan@example.com", "Engineering"));
  return plan;
}

Plan promotion() {
  Plan plan = empty_plan();
  plan.environment = "prod";
  plan.base_url = "https://public-api.cipherscale.com/prod";
  plan.declared_users = 3;
  plan.promoted_from =
      PromotedFrom{"qa", "https://public-api.cipherscale.com/qa", std::string(32, '1'), 4, plan.proof, true, {"Eng*"}};
  plan.promoted_from->proof.complete = false;
  plan.promoted_from->proof.reason = "the list shrank while it was read";
  Grant promoted{group("Engineering"), false, false, {}, {}};
  promoted.sources.emplace_back().promoted_from = "qa";
  Grant declared{group("Engineering"), false, false, {{"groups/eng.yaml", 4, 7, "", "OPS-411", {}}}, {}};
  plan.actions = {{std::string(16, '1'), CreateUser{"ada@example.com", {promoted}}},
                  {std::string(16, '2'), AddMember{"id-bob", "bob@example.com", declared}},
                  {std::string(16, '3'),
                   RemoveMember{"id-cyd", "cyd@example.com", group("Engineering"), RemovalCause::not_in_source, {}}}};
  Grant absent = promoted;
  absent.group = {"", "Eng lab"};
  block(plan, AddMember{"", "ada@example.com", absent}, BlockCause::group_absent, "prod has no group Eng lab");
  block(plan, CreateUser{"eve@other.example", {promoted}}, BlockCause::domain_refused,
        "the domain of eve@other.example is not allowed in prod");
  plan.findings = {{FindingKind::not_promoted, "fay@example.com", "Engineering",
                    "fay@example.com does not get Engineering: the user is deactivated in qa"},
                   {FindingKind::not_in_source, "gil@example.com", "Eng lab",
                    "gil@example.com stays in Eng lab, which only gains, although not in it in qa"}};
  plan.guardrail_hits = {{GuardrailKind::skipped_stage,
                          "prod is promoted from staging, and not from qa, which skips a stage: qa → staging → prod",
                          "stage=qa"}};
  return plan;
}

}  // namespace cipherform::samples
