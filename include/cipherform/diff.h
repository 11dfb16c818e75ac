// Who has what in one tenant and not in another, in the words of the declaration that both
// environments belong to.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/error.h"
#include "cipherform/mapping.h"
#include "cipherform/model.h"
#include "cipherform/plan.h"

namespace cipherform {

/// One of the two: what it has, and how it spells what is declared. Refers to all of it.
struct TenantView {
  std::string_view environment;
  std::string_view base_url;
  const Mapping& mapping;
  const std::map<std::string, std::string>& group_ids;  ///< pinned: declared name → uuid
  const LiveState& live;
};

/// Which of the two.
enum class Side : std::uint8_t { first, second };

/// The email of a person, or the name of a group.
struct ComparedName {
  std::string text;
  /// The declaration has no word for it: `text` is the spelling of the only tenant that has it.
  bool own = false;
  friend bool operator==(const ComparedName&, const ComparedName&) = default;
};

/// A membership that only one of the two has.
struct MembershipDifference {
  ComparedName group;
  Side only_in{};
  friend bool operator==(const MembershipDifference&, const MembershipDifference&) = default;
};

/// Where a person is.
enum class Presence : std::uint8_t { only_first, only_second, both };

struct PersonDifference {
  ComparedName email;
  Presence presence{};
  std::vector<MembershipDifference> memberships;  ///< by group, then side; all, of who is in one only
  friend bool operator==(const PersonDifference&, const PersonDifference&) = default;
};

/// What a reader has to know to trust the difference, and what is no membership.
enum class DifferenceNoteKind : std::uint8_t {
  groups_not_listed,   ///< the key may not list groups; those without members are not known
  group_in_one,        ///< the other has no such group
  duplicate_group,     ///< several groups have the name, and were taken as one
  duplicate_email,     ///< several users have the email; their groups were taken together
  user_without_email,  ///< could not be compared
  deactivated_in_one,  ///< deactivated here, and not in the other
};

struct DifferenceNote {
  DifferenceNoteKind kind{};
  Side side{};          ///< which tenant it is about
  std::string subject;  ///< an email, a user id or a group name; may be empty
  std::string message;  ///< a sentence without a final full stop
  friend bool operator==(const DifferenceNote&, const DifferenceNote&) = default;
};

/// One of the two, on its own.
struct ComparedTenant {
  std::string environment;
  std::string base_url;
  std::string live_digest;
  ListingProof proof;
  std::uint32_t users = 0;
};

struct DifferenceCounts {
  std::array<std::uint32_t, 2> only_in{};  ///< people
  std::uint32_t differ = 0;                ///< people who are in both
  std::uint32_t memberships = 0;           ///< of those who differ
  friend bool operator==(const DifferenceCounts&, const DifferenceCounts&) = default;
};

struct TenantDifference {
  std::array<ComparedTenant, 2> tenants;
  Selection selection;                   ///< what was compared
  std::vector<PersonDifference> people;  ///< by email without case; the declaration's words before others
  std::vector<DifferenceNote> notes;     ///< by kind, side, subject

  const ComparedTenant& tenant(Side side) const { return tenants[static_cast<std::size_t>(side)]; }
  bool empty() const { return people.empty(); }
  /// Whether both lists of users were proved complete. Else who is missing may be there all the same.
  bool proved() const { return tenants[0].proof.complete && tenants[1].proof.complete; }
  DifferenceCounts counts() const;
};

/// What is wrong with `selection`, as check_selection(…) of a plan has it: what matches nothing.
std::vector<Error> check_selection(const Selection& selection, const TenantView& first, const TenantView& second);

/// Pure. The time is that of sorting both lists of users.
TenantDifference compare_tenants(const TenantView& first, const TenantView& second, const Selection& selection);

/// schemas/diff.schema.json describes it. Ends in a line feed.
std::string to_json(const TenantDifference& difference);

}  // namespace cipherform
