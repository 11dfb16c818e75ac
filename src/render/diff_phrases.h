// What the forms of a difference between tenants say alike. Raw: whoever prints it escapes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cipherform/diff.h"

namespace cipherform {

/// The sign in front of what only one tenant has, as `diff -u` has it.
inline char sign_of(Side side) { return side == Side::first ? '-' : '+'; }
inline char sign_of(Presence presence) {
  return presence == Presence::both ? '~' : sign_of(presence == Presence::only_first ? Side::first : Side::second);
}

/// Where a person is who is in one only.
inline Side side_of(Presence presence) { return presence == Presence::only_second ? Side::second : Side::first; }

/// "qa's own name, for which the declaration has no word"
std::string own_name_phrase(std::string_view environment);
/// "2 people only in qa, 1 only in prod, 5 differ: 7 memberships." or "No differences."
std::string summary_line(const TenantDifference& difference);
/// "the user list of qa was not proved complete, so who is missing there may be there all the same"
std::string unproved_phrase(const ComparedTenant& tenant);

/// The notes of one kind, and how they are headed.
struct NoteSection {
  std::string title;
  std::vector<const DifferenceNote*> notes;
};
std::vector<NoteSection> note_sections(const TenantDifference& difference);

}  // namespace cipherform
