// The plan: a value that is computed once, printed, saved, reviewed and applied,
// and never recomputed on the way.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cipherform/error.h"
#include "cipherform/model.h"

namespace cipherform {

/// A group of the tenant, by the id that is sent and the name that people read.
struct GroupRef {
  std::string id;
  std::string name;
  friend bool operator==(const GroupRef&, const GroupRef&) = default;
};

/// A membership that is given, and why.
struct Grant {
  GroupRef group;
  bool privileged = false;
  bool fallback = false;        ///< given because the last other membership goes (then no sources)
  std::vector<Source> sources;  ///< only those in force at the plan's time
  std::optional<Time> until;    ///< when the last of the sources ends; nothing: never
  friend bool operator==(const Grant&, const Grant&) = default;
};

/// Why a membership is taken away.
enum class RemovalCause : std::uint8_t {
  not_declared,   ///< the group is authoritative and nobody asks for the membership
  expired,        ///< every source's `until` has passed (then sources says which)
  not_in_source,  ///< of a promotion: the tenant that is promoted does not have the membership
};

/// One request creates up to 100 of these. Expects: no live user has the email.
struct CreateUser {
  std::string email;
  std::vector<Grant> grants;  ///< at least one; by group name
  friend bool operator==(const CreateUser&, const CreateUser&) = default;
};
/// Expects: the user exists with this email and is not in the group.
struct AddMember {
  std::string user_id;
  std::string email;
  Grant grant;
  friend bool operator==(const AddMember&, const AddMember&) = default;
};
/// Expects: the user exists with this email, is in the group, and in another one
/// too (after the adds).
struct RemoveMember {
  std::string user_id;
  std::string email;
  GroupRef group;
  RemovalCause cause = RemovalCause::not_declared;
  std::vector<Source> sources;
  friend bool operator==(const RemoveMember&, const RemoveMember&) = default;
};
using Change = std::variant<CreateUser, AddMember, RemoveMember>;

struct Action {
  /// Stable and unique within a plan: 16 hex digits made from kind, email and group.
  std::string id;
  Change change;
  friend bool operator==(const Action&, const Action&) = default;
};

/// What Terraform would call the resource that a change is about.
struct ResourceForm {
  std::string_view type;
  std::string_view name;
  std::string index;    ///< "ada@example.com", "ada@example.com/Engineering"
  std::string address;  ///< type.name["index"]
  std::string_view action;
  std::string_view reason;  ///< of Terraform's action_reason values, or empty
};
ResourceForm resource_form(const Change& change);

/// Whom the change is about.
std::string_view email_of(const Change& change);
/// The live user's id; empty for a user who is created.
std::string_view user_id_of(const Change& change);
/// The id of a change's action.
std::string action_id(const Change& change);

enum class BlockCause : std::uint8_t {
  last_membership,   ///< would leave the user in no group, and no fallback_group is set
  unproved_listing,  ///< the user list was not proved complete, so nothing is removed
  duplicate_email,   ///< two live users have this email
  group_absent,      ///< of a promotion: the tenant has no such group; its id is empty
  domain_refused,    ///< of a promotion: the email is in none of the allowed domains
};

/// Something that the declaration asks for and the plan will not do. Never a reason
/// to hold up the others.
struct BlockedAction {
  Change change;
  BlockCause cause{};
  std::string message;
  friend bool operator==(const BlockedAction&, const BlockedAction&) = default;
};

enum class FindingKind : std::uint8_t {
  unmanaged_user,          ///< live, not declared
  deactivated_user,        ///< declared, deactivated in the tenant
  expired_invitation,      ///< declared, invitation not accepted in time
  identity_managed_group,  ///< declared, but an identity provider fills it
  user_without_email,      ///< cannot be declared
  expires_soon,            ///< a membership that ends within 14 days
  expired_not_removed,     ///< expired, but the group is additive
  privileged_grant,        ///< somebody gets a privileged group
  removal_withheld,        ///< would be removed, but is an owner, or protected
  privileged_undeclared,   ///< somebody is in a privileged group, and nobody declares it
  other_name,              ///< a group that the plan changes has another name in the tenant
  groups_not_listed,       ///< the key may not list groups; what is unknown because of it
  not_promoted,            ///< the source of a promotion has it, and it is not promoted
  not_in_source,           ///< the source of a promotion does not have it, and it stays
  // Of drift.h only:
  appeared_undeclared,  ///< was not there when an apply last converged, and nobody declares them
  appeared,             ///< the same, but declared
  vanished,             ///< was there when an apply last converged
  people_not_compared,  ///< why it is not known who appeared or vanished
};

/// "unmanaged_user", and so on: the word that a saved plan has for it. Empty for a value that the type does not have.
std::string_view to_string(FindingKind kind);

/// Something worth a reviewer's look that is not an action.
struct Finding {
  FindingKind kind{};
  std::string subject;  ///< an email, a user id or a group name
  std::string group;    ///< a group name, or empty
  std::string message;  ///< a sentence without a final full stop
  friend bool operator==(const Finding&, const Finding&) = default;
};

enum class GuardrailKind : std::uint8_t {
  max_removals,       ///< acknowledged by --ack removals=N
  max_creates,        ///< --ack creates=N
  max_members,        ///< --ack members=N, the groups that would be too large
  separate_duties,    ///< --ack duties=N, people, of all sets
  allowed_domains,    ///< --ack domains=N, people
  privileged_reason,  ///< --ack reasons=N, memberships that need a reason and have none
  other_tenant,       ///< --ack tenant=16 hex digits, which stand for the tenant that is there now
  skipped_stage,      ///< --ack stage=FROM, of a promotion that is not from the stage before
};

/// "max_removals", and so on, likewise.
std::string_view to_string(GuardrailKind kind);

/// A limit that the plan breaks. Apply refuses while one is not acknowledged.
struct GuardrailHit {
  GuardrailKind kind{};
  std::string message;          ///< with the numbers
  std::string acknowledgement;  ///< "removals=37"; of all hits of its kind. Empty in a plan older than 1.2
  friend bool operator==(const GuardrailHit&, const GuardrailHit&) = default;
};

struct PlanCounts {
  std::uint32_t create = 0;
  std::uint32_t add = 0;
  std::uint32_t remove = 0;
  std::uint32_t blocked = 0;
  friend bool operator==(const PlanCounts&, const PlanCounts&) = default;
};

/// Which memberships a plan is limited to. A membership is selected if `targets`
/// is empty or one of its globs matches the email (without case) or the group
/// name, and no glob of `excludes` does.
struct Selection {
  std::vector<std::string> targets;
  std::vector<std::string> excludes;
  /// Whether it leaves nothing out.
  bool everything() const { return targets.empty() && excludes.empty(); }
  friend bool operator==(const Selection&, const Selection&) = default;
};

/// A live user whom the plan, or a change that it blocks, is about, as the tenant had them
/// when it was made.
struct PersonBefore {
  std::string user_id;
  std::string email;                ///< as the API spells it; empty where it has none
  std::vector<std::string> groups;  ///< names of all groups, sorted
  friend bool operator==(const PersonBefore&, const PersonBefore&) = default;
};

/// A group whose members the plan changes.
struct GroupBefore {
  std::string name;
  std::uint32_t members = 0;  ///< when it was made, as far as the listing shows
  friend bool operator==(const GroupBefore&, const GroupBefore&) = default;
};

/// A stage that a declaration passes before the environment of a plan (`promotes_from`).
struct Stage {
  std::string environment;
  std::optional<Time> converged_at;  ///< since when it has this declaration; nothing: it never had it
  friend bool operator==(const Stage&, const Stage&) = default;
};

/// What a plan says besides that was made to look for drift (drift.h).
struct DriftBasis {
  std::optional<Time> last_converged;  ///< when an apply last converged; nothing: none has, as far as the ledger knows
  friend bool operator==(const DriftBasis&, const DriftBasis&) = default;
};

/// Of a promotion: the tenant whose memberships stand in for what is declared.
struct PromotedFrom {
  std::string environment;
  std::string base_url;
  std::string live_digest;
  std::uint32_t users = 0;
  ListingProof proof;
  bool all_groups = false;          ///< also groups that are not declared
  std::vector<std::string> groups;  ///< globs of --group; none: every declared group
};

struct Plan {
  std::string tool_version;
  std::string environment;
  std::string base_url;
  Time created_at{};
  std::optional<Time> as_of;  ///< of --as-of: what is expired is judged at this time instead
  std::string declaration_digest;
  std::string live_digest;
  ListingProof proof;
  Selection selection;          ///< what was compared; differences elsewhere are not in the plan
  std::vector<Action> actions;  ///< creates, adds (privileged last), removes; each by email key, then group
  std::vector<BlockedAction> blocked;
  std::vector<Finding> findings;  ///< by kind, subject, group
  std::vector<GuardrailHit> guardrail_hits;
  std::vector<PersonBefore> people;  ///< by email key, then id; nobody who is created
  std::vector<GroupBefore> groups;   ///< by name
  std::vector<Stage> promotion;      ///< the stages before the environment, the first one first
  std::optional<DriftBasis> drift;   ///< set: it tells what became of the tenant, rather than what apply would do
  std::uint32_t live_users = 0;
  std::uint32_t declared_users = 0;  ///< of a promotion: users of its source who have a word
  std::optional<PromotedFrom> promoted_from;

