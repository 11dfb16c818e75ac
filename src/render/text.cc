// The plan for a reviewer at a terminal or in a CI log. What may stop the reader comes
// first (an unproved listing), then persons, then what apply would refuse, then what is
// only worth knowing; the last two lines are the result. Actions are always all there;
// what is no action is folded when there is much of it.
#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "cipherform/render.h"
#include "render/phrases.h"
#include "render/rows.h"
#include "render/terminal.h"

namespace cipherform {
namespace {

constexpr std::size_t kWidestLabel = 40;   // a longer group name pushes its own line only
constexpr std::size_t kMostWithheld = 20;  // people of whom nothing but a withheld removal is known
constexpr std::size_t kMostListedFindings = 50;
constexpr std::size_t kMostExamples = 5;
constexpr std::string_view kPrivileged = " (privileged)";

Style style_of(Mark mark) {
  switch (mark) {
    case Mark::add:
      return Style::added;
    case Mark::remove:
      return Style::removed;
    case Mark::change:
      return Style::changed;
    case Mark::blocked:
      return Style::alarm;
  }
  return Style::bold;
}

void write_mark(TerminalWriter& writer, Mark mark) {
  const char sign = static_cast<char>(mark);
  writer.own({&sign, 1}, style_of(mark));
  writer.own(" ");
}

/// Whoever reviews a plan must see that it is not the whole difference.
void write_limits(TerminalWriter& writer, const Plan& plan) {
  const std::vector<std::string> limits = limits_of(plan);
  if (limits.empty()) return;
  writer.own("Only a part was compared:", Style::bold);
  for (const std::string& limit : limits) {
    writer.own(" ");
    writer.name(limit);
  }
  writer.end_line();
}

void write_source(TerminalWriter& writer, const PromotedFrom& from) {
  writer.own("Promotion from ", Style::bold);
  writer.name(from.environment, Style::bold);
  writer.own(" (");
  writer.name(from.base_url);
  writer.own("), which has " + counted(from.users, "user", "users"));
  if (from.all_groups) writer.own("; also groups that are not declared");
  writer.end_line();
}

/// "qa ✓ 2 days ago → staging ✗ → prod"
void write_promotion(TerminalWriter& writer, const Plan& plan) {
  if (plan.promotion.empty()) return;
  writer.own("promotion: ");
  for (const Stage& stage : plan.promotion) {
    writer.name(stage.environment);
    writer.own(" " + stage_phrase(stage, plan.created_at) + " → ");
  }
  writer.name(plan.environment);
  writer.end_line();
}

void write_header(TerminalWriter& writer, const Plan& plan) {
  writer.own(std::string{heading_of(plan)} + " ", Style::bold);
  writer.name(plan.environment, Style::bold);
  writer.own(" (");
  writer.name(plan.base_url);
  writer.own(")");
  writer.end_line();
  writer.own("made " + format_rfc3339(std::chrono::floor<std::chrono::seconds>(plan.created_at)) + " by cipherform ");
  writer.name(plan.tool_version);
  writer.own("; ");
  writer.name(desired_users_phrase(plan));
  writer.own(", " + grouped_digits(plan.live_users) + " in the tenant");
  writer.end_line();
  if (plan.drift && plan.drift->last_converged) {
    const Time at = *plan.drift->last_converged;
    writer.own("Last converged apply: " + format_rfc3339(std::chrono::floor<std::chrono::seconds>(at)));
    writer.end_line();
  }
  if (plan.promoted_from) write_source(writer, *plan.promoted_from);
  if (plan.as_of) {
    writer.own("Judged as of " + format_rfc3339(*plan.as_of) + ", not of when it was made", Style::bold);
    writer.end_line();
  }
  write_promotion(writer, plan);
  write_limits(writer, plan);
  writer.end_line();
}

void write_proof_warning(TerminalWriter& writer, const Plan& plan) {
  const ListingProof& proof = plan.proof;
  if (proof.complete) return;
  writer.own("Warning: the user list was not proved complete, so every removal is withheld.", Style::alarm);
  writer.end_line();
  write_why(writer, proof.reason);
  writer.own("  " + again_sentence(plan));
  writer.end_line();
  writer.end_line();
}

void write_source_warning(TerminalWriter& writer, const std::optional<PromotedFrom>& from) {
  if (!from || from->proof.complete) return;
  writer.own("Warning: ", Style::alarm);
  writer.sentence(unproved_source_phrase(*from));
  writer.own(".");
  writer.end_line();
  write_why(writer, from->proof.reason);
  writer.end_line();
}

/// Says what the signs mean, of those that occur.
void write_legend(TerminalWriter& writer, const PlanRows& rows) {
  static constexpr std::array<std::pair<Mark, std::string_view>, 4> kMeanings{{
      {Mark::add, "create or add"},
      {Mark::remove, "remove"},
      {Mark::change, "user who changes"},
      {Mark::blocked, "blocked"},
  }};
  const auto occurs = [&](Mark mark) {
    const auto has_mark = [mark](const auto& row) { return row.mark == mark; };
    return std::any_of(rows.people.begin(), rows.people.end(), has_mark) ||
           std::any_of(rows.memberships.begin(), rows.memberships.end(), has_mark);
  };
  for (const auto& [mark, meaning] : kMeanings) {
    if (!occurs(mark)) continue;
    writer.own("  ");
    write_mark(writer, mark);
    writer.own(meaning);
  }
  writer.end_line();
  writer.end_line();
}

std::size_t label_width(const PlanRows& rows) {
  std::size_t widest = 0;
  std::string scratch;
  for (const MembershipRow& row : rows.memberships) {
    scratch.clear();
    const std::size_t width = append_safe(scratch, row.group, kLongestName) + (row.privileged ? kPrivileged.size() : 0);
    if (width <= kWidestLabel) widest = std::max(widest, width);
  }
  return widest;
}

void write_membership(TerminalWriter& writer, const MembershipRow& row, std::size_t width) {
  writer.own("      ");
  write_mark(writer, row.mark);
  std::size_t used = writer.name(row.group);
  if (row.privileged) {
    writer.own(kPrivileged, Style::bold);
    used += kPrivileged.size();
  }
  const std::string why = why_of(row);
  if (!why.empty()) {
    writer.spaces((used < width ? width - used : 0) + 3);
    writer.sentence(why);
  }
  writer.end_line();
}

void write_person(TerminalWriter& writer, const PlanRows& rows, const PersonRow& person, std::size_t width) {
  writer.own("  ");
  write_mark(writer, person.mark);
  if (person.email.empty()) {
    writer.own("(no email) ", Style::bold);
    writer.name(person.user_id, Style::bold);
  } else {
    writer.name(person.email, Style::bold);
  }
  writer.end_line();
  for (std::size_t i = person.first; i < person.first + person.count; ++i) {
    write_membership(writer, rows.memberships[i], width);
  }
}

void write_people(TerminalWriter& writer, const PlanRows& rows) {
  if (rows.people.empty()) return;
  write_legend(writer, rows);
  const std::size_t width = label_width(rows);
  std::size_t withheld = 0;
  for (const PersonRow& person : rows.people) {
    if (person.withheld && ++withheld > kMostWithheld) continue;
    write_person(writer, rows, person, width);
  }
  if (withheld > kMostWithheld) {
    writer.own("  and " + counted(withheld - kMostWithheld, "more person", "more people") +
               " with nothing but withheld removals");
    writer.end_line();
  }
  writer.end_line();
}

void write_guardrails(TerminalWriter& writer, const Plan& plan) {
  if (plan.guardrail_hits.empty()) return;
  writer.own("Guardrails: apply refuses this plan", Style::bold);
  writer.end_line();
  for (const GuardrailHit& hit : plan.guardrail_hits) {
    writer.own("  ");
    write_mark(writer, Mark::blocked);
    writer.sentence(hit.message);
    writer.end_line();
    if (hit.acknowledgement.empty()) {
      writer.own("      cannot be acknowledged: change the declaration");
    } else {
      writer.own("      if this is meant: apply with --ack ");
      writer.name(hit.acknowledgement);
    }
    writer.end_line();
  }
  writer.end_line();
}

void write_blocked_count(TerminalWriter& writer, const Plan& plan) {
  if (plan.blocked.empty()) return;
  writer.own("Blocked: ", Style::alarm);
  writer.own(counted(plan.blocked.size(), "change", "changes") + " marked ! above");
  writer.own(plan.empty() ? "; nothing else is to be done" : "; the others can be applied");
  writer.end_line();
  writer.end_line();
}

void write_listed_section(TerminalWriter& writer, const FindingSection& section) {
  writer.own("  " + section.title + ":");
  writer.end_line();
  const std::size_t shown = std::min(section.findings.size(), kMostListedFindings);
  for (const Finding* finding : section.findings.first(shown)) {
    writer.own("    ");
    writer.sentence(sentence_of(*finding));
    writer.end_line();
  }
  if (shown == section.findings.size()) return;
  writer.own("    and " + grouped_digits(section.findings.size() - shown) + " more");
  writer.end_line();
}

void write_folded_section(TerminalWriter& writer, const FindingSection& section) {
  writer.own("  " + section.title + ": ");
  const std::size_t total = section.findings.size();
  const std::size_t shown = std::min(total, kMostExamples);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i != 0) writer.own(i + 1 == total ? " and " : ", ");
    writer.name(example_of(*section.findings[i]));
  }
  if (shown < total) writer.own(" and " + grouped_digits(total - shown) + " more");
  writer.end_line();
}

