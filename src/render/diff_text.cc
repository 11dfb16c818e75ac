// A difference between tenants at a terminal or in a log. People are always all there; notes
// are cut where there are many.
#include <algorithm>
#include <string>
#include <string_view>

#include "cipherform/render.h"
#include "render/diff_phrases.h"
#include "render/phrases.h"
#include "render/terminal.h"

namespace cipherform {
namespace {

constexpr std::size_t kMostNotes = 50;  // of one kind

Style style_of(char sign) {
  if (sign == '~') return Style::changed;
  return sign == '-' ? Style::removed : Style::added;
}

void write_sign(TerminalWriter& writer, char sign) {
  writer.own({&sign, 1}, style_of(sign));
  writer.own(" ");
}

void write_tenant(TerminalWriter& writer, const ComparedTenant& tenant, char sign) {
  writer.own("  ");
  write_sign(writer, sign);
  writer.own("only in ");
  writer.name(tenant.environment, Style::bold);
  writer.own(" (");
  writer.name(tenant.base_url);
  writer.own("), which has " + counted(tenant.users, "user", "users"));
  writer.end_line();
}

void write_globs(TerminalWriter& writer, std::string_view option, const std::vector<std::string>& globs) {
  for (const std::string& glob : globs) {
    writer.own(option);
    writer.name(glob);
  }
}

void write_head(TerminalWriter& writer, const TenantDifference& difference) {
  writer.own("cipherform diff of ", Style::bold);
  writer.name(difference.tenants[0].environment, Style::bold);
  writer.own(" and ", Style::bold);
  writer.name(difference.tenants[1].environment, Style::bold);
  writer.end_line();
  write_tenant(writer, difference.tenants[0], sign_of(Side::first));
  write_tenant(writer, difference.tenants[1], sign_of(Side::second));
  if (!difference.selection.everything()) {
    writer.own("Only a part was compared:", Style::bold);
    write_globs(writer, " --target ", difference.selection.targets);
    write_globs(writer, " --exclude ", difference.selection.excludes);
    writer.end_line();
  }
  writer.end_line();
  for (const ComparedTenant& tenant : difference.tenants) {
    if (tenant.proof.complete) continue;
    writer.own("Warning: ", Style::alarm);
    writer.sentence(unproved_phrase(tenant));
    writer.own(".");
    writer.end_line();
    write_why(writer, tenant.proof.reason);
  }
  if (!difference.proved()) writer.end_line();
}

void write_own_name(TerminalWriter& writer, const ComparedTenant& tenant) {
  writer.own("  (");
  writer.sentence(own_name_phrase(tenant.environment));
  writer.own(")");
}

void write_person(TerminalWriter& writer, const TenantDifference& difference, const PersonDifference& person) {
  writer.own("  ");
  write_sign(writer, sign_of(person.presence));
  writer.name(person.email.text, Style::bold);
  if (person.presence != Presence::both) {
    writer.own("   only in ");
    writer.name(difference.tenant(side_of(person.presence)).environment);
  }
  if (person.email.own) write_own_name(writer, difference.tenant(side_of(person.presence)));
  writer.end_line();
  for (const MembershipDifference& membership : person.memberships) {
    writer.own("      ");
    write_sign(writer, sign_of(membership.only_in));
    writer.name(membership.group.text);
    if (membership.group.own) write_own_name(writer, difference.tenant(membership.only_in));
    writer.end_line();
  }
}

void write_notes(TerminalWriter& writer, const TenantDifference& difference) {
  if (difference.notes.empty()) return;
  writer.own("Worth knowing", Style::bold);
  writer.end_line();
  for (const NoteSection& section : note_sections(difference)) {
    writer.own("  " + section.title + ":");
    writer.end_line();
    const std::size_t shown = std::min(section.notes.size(), kMostNotes);
    for (std::size_t i = 0; i < shown; ++i) {
      writer.own("    ");
      writer.sentence(section.notes[i]->message);
      writer.end_line();
    }
    if (shown == section.notes.size()) continue;
    writer.own("    and " + grouped_digits(section.notes.size() - shown) + " more");
    writer.end_line();
  }
  writer.end_line();
}

}  // namespace

std::string render_text(const TenantDifference& difference, const TextOptions& options) {
  std::string out;
  out.reserve(1024 + 160 * difference.people.size());
  TerminalWriter writer(out, options.color);
  write_head(writer, difference);
  for (const PersonDifference& person : difference.people) write_person(writer, difference, person);
  if (!difference.people.empty()) writer.end_line();
  write_notes(writer, difference);
  writer.own(terminal_safe(summary_line(difference)), Style::bold);
  writer.end_line();
  return out;
}

}  // namespace cipherform