  /// Whether nothing was left out.
  bool compared_everything() const {
    return selection.everything() && (!promoted_from || promoted_from->groups.empty());
  }
  /// The time at which the plan judges what is expired.
  Time now() const { return as_of.value_or(created_at); }
  /// Whether there is anything to apply.
  bool empty() const { return actions.empty(); }
  PlanCounts counts() const;
  /// Requests that apply sends where nothing fails: creates in create_batches(),
  /// one for each add and remove.
  std::uint32_t requests() const;
};

/// 16 hex digits that stand for what a reviewer approves: the environment at its URL, what was
/// compared, every action (to whom, which group by its id, until when, whether privileged),
/// what is blocked, and which guardrails are hit. Not for what may differ where the same is
/// done: times, versions, source lines, findings, and who else is in the tenant. So a plan
/// made again after the merge has it if and only if it would do the same. docs/plan-format.md
std::string fingerprint(const Plan& plan);

/// Sizes of the create requests for `users` users: 1, 10, 100, 100, … so that an
/// API that refuses everything has seen one user, not a hundred. At most 100 each
/// (API reference, Create New Users).
std::vector<std::uint32_t> create_batches(std::uint32_t users);

/// The tenant that an environment's name stood for when it was applied.
struct KnownTenant {
  std::string base_url;
  std::vector<std::string> owners;  ///< owner_ids(); empty: none was seen
  Time recorded_at{};
};

/// Ids of the users who own the tenant, sorted; none where the user list is not proved complete.
std::vector<std::string> owner_ids(const LiveState& live);
/// Whether another tenant than `known` is behind the environment's name: the base URL is another
/// one, or nobody who owned it owns it any more. Owners are judged only where the user list is
/// proved complete. Nothing where no tenant is known. Pure.
std::optional<GuardrailHit> other_tenant(const std::optional<KnownTenant>& known, std::string_view environment,
                                         std::string_view base_url, const LiveState& live);

struct PlanOptions {
  Time now{};
  std::optional<Time> as_of = std::nullopt;  ///< judges expiry instead of `now`
  std::string tool_version;
  Selection selection;
  std::optional<KnownTenant> known_tenant = std::nullopt;  ///< nothing: no apply is known
};

/// What is wrong with `selection`: a target that matches no email and no group of either
/// state, and an exclude without wildcards that does not. A misspelt one would select
/// nothing, or protect nobody, in silence.
std::vector<Error> check_selection(const Selection& selection, const DesiredState& desired, const LiveState& live);

/// The difference between the two states as a plan. Pure. Fails where a declared
/// group cannot be resolved to exactly one live group: all of them in one error
/// list, each with the candidates.
tl::expected<Plan, std::vector<Error>> make_plan(const DesiredState& desired, const LiveState& live,
                                                 const PlanOptions& options);

/// How an action stands against a tenant that may have changed since it was planned.
enum class ActionStanding : std::uint8_t { still_valid, already_done, conflicting };
struct Standing {
  ActionStanding standing{};
  std::string why;  ///< set where conflicting
  // Set where a create conflicts only because its user exists, without some of the groups:
  std::string user_id = {};
  std::vector<std::uint32_t> missing_grants = {};  ///< those groups, as indexes into CreateUser::grants
};

/// The standing of each of the actions, in their order. Pure. All already_done after an
/// apply means: converged.
std::vector<Standing> standing_of(std::span<const Action> actions, const LiveState& live);

/// How a saved plan stands, for programs: schemas/standing.schema.json describes it. Ends in a
/// line feed.
std::string standing_to_json(const Plan& plan, std::span<const Standing> standings);

/// What `acknowledgements` ("removals=37", "creates=200") leave of the hits. An
/// acknowledgement counts only if it is exactly the hit's own.
std::vector<GuardrailHit> unacknowledged(std::span<const GuardrailHit> hits,
                                         std::span<const std::string> acknowledgements);

/// The plan as JSON in the shape of Terraform's plan representation; the same
/// bytes are the saved plan. docs/plan-format.md and schemas/plan.schema.json
/// describe it. Ends in a line feed.
std::string to_json(const Plan& plan);
/// Reads what to_json wrote. Checks format version, types and the plan's own
/// digest; a plan that was changed after saving is refused.
Result<Plan> plan_from_json(std::string_view json);

}  // namespace cipherform
