#include "fakes/explanations.h"

#include <string>
#include <utility>

#include "fakes/states.h"

namespace cipherform::fakes {
namespace {

Explanation person(std::string email) {
  Explanation explanation;
  explanation.environment = "qa";
  explanation.base_url = "https://public-api.cipherscale.com/qa";
  explanation.as_of = time_of("2027-01-19T09:30:00Z");
  explanation.plan_fingerprint = "0f1e2d3c4b5a6978";
  explanation.email = std::move(email);
  return explanation;
}

ExplainedGroup group(std::string name, Verdict verdict, std::string why) {
  ExplainedGroup group;
  group.user_id = "user-1";
  group.group = {group_id(name), std::move(name)};
  group.verdict = verdict;
  group.why = std::move(why);
  return group;
}

ExplainedSource source(SourceForce force, std::uint32_t line, std::string team = {}, std::string reason = {},
                       const char* until = nullptr) {
  ExplainedSource explained{{"users/ada.yaml", line, 7, std::move(team), std::move(reason), std::nullopt}, force, {}};
  if (until != nullptr) explained.source.until = time_of(until);
  return explained;
}

ExplainedGroup kept() {
  ExplainedGroup admins = group("Admins", Verdict::keeps, "users/ada.yaml:4:7 asks for it, until 2027-03-26");
  admins.rule = GroupRule::additive;
  admins.declared_at = Place{"groups.yaml", 8, 3};
  admins.privileged = true;
  admins.identity_managed = true;
  admins.member = true;
  admins.wanted = Wanted::yes;
  admins.until = time_of("2027-03-26");
  admins.sources = {source(SourceForce::ended, 3, "", "OPS-300", "2026-12-31"),
                    source(SourceForce::in_force, 4, "", "OPS-411", "2027-03-26"), source(SourceForce::elsewhere, 5)};
  admins.sources[2].environments = {"prod", "dr"};
  return admins;
}

ExplainedGroup given(std::string name) {
  ExplainedGroup engineering =
      group(std::move(name), Verdict::gets, "users/ada.yaml:6:7 via team platform and users/ada.yaml:7:7 ask for it");
  engineering.rule = GroupRule::authoritative;
  engineering.declared_at = Place{"groups.yaml", 4, 3};
  engineering.wanted = Wanted::yes;
  engineering.sources = {source(SourceForce::in_force, 6, "platform"), source(SourceForce::in_force, 7)};
  engineering.action_id = "0123456789abcdef";
  return engineering;
}

ExplainedGroup lost() {
  ExplainedGroup payments = group("Payments", Verdict::loses,
                                  "the membership ended 2027-01-16, and Payments is authoritative (groups.yaml:6:3)");
  payments.rule = GroupRule::authoritative;
  payments.declared_at = Place{"groups.yaml", 6, 3};
  payments.member = true;
  payments.wanted = Wanted::expired;
  payments.until = time_of("2027-01-16");
  payments.sources = {source(SourceForce::ended, 9, "", "PAY-7", "2027-01-16")};
  payments.action_id = "fedcba9876543210";
  return payments;
}

ExplainedGroup blocked(std::string name, bool member) {
  ExplainedGroup support = group(std::move(name), Verdict::blocked, "two pages of the user list disagree");
  support.rule = GroupRule::authoritative;
  support.declared_at = Place{"groups.yaml", 10, 3};
  support.member = member;
  support.cause = BlockCause::unproved_listing;
  return support;
}

ExplainedGroup withheld() {
  ExplainedGroup safe = group("Break-glass", Verdict::withheld, "nobody declares it, but the group is protected");
  safe.rule = GroupRule::authoritative;
  safe.declared_at = Place{"groups.yaml", 12, 3};
  safe.member = true;
  safe.is_protected = true;
  return safe;
}

ExplainedGroup untouched(std::string name, bool member, std::string why) {
  ExplainedGroup wild = group(std::move(name), Verdict::untouched, std::move(why));
  wild.member = member;
  return wild;
}

}  // namespace

Explanation rich_explanation() {
  Explanation ada = person("Ada@example.com");
  ada.declared = true;
  ada.at = Place{"users/ada.yaml", 1, 10};
  ada.other_environments = {"prod", "dr"};
  ada.is_protected = true;
  ada.accounts = {{"user-1", "ada@example.com", "Deactivated", true}};
  ada.groups = {kept(), withheld(), given("Engineering"), lost(), blocked("Support", true)};
  ExplainedGroup sales = untouched("Sales", false, "nobody declares it in qa");
  sales.group.id.clear();
  sales.sources = {source(SourceForce::elsewhere, 14)};
  ada.groups.push_back(sales);
  ada.groups.push_back(untouched("Wild", true, "Wild is not declared, so it is never touched"));
  ada.findings = {{FindingKind::deactivated_user, "Ada@example.com", "",
                   "Ada@example.com is declared, but deactivated in the tenant"},
                  {FindingKind::removal_withheld, "Ada@example.com", "Break-glass",
                   "Ada@example.com keeps Break-glass: the group is protected"}};
  ada.guardrail_hits = {{GuardrailKind::separate_duties,
                         "1 person would be in more than one of Engineering, Admins: Ada@example.com", ""}};
  return ada;
}

Explanation newcomer_explanation() {
  Explanation bob = person("bob@example.com");
  bob.declared = true;
  bob.at = Place{"users/bob.yaml", 1, 10};
  bob.groups = {given("Engineering")};
  bob.groups.front().user_id.clear();
  return bob;
}

Explanation duplicate_explanation() {
  Explanation cleo = person("cleo@example.com");
  cleo.accounts = {{"user-1", "cleo@example.com", "Active", false}, {"user-2", "Cleo@example.com", "Invited", false}};
  cleo.groups = {blocked("Support", true), untouched("Wild", true, "Wild is not declared, so it is never touched")};
  cleo.groups[0].cause = BlockCause::duplicate_email;
  cleo.groups[0].why = "2 users of the tenant have the email cleo@example.com: user-1, user-2";
  cleo.groups[1].user_id = "user-2";
  return cleo;
}

Explanation nameless_explanation() {
  Explanation nobody = person("");
  nobody.accounts = {{"user-1", "", "Active", false}};
  nobody.groups = {untouched("Support", true, "a user without an email cannot be declared, so nothing is judged")};
  return nobody;
}

Explanation hostile_explanation() {
  const std::string evil = "\x1b[2J\n::set-output name=x::\xe2\x80\xae</script>`|\xff";
  Explanation mallory = person("m" + evil + "@example.com");
  mallory.environment = "q" + evil;
  mallory.base_url = "https://" + evil;
  mallory.declared = true;
  mallory.at = Place{"f" + evil + ".yaml", 1, 2};
  mallory.accounts = {{"id" + evil, "M" + evil, "S" + evil, false}};
  ExplainedGroup given_one = given("G" + evil);
  given_one.sources[0].source.team = "t" + evil;
  given_one.sources[1].source.reason = "r" + evil;
  given_one.why = "w" + evil;
  ExplainedGroup blocked_one = blocked("B" + evil, false);
  blocked_one.why = "b" + evil;
  blocked_one.sources = {source(SourceForce::elsewhere, 3)};
  blocked_one.sources[0].environments = {"e" + evil};
  mallory.groups = {given_one, blocked_one};
  mallory.findings = {{FindingKind::expired_invitation, mallory.email, "", "f" + evil}};
  mallory.guardrail_hits = {{GuardrailKind::allowed_domains, "g" + evil, ""}};
  return mallory;
}

}  // namespace cipherform::fakes
