// The verdict of a change is the plan's action, blocked action or finding. Where the plan
// has none, the membership stays as it is, and what is left to say is why.
#include "plan/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "plan/terms.h"

namespace cipherform::plan {
namespace {

/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& items) {
  std::string list;
  for (std::size_t i = 0; i < items.size(); ++i) {
    list += fmt::format("{}{}", i == 0 ? "" : i + 1 == items.size() ? " and " : ", ", items[i]);
  }
  return list;
}

/// "groups.yaml:4:3 via team platform and users.yaml:2:5 ask for it, until 2027-01-31".
std::string asked_for(const ExplainedGroup& group) {
  std::vector<std::string> places;
  for (const ExplainedSource& each : group.sources) {
    if (each.force != SourceForce::in_force) continue;
    const Source& source = each.source;
    places.push_back(fmt::format("{}:{}:{}", source.file, source.line, source.column));
    if (!source.team.empty()) places.back() += " via team " + source.team;
  }
  std::string sentence = fmt::format("{} {} for it", listed(places), places.size() == 1 ? "asks" : "ask");
  if (group.until) sentence += ", until " + moment(*group.until);
  return sentence;
}

/// "Engineering is authoritative (groups.yaml:4:3)".
std::string rule_of(const ExplainedGroup& group) {
  if (group.rule == GroupRule::undeclared) return group.group.name + " is not declared";
  std::string rule = group.group.name;
  rule += group.rule == GroupRule::authoritative ? " is authoritative" : " is additive";
  if (group.declared_at) {
    rule += fmt::format(" ({}:{}:{})", group.declared_at->file, group.declared_at->line, group.declared_at->column);
  }
  return rule;
}

bool only_elsewhere(const ExplainedGroup& group) { return group.wanted == Wanted::no && !group.sources.empty(); }

/// Why a membership is not asked for now.
std::string not_asked_for(const ExplainedGroup& group, const VerdictTerms& terms) {
  if (group.wanted == Wanted::expired) {
    return group.until ? "the membership ended " + moment(*group.until) : "the membership ended";
  }
  if (only_elsewhere(group)) return fmt::format("nobody declares it in {}", terms.environment);
  return "nobody declares it";
}

std::string why_kept_by_nobody(const ExplainedGroup& group, const VerdictTerms& terms) {
  return fmt::format("{}, but it is the fallback group, and no other group would be left", not_asked_for(group, terms));
}

/// The finding says that who keeps what, and then why; only the why is news here.
std::string why_withheld(const ExplainedGroup& group, const Finding& finding, const VerdictTerms& terms) {
  std::string_view reason = finding.message;
  const std::string known = fmt::format("{} keeps {}: ", finding.subject, finding.group);
  if (reason.starts_with(known)) reason.remove_prefix(known.size());
  return fmt::format("{}, but {}", not_asked_for(group, terms), reason);
}

std::string why_untouched(const ExplainedGroup& group, const VerdictTerms& terms) {
  if (!terms.has_email) return "a user without an email cannot be declared, so nothing is judged";
  if (group.wanted == Wanted::yes || (group.member && group.rule == GroupRule::authoritative)) {
    return "--target and --exclude leave it out";
  }
  if (!group.member) return not_asked_for(group, terms);
  if (group.rule == GroupRule::undeclared) return rule_of(group) + ", so it is never touched";
  return fmt::format("{}, but {}, so nobody is removed", not_asked_for(group, terms), rule_of(group));
}

void take_entry(ExplainedGroup& group, const PlanEntry& entry, const VerdictTerms& terms) {
  if (entry.blocked != nullptr) {
    group.verdict = Verdict::blocked;
    group.cause = entry.blocked->cause;
    group.why = entry.blocked->message;
    return;
  }
  group.action_id = entry.action->id;
  if (entry.removal != nullptr) {
    group.verdict = Verdict::loses;
    group.why = fmt::format("{}, and {}", not_asked_for(group, terms), rule_of(group));
    return;
  }
  group.verdict = Verdict::gets;
  group.why = entry.grant->fallback ? "it is the fallback group, and no other group would be left" : asked_for(group);
}

}  // namespace

void judge(ExplainedGroup& group, const VerdictTerms& terms) {
  const Finding* const withheld = group.member && group.rule == GroupRule::authoritative && group.wanted != Wanted::yes
                                      ? terms.plan.find(FindingKind::removal_withheld, group.group.name)
                                      : nullptr;
  if (const PlanEntry* const entry = terms.plan.find(group.user_id, group.group.id)) {
    take_entry(group, *entry, terms);
  } else if (withheld != nullptr) {
    group.verdict = Verdict::withheld;
    group.why = why_withheld(group, *withheld, terms);
  } else if (group.member && group.wanted == Wanted::yes) {
    group.verdict = Verdict::keeps;
    group.why = asked_for(group);
  } else if (terms.is_fallback && terms.is_selected && terms.has_email && group.member &&
             group.rule == GroupRule::authoritative) {
    group.verdict = Verdict::keeps;
    group.why = why_kept_by_nobody(group, terms);
  } else {
    group.verdict = Verdict::untouched;
    group.why = why_untouched(group, terms);
  }
}

}  // namespace cipherform::plan