void write_findings(TerminalWriter& writer, const PlanRows& rows) {
  if (rows.sections.empty()) return;
  writer.own("Worth knowing", Style::bold);
  writer.end_line();
  for (const FindingSection& section : rows.sections) {
    if (section.listed) {
      write_listed_section(writer, section);
    } else {
      write_folded_section(writer, section);
    }
  }
  writer.end_line();
}

void write_result(TerminalWriter& writer, const Plan& plan) {
  // Only a "No changes" line holds a name from outside, and its end is ours.
  const std::string summary = terminal_safe(summary_line(plan));
  writer.own(summary, Style::bold);
  writer.end_line();
  if (plan.empty() && plan.blocked.empty()) return;
  writer.own(requests_line(plan));
  writer.end_line();
  writer.own("Fingerprint: " + fingerprint(plan));
  writer.end_line();
}

}  // namespace

std::string render_text(const Plan& plan, const TextOptions& options) {
  const PlanRows rows = make_rows(plan);
  std::string out;
  out.reserve(4096 + 80 * rows.people.size() + 120 * rows.memberships.size());
  TerminalWriter writer(out, options.color);
  write_header(writer, plan);
  write_proof_warning(writer, plan);
  write_source_warning(writer, plan.promoted_from);
  write_people(writer, rows);
  write_guardrails(writer, plan);
  write_blocked_count(writer, plan);
  write_findings(writer, rows);
  write_result(writer, plan);
  return out;
}

}  // namespace cipherform
