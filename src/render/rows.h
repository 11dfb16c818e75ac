// The plan as what people read: persons, their memberships, findings. Made once; each
// output format writes the same rows and escapes for itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "cipherform/plan.h"

namespace cipherform {

/// The sign in front of a row.
enum class Mark : char { add = '+', remove = '-', change = '~', blocked = '!' };

/// One membership that is given, taken, or neither because it is blocked. All strings
/// of all rows are raw: not escaped.
struct MembershipRow {
  Mark mark{};
  std::string_view group;
  bool privileged = false;
  std::string note;    ///< "not declared", "blocked: …"; may be empty, like all below
  std::string origin;  ///< "groups/eng.yaml:4:7 via team platform and users/ada.yaml:2:5"
  std::string until;   ///< "until 2027-01-31 (in 12 days)"
  std::string reason;  ///< "OPS-411"
};

/// One person, and where the memberships are in PlanRows::memberships.
struct PersonRow {
  Mark mark{};
  std::string_view email;    ///< empty: the tenant has none for this user
  std::string_view user_id;  ///< empty for a user who is created
  bool withheld = false;     ///< nothing but removals that an unproved listing blocks
  std::size_t first = 0;
  std::size_t count = 0;
};

/// The findings of one kind.
struct FindingSection {
  FindingKind kind{};
  std::string title;
  bool listed = false;  ///< worth a line each; else a count and examples
  std::span<const Finding* const> findings{};
};

/// Refers to the plan, which must outlive it.
struct PlanRows {
  std::vector<PersonRow> people;  ///< by email key; those without an email first, by id
  std::vector<MembershipRow> memberships;
  std::vector<FindingSection> sections;  ///< what matters most first
  std::vector<const Finding*> findings;  ///< what the sections refer to
};
PlanRows make_rows(const Plan& plan);

/// What people are grouped by: the email's key, or the id where there is no email.
struct PersonKey {
  std::string email;
  std::string_view user_id;
  friend bool operator==(const PersonKey&, const PersonKey&) = default;
  friend bool operator<(const PersonKey& a, const PersonKey& b) {
    return std::tie(a.email, a.user_id) < std::tie(b.email, b.user_id);
  }
};
PersonKey person_key(const Change& change);

/// The note, origin, time and reason of a row as one phrase.
std::string why_of(const MembershipRow& row);
/// A finding as a sentence that names its subject.
std::string sentence_of(const Finding& finding);
/// A finding's subject, with its group in parentheses where it has one.
std::string example_of(const Finding& finding);

/// What the environment's name follows: "cipherform plan for", "cipherform drift of".
std::string_view heading_of(const Plan& plan);
/// What to do where the user list was not proved complete.
std::string again_sentence(const Plan& plan);
/// "Plan: 3 to create, 5 to add, 2 to remove." or, where nothing is to do, "No changes. …";
/// of a drift "Drift: …" and "No drift. …".
/// The wording is product contract section 4; programs look for it.
std::string summary_line(const Plan& plan);
/// "12 users declared", or of a promotion "12 users in qa".
std::string desired_users_phrase(const Plan& plan);
/// Of a promotion whose source was not proved complete: that nothing is removed because of it.
std::string unproved_source_phrase(const PromotedFrom& from);
/// The globs that a plan is limited by, as options: "--group Eng*", "--target …", "--exclude …".
std::vector<std::string> limits_of(const Plan& plan);
/// "Requests: 12, about 2 s at 10 requests/s."
std::string requests_line(const Plan& plan);

}  // namespace cipherform
