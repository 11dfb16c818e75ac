// The two states that are compared: what the declaration asks for and what the
// tenant has. Both are values in columns: strings live once in an arena, and a
// membership is a few integers, so that a million users fit in little memory.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/error.h"
#include "cipherform/mapping.h"

namespace cipherform {

/// Wall-clock time, UTC.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

/// RFC 3339 date-time ("2027-01-31T12:00:00Z", offsets allowed) in the years 0000 to 9999
/// of UTC, which format_rfc3339 can write again, or nothing.
std::optional<Time> parse_rfc3339(std::string_view text);
/// What `until` and `--as-of` accept: RFC 3339, or a date ("2027-01-31"), which
/// means the last millisecond of that day, UTC.
std::optional<Time> parse_until(std::string_view text);
/// "2027-01-31T12:00:00Z"; milliseconds only where there are any.
std::string format_rfc3339(Time time);

/// The form in which emails are compared: ASCII letters in lower case.
std::string email_key(std::string_view email);
/// Whether `text` can be an email address that we send: one '@', a local part of
/// 1-64 bytes, a dotted domain of LDH labels, no spaces, controls or quotes,
/// at most 254 bytes (RFC 5321 4.5.3.1).
bool is_email(std::string_view text);
/// Whether `text` is a UUID in the canonical 8-4-4-4-12 form (RFC 9562 section 4).
bool is_uuid(std::string_view text);
/// Shell-style match of a whole string: `*`, `?`, `[...]`, backslash escapes.
bool glob_match(std::string_view pattern, std::string_view text);
/// The candidate closest to `word` by edit distance, if close enough to be a
/// likely misspelling (a third of its length, at most 3); else empty.
std::string_view did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

/// SHA-256 as 64 lower-case hex digits; fed in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void update(std::string_view bytes);
  /// Ends the digest; may be called once.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Append-only storage: what store() returns stays valid until the arena dies,
/// moves of the arena included.
class StringArena {
 public:
  StringArena() = default;
  StringArena(StringArena&& other) noexcept;
  StringArena& operator=(StringArena&& other) noexcept;
  ~StringArena() = default;
  StringArena(const StringArena&) = delete;
  StringArena& operator=(const StringArena&) = delete;

  std::string_view store(std::string_view text);
  /// Takes over the other's storage; its views stay valid.
  void absorb(StringArena&& other);
  std::size_t bytes() const { return bytes_; }

 private:
  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t bytes_ = 0;
};

// ---------------------------------------------------------------- desired state

/// A place in the declaration. `file` indexes DesiredState::files; line and
/// column are 1-based, columns count bytes.
struct SourcePosition {
  std::uint32_t file = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 of a generated comparison for a pointer
  friend auto operator<=>(const SourcePosition&, const SourcePosition&) = default;
};

/// What a source says beyond its position. Shared by many sources.
struct SourceDetail {
  std::string_view team;    ///< the team named by the group (the outermost), or empty
  std::string_view reason;  ///< "OPS-411", or empty
  std::optional<Time> until;
  std::string_view promoted_from =
      {};  ///< the environment whose live membership it is; else a place of the declaration
};

/// One place that asks for a membership. `detail` indexes DesiredState::details,
/// whose element 0 is the empty detail.
struct MembershipSource {
  SourcePosition at;
  std::uint32_t detail = 0;
};

/// That a user should be in a group. Desired at time T if at least one source
/// has no `until`, or one that is at or after T.
struct DesiredMembership {
  std::uint32_t group = 0;         ///< indexes DesiredState::groups
  std::uint32_t first_source = 0;  ///< indexes DesiredState::sources
  std::uint32_t source_count = 0;  ///< at least 1
};

struct DesiredUser {
  std::string_view email;  ///< as first spelled; this is what is sent
  std::string_view key;    ///< email_key(email)
  SourcePosition at;       ///< first mention
  std::uint32_t first_membership = 0;
  std::uint32_t membership_count = 0;  ///< at least 1 (an expired one counts)
};

/// Whether members who are not declared are removed.
enum class Authority : std::uint8_t {
  additive,       ///< nobody is ever removed; also a group that is named by users but not declared
  authoritative,  ///< members not declared are removed
};

struct DesiredGroup {
  std::string_view name;
  Authority authority = Authority::additive;
  bool require_reason = false;  ///< every grant must carry a `reason`
  std::optional<std::uint32_t> max_members;
  SourcePosition at;  ///< where it is declared, or first named
};

/// Limits on what one plan may do (product contract section 2). The defaults
/// hold where a declaration says nothing.
struct Guardrails {
  std::optional<double> max_removals_percent = 10;
  std::optional<std::uint32_t> max_removals_count = 50;
  std::optional<std::uint32_t> max_creates = 200;
  std::vector<std::string> protected_users;  ///< email keys
  std::vector<std::string> protected_groups;
  std::vector<std::string> privileged_groups;
  std::vector<std::vector<std::string>> separate_duties;
  std::vector<std::string> allowed_domains;  ///< lower case; empty allows every domain
  std::string fallback_group;                ///< empty: none
};

/// What the declaration says for one environment. Immutable once made.
struct DesiredState {
  std::string environment;
  std::string base_url;                          ///< without a final slash
  std::vector<std::string> files;                ///< relative to the project directory
  std::vector<DesiredGroup> groups;              ///< sorted by name
  std::vector<DesiredUser> users;                ///< sorted by key, unique
  std::vector<DesiredMembership> memberships;    ///< of users[0], users[1], …; by group within a user
  std::vector<MembershipSource> sources;         ///< in the order of memberships; by position within one
  std::vector<SourceDetail> details;             ///< [0] is the empty detail
  std::map<std::string, std::string> group_ids;  ///< pinned: declared name → uuid
  Mapping mapping;        ///< how the tenant spells it; `users` and `guardrails` are in its emails already
  Guardrails guardrails;  ///< of this environment
  std::string digest;     ///< SHA-256 of all files read, in order, names included
  StringArena strings;

