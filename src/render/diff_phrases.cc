#include "render/diff_phrases.h"

#include <fmt/format.h>

#include "render/phrases.h"

namespace cipherform {
namespace {

std::string_view title_of(DifferenceNoteKind kind) {
  switch (kind) {
    case DifferenceNoteKind::groups_not_listed:
      return "Groups not listed";
    case DifferenceNoteKind::group_in_one:
      return "Groups that only one has";
    case DifferenceNoteKind::duplicate_group:
      return "Several groups of one name";
    case DifferenceNoteKind::duplicate_email:
      return "Several users with one email";
    case DifferenceNoteKind::user_without_email:
      return "Users without an email";
    case DifferenceNoteKind::deactivated_in_one:
      return "Deactivated in one only";
  }
  return {};
}

}  // namespace

std::string own_name_phrase(std::string_view environment) {
  return fmt::format("{}'s own name, for which the declaration has no word", environment);
}

std::string summary_line(const TenantDifference& difference) {
  if (difference.empty()) {
    if (!difference.proved()) return "No differences in what was seen.";
    return difference.selection.everything() ? "No differences." : "No differences in what is selected.";
  }
  const DifferenceCounts counts = difference.counts();
  std::string line;
  const auto item = [&line](std::uint32_t people, const std::string& what) {
    if (people == 0) return;
    line += line.empty() ? counted(people, "person", "people") : ", " + grouped_digits(people);
    line += ' ' + what;
  };
  item(counts.only_in[0], "only in " + difference.tenants[0].environment);
  item(counts.only_in[1], "only in " + difference.tenants[1].environment);
  item(counts.differ, counts.differ == 1 ? "differs: " : "differ: ");
  if (counts.differ != 0) line += counted(counts.memberships, "membership", "memberships");
  return line + '.';
}

std::string unproved_phrase(const ComparedTenant& tenant) {
  return fmt::format("the user list of {} was not proved complete, so who is missing there may be there all the same",
                     tenant.environment);
}

std::vector<NoteSection> note_sections(const TenantDifference& difference) {
  std::vector<NoteSection> sections;
  const DifferenceNote* last = nullptr;
  for (const DifferenceNote& note : difference.notes) {  // by kind
    if (last == nullptr || last->kind != note.kind) sections.push_back({std::string{title_of(note.kind)}, {}});
    sections.back().notes.push_back(&note);
    last = &note;
  }
  for (NoteSection& section : sections) section.title += fmt::format(" ({})", grouped_digits(section.notes.size()));
  return sections;
}

}  // namespace cipherform
