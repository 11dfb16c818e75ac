// One person's groups as an answer to "why?". First who it is, then a block for each group:
// what becomes of the membership, and below it every place that asks for it or did. All
// times are relative to the plan's own.
#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/render.h"
#include "render/phrases.h"
#include "render/terminal.h"

namespace cipherform {
namespace {

std::string place_phrase(const Place& place) {
  return place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

/// The person where a sentence needs a subject.
std::string_view subject_of(const Explanation& explanation) {
  if (!explanation.email.empty()) return explanation.email;
  return explanation.accounts.empty() ? std::string_view{} : explanation.accounts.front().user_id;
}

void write_title(TerminalWriter& writer, const Explanation& explanation) {
  if (explanation.email.empty()) writer.own("User ", Style::bold);
  writer.name(subject_of(explanation), Style::bold);
  writer.own(" in ");
  writer.name(explanation.environment);
  writer.own(" (");
  writer.name(explanation.base_url);
  writer.own("), as of " + format_rfc3339(std::chrono::floor<std::chrono::seconds>(explanation.as_of)));
  writer.end_line();
}

void write_declared(TerminalWriter& writer, const Explanation& explanation) {
  writer.own("  ");
  if (explanation.email.empty()) {
    writer.own("No email: cannot be declared, so nothing is changed.");
  } else if (explanation.declared) {
    writer.own("Declared, first at ");
    writer.sentence(place_phrase(*explanation.at));
    writer.own(".");
  } else if (!explanation.other_environments.empty()) {
    writer.own("Not declared here, only in ");
    writer.sentence(listed(explanation.other_environments));
    writer.own(", first at ");
    writer.sentence(place_phrase(*explanation.at));
    writer.own(".");
  } else if (explanation.at) {
    writer.own("Mentioned at ");
    writer.sentence(place_phrase(*explanation.at));
    writer.own(", but nothing asks for a group in any environment.");
  } else {
    writer.own("Not declared: touched only by authoritative groups.");
  }
  writer.end_line();
}

void write_account(TerminalWriter& writer, const Explanation& explanation, const Account& account) {
  writer.own("user ");
  writer.name(account.user_id);
  if (account.email != explanation.email) {
    writer.own(" as ");
    writer.name(account.email);
  }
  if (!account.status.empty()) {
    writer.own(", ");
    writer.name(account.status);
  }
  if (account.is_owner) writer.own(", an owner, who never loses a group");
}

void write_accounts(TerminalWriter& writer, const Explanation& explanation) {
  const auto& accounts = explanation.accounts;
  writer.own("  ");
  if (accounts.empty()) {
    const bool is_created = std::any_of(explanation.groups.begin(), explanation.groups.end(),
                                        [](const ExplainedGroup& group) { return group.verdict == Verdict::gets; });
    writer.own(is_created ? "Not in the tenant: will be created." : "Not in the tenant, and will not be created.");
  } else if (accounts.size() == 1) {
    writer.own("In the tenant: ");
    write_account(writer, explanation, accounts.front());
    writer.own(".");
  } else {
    writer.own(std::to_string(accounts.size()) + " users of the tenant have this email, so none is changed:",
               Style::alarm);
    for (const Account& account : accounts) {
      writer.end_line();
      writer.own("    ");
      write_account(writer, explanation, account);
    }
  }
  writer.end_line();
}

void write_header(TerminalWriter& writer, const Explanation& explanation) {
  write_title(writer, explanation);
  write_declared(writer, explanation);
  write_accounts(writer, explanation);
  if (explanation.is_protected) {
    writer.own("  Protected: never loses a group.");
    writer.end_line();
  }
  writer.end_line();
}

/// The sign and the words in front of the group's name, and the words behind it.
struct Headline {
  char mark = ' ';
  std::optional<Style> style;
  std::string_view before;
  std::string_view after;
};

Headline headline_of(const ExplainedGroup& group) {
  switch (group.verdict) {
    case Verdict::keeps:
      return {'=', std::nullopt, "is in ", ""};
    case Verdict::gets:
      return {'+', Style::added, "will get ", ""};
    case Verdict::loses:
      return {'-', Style::removed, "will lose ", ""};
    case Verdict::blocked:
      return {'!', Style::alarm, group.member ? "would lose " : "would get ", ", but that is blocked"};
    case Verdict::withheld:
      return {'=', std::nullopt, "stays in ", ""};
    case Verdict::untouched:
      if (group.member) return {'=', std::nullopt, "is in ", ""};
      return {' ', std::nullopt, "is not in ", ""};
  }
  return {};
}

void write_headline(TerminalWriter& writer, const ExplainedGroup& group) {
  const Headline headline = headline_of(group);
  writer.own("  ");
  const std::string_view mark{&headline.mark, 1};
  if (headline.style) {
    writer.own(mark, *headline.style);
  } else {
    writer.own(mark);
  }
  writer.own(" ");
  writer.own(headline.before);
  writer.name(group.group.name, Style::bold);
  if (group.privileged) writer.own(" (privileged)", Style::bold);
  if (group.is_protected) writer.own(" (protected)");
  writer.own(headline.after);
  writer.end_line();
}

/// "groups.yaml:4:7 asks for it via team platform; ends 2027-01-31 (in 66 days), OPS-411".
std::string source_phrase(const ExplainedSource& explained, Time now) {
  const Source& source = explained.source;
  std::string phrase = place_phrase({source.file, source.line, source.column});
  phrase += explained.force == SourceForce::ended ? " asked for it" : " asks for it";
  if (!source.team.empty()) phrase += " via team " + source.team;
  if (explained.force == SourceForce::elsewhere) {
    phrase += explained.environments.empty() ? " in no environment" : " only in " + listed(explained.environments);
  }
  if (source.until) phrase += "; " + end_phrase(*source.until, now);
  if (!source.reason.empty()) phrase += ", " + source.reason;
  return phrase;
}

void write_line(TerminalWriter& writer, std::string_view lead, std::string_view text) {
  writer.own("      ");
  writer.own(lead);
  writer.sentence(text);
  writer.end_line();
}

/// Sources in force are the reason why somebody is in a group or gets it, and come first.
void write_why(TerminalWriter& writer, const ExplainedGroup& group, Time now) {
  const bool asked_for =
      group.wanted == Wanted::yes && (group.verdict == Verdict::keeps || group.verdict == Verdict::gets);
  // What is untouched is so for no reason of the plan's: the sentence only says what holds.
  if (!asked_for) write_line(writer, group.verdict == Verdict::untouched ? "" : "because ", group.why);
  const auto is_reason = [&](const ExplainedSource& source) {
    return asked_for && source.force == SourceForce::in_force;
  };
  std::string_view lead = "because ";
  for (const ExplainedSource& source : group.sources) {
    if (!is_reason(source)) continue;
    write_line(writer, lead, source_phrase(source, now));
    lead = "and because ";
  }
  for (const ExplainedSource& source : group.sources) {
    if (!is_reason(source)) write_line(writer, "", source_phrase(source, now));
  }
}

void write_group(TerminalWriter& writer, const ExplainedGroup& group, Time now) {
  write_headline(writer, group);
  write_why(writer, group, now);
  if (group.identity_managed) {
    write_line(writer, "an identity provider fills it, and can undo at a sign-in what is declared", "");
  }
  if (!group.action_id.empty()) write_line(writer, "action ", group.action_id);
}

void write_groups(TerminalWriter& writer, const Explanation& explanation) {
  if (explanation.groups.empty()) {
    writer.own("  is in no group, and nothing asks for one");
    writer.end_line();
  }
  const ExplainedGroup* last = nullptr;
  for (const ExplainedGroup& group : explanation.groups) {
    if (explanation.accounts.size() > 1 && (last == nullptr || last->user_id != group.user_id)) {
      writer.own("  User ");
      writer.name(group.user_id);
      writer.own(":");
      writer.end_line();
    }
    write_group(writer, group, explanation.as_of);
    last = &group;
  }
  writer.end_line();
}

void write_guardrails(TerminalWriter& writer, const Explanation& explanation) {
  if (explanation.guardrail_hits.empty()) return;
  writer.own("Guardrails: apply refuses the plan because of this person", Style::bold);
  writer.end_line();
  for (const GuardrailHit& hit : explanation.guardrail_hits) {
    writer.own("  ");
    writer.own("!", Style::alarm);
    writer.own(" ");
    writer.sentence(hit.message);
    writer.end_line();
  }
  writer.end_line();
}

/// Of the findings, those that are not told above.
void write_findings(TerminalWriter& writer, const Explanation& explanation) {
  bool any = false;
  for (const Finding& finding : explanation.findings) {
    if (finding.kind != FindingKind::deactivated_user && finding.kind != FindingKind::expired_invitation) continue;
    writer.own("Worth knowing: ", Style::bold);
    writer.sentence(finding.message);
    writer.own(".");
    writer.end_line();
    any = true;
  }
  if (any) writer.end_line();
}

void write_result(TerminalWriter& writer, const Explanation& explanation) {
  const auto count_of = [&explanation](Verdict verdict) {
    return static_cast<std::size_t>(
        std::count_if(explanation.groups.begin(), explanation.groups.end(),
                      [verdict](const ExplainedGroup& group) { return group.verdict == verdict; }));
  };
  const std::size_t gets = count_of(Verdict::gets);
  const std::size_t loses = count_of(Verdict::loses);
  const std::size_t blocked = count_of(Verdict::blocked);
  if (gets + loses == 0) {
    writer.own("Nothing changes for ");
    writer.name(subject_of(explanation));
  } else {
    writer.own("An apply gives " + counted(gets, "group", "groups") + " and takes " + std::to_string(loses));
  }
  if (blocked != 0) writer.own("; " + counted(blocked, "change is", "changes are") + " blocked");
  writer.own(".");
  writer.end_line();
}

}  // namespace

std::string render_explanation(const Explanation& explanation, const TextOptions& options) {
  std::string out;
  TerminalWriter writer(out, options.color);
  write_header(writer, explanation);
  write_groups(writer, explanation);
  write_guardrails(writer, explanation);
  write_findings(writer, explanation);
  write_result(writer, explanation);
  return out;
}

}  // namespace cipherform
