// A difference between tenants as a comment, within the bounds and by the rules of a plan's
// (markdown.cc): what others wrote is in code, lists take a share of what is left and count
// what they leave out.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "cipherform/render.h"
#include "render/diff_phrases.h"
#include "render/markdown_escape.h"
#include "render/markdown_page.h"
#include "render/markdown_review.h"
#include "render/phrases.h"

namespace cipherform {
namespace {

constexpr std::size_t kMostNotes = 50;        // of one kind
constexpr std::size_t kMostMemberships = 20;  // of one person

void write_head(MarkdownPage& page, const TenantDifference& difference) {
  const auto& [first, second] = difference.tenants;
  page.line(diff_marker(first.environment, second.environment));
  const std::array<std::string_view, 2> names{first.environment, second.environment};
  page.line(fmt::format("### cipherform diff of {} and {}: {}", code_span(first.environment),
                        code_span(second.environment), prose(summary_line(difference), names)));
  page.line();
  page.line(fmt::format("`-` only in {}, {}, {} · `+` only in {}, {}, {}", code_span(first.environment),
                        code_span(first.base_url), counted(first.users, "user", "users"), code_span(second.environment),
                        code_span(second.base_url), counted(second.users, "user", "users")));
  page.line();
}

void write_alert(MarkdownPage& page, const TenantDifference& difference) {
  if (difference.proved() && difference.selection.everything()) return;
  page.line("> [!WARNING]");
  for (const ComparedTenant& tenant : difference.tenants) {
    if (tenant.proof.complete) continue;
    const std::array<std::string_view, 1> names{tenant.environment};
    std::string text = fmt::format("> {}.", prose(unproved_phrase(tenant), names));
    if (!tenant.proof.reason.empty()) text += " Why: " + prose(tenant.proof.reason) + ".";
    page.line(text);
    page.line(">");
  }
  if (!difference.selection.everything()) {
    const std::vector<std::string> limits = limits_of(difference.selection);
    page.line("> **Only a part was compared.** Nothing is known of the rest.");
    page.list("> ", limits.size(), [&limits](std::size_t i) { return code_span(limits[i]); },
              {page.share(1, 4), kSmall});
  }
  page.line();
}

void append_own_name(std::string& lines, const ComparedTenant& tenant) {
  lines += "   (";
  append_code(lines, own_name_phrase(tenant.environment));
  lines += ')';
}

std::string person_lines(const TenantDifference& difference, const PersonDifference& person) {
  std::string lines = fmt::format("{} ", sign_of(person.presence));
  append_code(lines, person.email.text);
  if (person.presence != Presence::both) {
    lines += "   only in ";
    append_code(lines, difference.tenant(side_of(person.presence)).environment);
  }
  if (person.email.own) append_own_name(lines, difference.tenant(side_of(person.presence)));
  lines += '\n';
  const std::size_t shown = std::min(person.memberships.size(), kMostMemberships);
  for (std::size_t i = 0; i < shown; ++i) {
    const MembershipDifference& membership = person.memberships[i];
    lines += fmt::format("{}   ", sign_of(membership.only_in));
    append_code(lines, membership.group.text);
    if (membership.group.own) append_own_name(lines, difference.tenant(membership.only_in));
    lines += '\n';
  }
  if (shown < person.memberships.size()) {
    lines += fmt::format("~   and {} more memberships\n", grouped_digits(person.memberships.size() - shown));
  }
  return lines;
}

void write_people(MarkdownPage& page, const TenantDifference& difference) {
  const auto& people = difference.people;
  if (people.empty()) return;
  const bool folded = people.size() > kSmall;
  if (folded) page.line(fmt::format("<details><summary>{} people</summary>\n", grouped_digits(people.size())));
  const std::size_t room = page.share(3, 4);
  std::string lines;
  std::size_t shown = 0;
  for (; shown < people.size(); ++shown) {
    const std::string next = person_lines(difference, people[shown]);
    if (lines.size() + next.size() > room) break;
    lines += next;
  }
  if (!lines.empty()) page.own(code_block("diff", lines));
  if (shown < people.size()) {
    page.line(fmt::format("\nand {} more", grouped_digits(people.size() - shown)));
    page.cut();
  }
  page.line(folded ? "\n</details>\n" : "");
}

void write_notes(MarkdownPage& page, const TenantDifference& difference) {
  if (difference.notes.empty()) return;
  const bool folded = difference.notes.size() > kSmall;
  page.line(folded ? "<details><summary>Worth knowing</summary>\n" : "#### Worth knowing\n");
  for (const NoteSection& section : note_sections(difference)) {
    page.line(fmt::format("**{}**\n", section.title));
    page.list("", section.notes.size(),
              [&](std::size_t i) {
                const DifferenceNote& note = *section.notes[i];
                const std::array<std::string_view, 3> names{note.subject, difference.tenants[0].environment,
                                                            difference.tenants[1].environment};
                return prose(note.message, names);
              },
              {page.share(1, 2), kMostNotes});
    page.line();
  }
  if (folded) page.line("</details>\n");
}

}  // namespace

std::string render_markdown(const TenantDifference& difference) {
  MarkdownPage page(kCommentLimit, kCommentReserved);
  write_head(page, difference);
  write_alert(page, difference);
  write_people(page, difference);
  write_notes(page, difference);
  if (!page.whole()) page.line("What does not fit into a comment is in the text and JSON forms of this difference.");
  return std::move(page).take();
}

}  // namespace cipherform