  std::span<const DesiredMembership> memberships_of(const DesiredUser& user) const {
    return std::span{memberships}.subspan(user.first_membership, user.membership_count);
  }
  std::span<const MembershipSource> sources_of(const DesiredMembership& membership) const {
    return std::span{sources}.subspan(membership.first_source, membership.source_count);
  }
};

/// A place in the declaration that asked for something, on its own: it outlives the DesiredState.
/// Or, in a promotion, that the other tenant has the membership: then there is no place.
struct Source {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string team;    ///< the team through which it came, or empty
  std::string reason;  ///< "OPS-411", or empty
  std::optional<Time> until;
  std::string promoted_from = {};  ///< the environment that has it, where the declaration does not ask for it
  friend bool operator==(const Source&, const Source&) = default;
};

/// Rewrites a state in the declaration's words into those of its tenant, by `mapping`: users'
/// emails and their order, and the emails and domains of the guardrails. Groups keep their declared names.
/// No two users may become one (load_declaration sees to it).
void to_tenant_words(DesiredState& desired);

/// One of `desired`'s sources on its own.
Source source_of(const DesiredState& desired, const MembershipSource& source);

// ------------------------------------------------------------------- live state

/// API reference, "Status as shown"; the spelling in the API is unknown, so it is
/// compared without case and what is not known is `other`.
enum class UserStatus : std::uint8_t { active, invited, expired, deactivated, other };

/// "active", "online", "offline" → active; "invited", "pending" → invited;
/// "expired"; "deactivated", "inactive", "disabled" → deactivated; else other.
UserStatus parse_user_status(std::string_view text);

struct LiveGroup {
  std::string_view id;
  std::string_view name;
  bool privileged = false;        ///< a role of type ADMIN or OWNER comes with it
  bool identity_managed = false;  ///< an identity provider fills it (idpMapping, isSamlDefaultGroup)
};

struct LiveUser {
  std::string_view id;
  std::string_view email;  ///< as the API spells it; empty where it has none
  std::string_view status_text;
  UserStatus status = UserStatus::other;
  bool is_owner = false;
  std::uint32_t first_membership = 0;
  std::uint32_t membership_count = 0;
};

/// How completely the user list was read (docs/adr on the proved listing).
struct ListingProof {
  bool complete = false;       ///< every user who existed throughout the read was seen
  std::string reason;          ///< why not, as a sentence; empty where complete
  std::uint32_t pages = 0;     ///< pages accepted
  std::uint32_t requests = 0;  ///< page requests sent, retries not counted
  std::uint32_t passes = 0;
};

/// What the API says, as of one read.
struct LiveState {
  std::vector<LiveGroup> groups;           ///< in the order first met; ids are unique, names may not be
  std::vector<LiveUser> users;             ///< in listing order; ids are unique, emails may not be
  std::vector<std::uint32_t> memberships;  ///< group indexes of users[0], users[1], …; unique within a user
  ListingProof proof;
  bool groups_listed = false;  ///< the group list was readable; else groups come from users and group_ids
  StringArena strings;

  std::span<const std::uint32_t> memberships_of(const LiveUser& user) const {
    return std::span{memberships}.subspan(user.first_membership, user.membership_count);
  }
};

/// A digest of everything that a plan depends on in `live` (ids, emails, status,
/// ownership, memberships), independent of listing order; 32 hex digits. It tells
/// states apart; it is no defence against a tenant that forges them.
std::string digest(const LiveState& live);

/// The other way: rewrites the names of groups and the emails of a tenant into the declaration's
/// words. What the declaration has no word for becomes empty.
void to_declared_words(LiveState& live, const Mapping& mapping);

}  // namespace cipherform
