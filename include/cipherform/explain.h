// Why one person has, gets or loses each group: a plan read for one person, beside what
// the declaration and the tenant say of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/elsewhere.h"
#include "cipherform/error.h"
#include "cipherform/model.h"
#include "cipherform/plan.h"

namespace cipherform {

/// What the plan does about one membership.
enum class Verdict : std::uint8_t {
  keeps,      ///< is a member, and is to be one
  gets,       ///< an action of the plan gives it
  loses,      ///< an action of the plan takes it
  blocked,    ///< would be given (to who is no member) or taken (from who is), but that is blocked
  withheld,   ///< would be taken, but the person or the group may not lose it
  untouched,  ///< the plan has nothing to say of it
};

/// Whether the declaration asks for a membership at the plan's time.
enum class Wanted : std::uint8_t {
  no,
  yes,
  expired,  ///< every source has ended
};

/// What the declaration says of a group in this environment.
enum class GroupRule : std::uint8_t {
  undeclared,     ///< nothing
  additive,       ///< nobody is ever removed
  authoritative,  ///< members not declared are removed
};

enum class SourceForce : std::uint8_t {
  in_force,
  ended,
  elsewhere,  ///< in other environments only
};

/// A place in the declaration; line and column are 1-based.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

struct ExplainedSource {
  Source source;
  SourceForce force{};
  std::vector<std::string> environments;  ///< where force is elsewhere: in which; may be none
};

/// One membership of one account, which the person has or the declaration speaks of.
struct ExplainedGroup {
  std::string user_id;  ///< whose; empty: the tenant does not have the user
  GroupRef group;       ///< without an id where the tenant does not have the group
  GroupRule rule{};
  std::optional<Place> declared_at;  ///< where the group is declared, or first named
  bool privileged = false;
  bool is_protected = false;
  bool identity_managed = false;
  bool member = false;
  Wanted wanted{};
  std::optional<Time> until;  ///< when the last source ends or ended; nothing: never
  std::vector<ExplainedSource> sources;
  Verdict verdict{};
  std::string why;                  ///< a sentence without a final full stop
  std::optional<BlockCause> cause;  ///< where blocked
  std::string action_id;            ///< of the plan's action; empty where there is none
};

/// A live user. Several may have one email.
struct Account {
  std::string user_id;
  std::string email;   ///< as the API spells it; empty where it has none
  std::string status;  ///< in the API's words
  bool is_owner = false;
};

struct Explanation {
  std::string environment;
  std::string base_url;
  Time as_of{};
  std::string plan_fingerprint;
  std::string email;        ///< as declared, else as the tenant spells it; empty where there is none
  bool declared = false;    ///< in this environment
  std::optional<Place> at;  ///< the first mention, in whatever environment
  std::vector<std::string> other_environments;  ///< where else the person is declared
  bool is_protected = false;
  std::vector<Account> accounts;             ///< by id
  std::vector<ExplainedGroup> groups;        ///< by account, then name, then id
  std::vector<Finding> findings;             ///< the plan's, of this person
  std::vector<GuardrailHit> guardrail_hits;  ///< those that this person is part of, in their own numbers
};

/// The email of the live user with the id `who`; else `who`.
std::string email_meant(const LiveState& live, std::string_view who);

/// Reads `plan`, which make_plan made of the same states, for the person whose email (in any
/// case) or user id `who` is. Pure. ErrorKind::usage, with the likeliest email, where neither
/// the declaration nor the tenant knows the person.
Result<Explanation> explain(const Plan& plan, const DesiredState& desired, const LiveState& live,
                            const PersonElsewhere& elsewhere, std::string_view who);

/// schemas/explain.schema.json describes it. Ends in a line feed.
std::string to_json(const Explanation& explanation);

}  // namespace cipherform
