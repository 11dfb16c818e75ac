#include "render/random_plans.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <utility>

#include "cipherform/utf8.h"
#include "fakes/hostile_strings.h"
#include "render/sample_plans.h"

namespace cipherform::samples {
namespace {

using fakes::kHostileStrings;

class Maker {
 public:
  explicit Maker(std::uint32_t seed) : engine_(seed), hostility_(below(3)) {}

  std::size_t below(std::size_t end) { return static_cast<std::size_t>(engine_() % end); }
  bool one_in(std::size_t n) { return below(n) == 0; }

  /// A plain name, a hostile one, or a very long one.
  std::string text(std::string_view plain, std::size_t number) {
    const bool hostile = hostility_ == 2 || (hostility_ == 1 && one_in(8));
    if (!hostile) return fmt::format("{}-{}", plain, number);
    std::string text{kHostileStrings[below(kHostileStrings.size())].text};
    if (one_in(16)) {
      while (text.size() < 3000) text += kHostileStrings[below(kHostileStrings.size())].text;
    }
    return text;
  }

  Grant grant() {
    Grant grant;
    grant.group = {"id", text("group", below(30))};
    grant.privileged = one_in(5);
    const std::size_t sources = below(6);
    for (std::size_t i = 0; i < sources; ++i) {
      grant.sources.push_back({text("file", i), 3, 7, one_in(2) ? text("team", i) : "", text("OPS", i), {}});
    }
    if (one_in(3)) grant.until = parse_until("2027-01-31");
    return grant;
  }

  Change change(const std::string& email) {
    switch (below(3)) {
      case 0: {
        CreateUser create{email, {}};
        const std::size_t grants = 1 + (one_in(50) ? below(60) : below(3));
        for (std::size_t i = 0; i < grants; ++i) create.grants.push_back(grant());
        return create;
      }
      case 1:
        return AddMember{"id-" + email, email, grant()};
      default:
        return RemoveMember{"id-" + email, email, grant().group, RemovalCause::not_declared, {}};
    }
  }

  void findings(Plan& plan, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto kind = static_cast<FindingKind>(below(16));
      plan.findings.push_back({kind, text("subject", i), one_in(2) ? text("group", i) : "", text("message", i)});
    }
    std::stable_sort(plan.findings.begin(), plan.findings.end(),
                     [](const Finding& a, const Finding& b) { return a.kind < b.kind; });
  }

  void hits(Plan& plan, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      plan.guardrail_hits.push_back(
          {GuardrailKind::separate_duties, text("message", i), one_in(2) ? "removals=37" : ""});
    }
  }

 private:
  std::mt19937 engine_;
  std::size_t hostility_;  ///< 0: every name is plain; 2: none
};

/// Everything about one person of the corpus: some created, some added, some removed, some blocked.
void add_person(Plan& plan, std::size_t number, const std::string& text) {
  const std::string id = fmt::format("user-{}", number);
  const Grant grant{
      {fmt::format("group-{}", number), text}, number % 2 == 0, false, {{text, 1, 1, text, text, {}}}, {}};
  const std::array<Change, 3> changes{CreateUser{text, {grant}}, AddMember{id, text, grant},
                                      RemoveMember{id, text, grant.group, RemovalCause::not_declared, {}}};
  const Change& change = changes[number % changes.size()];
  if (number % 7 == 0) {
    plan.blocked.push_back({change, BlockCause::duplicate_email, text});
  } else {
    plan.actions.push_back({action_id(change), change});
  }
  plan.findings.push_back({static_cast<FindingKind>(number % 16), text, text, text});
  if (number % 9 == 0) plan.guardrail_hits.push_back({GuardrailKind::max_creates, text, "creates=1"});
}

void sort_findings(Plan& plan) {
  std::stable_sort(plan.findings.begin(), plan.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.kind < b.kind; });
}

}  // namespace

Plan plan_of_the_corpus() {
  Plan plan = empty_plan();
  for (std::size_t i = 0; i < kHostileStrings.size(); ++i) add_person(plan, i, repaired_utf8(kHostileStrings[i].text));
  sort_findings(plan);
  return plan;
}

Plan random_plan(std::uint32_t seed, std::size_t changes) {
  Maker maker(seed);
  Plan plan = empty_plan();
  if (maker.one_in(3)) plan.environment = maker.text("env", 1);
  if (maker.one_in(3)) plan.base_url = maker.text("url", 1);
  plan.proof.complete = !maker.one_in(4);
  if (!plan.proof.complete) plan.proof.reason = maker.text("reason", 1);
  const std::size_t targets = maker.one_in(4) ? maker.below(40) : 0;
  for (std::size_t i = 0; i < targets; ++i) plan.selection.targets.push_back(maker.text("target", i));
  const bool many_blocked = maker.one_in(4);
  for (std::size_t i = 0; i < changes; ++i) {
    Change change = maker.change(maker.text("person@example.com", i / 2));
    if (many_blocked ? maker.one_in(2) : maker.one_in(20)) {
      plan.blocked.push_back({std::move(change), static_cast<BlockCause>(maker.below(3)), maker.text("message", i)});
    } else {
      plan.actions.push_back({fmt::format("{:016x}", i), std::move(change)});
    }
  }
  maker.findings(plan, maker.one_in(3) ? 0 : maker.below(changes / 4 + 20));
  maker.hits(plan, maker.one_in(2) ? 0 : maker.below(maker.one_in(3) ? 200 : 4));
  return plan;
}

Plan plan_of(std::string_view raw) {
  const std::string text{raw};
  Plan plan = empty_plan();
  plan.environment = plan.base_url = plan.tool_version = text;
  plan.proof = {false, text, 3, 3, 1};
  plan.selection = {{text}, {text}};
  plan.promoted_from = PromotedFrom{text, text, text, 3, plan.proof, true, {text}};
  Grant grant{{text, text}, true, false, {{text, 1, 1, text, text, {}}}, parse_until("2027-01-31")};
  grant.sources.emplace_back().promoted_from = text;
  const RemoveMember removal{text, text, {text, text}, RemovalCause::expired, grant.sources};
  for (const Change& change :
       {Change{CreateUser{text, {grant}}}, Change{AddMember{text, text, grant}}, Change{AddMember{text, "", grant}},
        Change{removal}, Change{RemoveMember{text, text, {text, text}, RemovalCause::not_in_source, {}}}}) {
    plan.actions.push_back({fmt::format("{:016x}", plan.actions.size()), change});
    plan.blocked.push_back({change, BlockCause::duplicate_email, text});
  }
  for (unsigned kind = 0; !to_string(static_cast<FindingKind>(kind)).empty(); ++kind) {
    plan.findings.push_back({static_cast<FindingKind>(kind), text, text, "of " + text + " in " + text});
  }
  plan.guardrail_hits = {{GuardrailKind::max_removals, "would be " + text, text}};
  plan.people = {{text, text, {text}}};
  plan.groups = {{text, 3}};
  return plan;
}

}  // namespace cipherform::samples
