// From two states to a plan: names to ids, people to people, each person's difference,
// one order, findings, guardrails.
#include "plan/make_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "cipherform/plan.h"
#include "plan/before.h"
#include "plan/difference.h"
#include "plan/groups.h"
#include "plan/guardrails.h"
#include "plan/order.h"
#include "plan/people.h"
#include "plan/privileged.h"
#include "plan/selector.h"
#include "plan/terms.h"

namespace cipherform {
namespace {

using plan::Drafts;
using plan::Groups;

Drafts compare(const DesiredState& desired, const LiveState& live, const Groups& groups, const plan::Terms& terms,
               const plan::Selector& selector, const plan::PromotionRules* promotion) {
  const plan::People people = plan::match_people(desired, live, groups, terms);
  plan::Difference difference(desired, live, groups, terms, selector, people, promotion);
  for (const std::uint32_t index : people.absent) difference.absent(desired.users[index]);
  for (const plan::Pair& pair : people.noteworthy) {
    difference.declared(desired.users[pair.desired], live.users[pair.live]);
  }
  for (const std::uint32_t index : people.unmanaged) difference.unmanaged(live.users[index]);
  for (const std::uint32_t index : people.without_email) difference.without_email(live.users[index]);
  return std::move(difference).take();
}

void find_about_groups(const LiveState& live, const Groups& groups, std::vector<Finding>& findings) {
  for (std::size_t i = 0; i < live.groups.size(); ++i) {
    const plan::Group& group = groups.all[i];
    if (group.desired == plan::kNone || !live.groups[i].identity_managed || group.match.excluded) continue;
    findings.push_back(
        {FindingKind::identity_managed_group,
         std::string{group.name},
         {},
         fmt::format("an identity provider fills {}, and can undo at a sign-in what is declared", group.name)});
  }
  if (!live.groups_listed) {
    findings.push_back({FindingKind::groups_not_listed,
                        {},
                        {},
                        "the key may not list groups: groups without members, and which groups give privileges or "
                        "are filled by an identity provider, are not known"});
  }
}

/// The tenant's word for every group that the plan changes and the declaration calls otherwise.
void find_other_names(const Plan& plan, const LiveState& live, const Groups& groups, std::vector<Finding>& findings) {
  for (std::size_t i = 0; i < live.groups.size(); ++i) {
    const std::string_view name = groups.all[i].name;
    const std::string_view own = live.groups[i].name;
    if (name == own || groups.all[i].desired == plan::kNone) continue;
    const bool is_changed = std::any_of(plan.groups.begin(), plan.groups.end(),
                                        [name](const GroupBefore& group) { return group.name == name; });
    if (!is_changed) continue;
    findings.push_back(
        {FindingKind::other_name, std::string{name}, {}, fmt::format("{} is called '{}' in the tenant", name, own)});
  }
}

void append(std::vector<Finding>& findings, std::vector<Finding> more) {
  std::move(more.begin(), more.end(), std::back_inserter(findings));
}

}  // namespace

tl::expected<Plan, std::vector<Error>> plan::make_plan(const DesiredState& desired, const LiveState& live,
                                                       const PlanOptions& options, std::optional<Promotion> promotion) {
  const PromotionRules* const rules = promotion ? &promotion->rules : nullptr;
  const plan::Selector selector(options.selection);
  const plan::Terms terms(desired, options.as_of.value_or(options.now));
  auto groups = plan::resolve_groups(desired, live, terms, selector, rules);
  if (!groups) return tl::unexpected(std::move(groups).error());

  Drafts drafts = compare(desired, live, *groups, terms, selector, rules);
  find_about_groups(live, *groups, drafts.findings);
  Plan made;
  if (promotion) {
    append(drafts.findings, std::move(promotion->findings));
    made.promoted_from = std::move(promotion->from);
  } else {
    append(drafts.findings, plan::privileged_undeclared(desired, live, *groups, terms, selector));
  }
  made.tool_version = options.tool_version;
  made.environment = desired.environment;
  made.base_url = desired.base_url;
  made.created_at = options.now;
  made.as_of = options.as_of;
  made.declaration_digest = desired.digest;
  made.live_digest = digest(live);
  made.proof = live.proof;
  made.selection = options.selection;
  made.live_users = static_cast<std::uint32_t>(live.users.size());
  made.declared_users = static_cast<std::uint32_t>(desired.users.size());
  made.actions = plan::ordered_actions(drafts);
  made.blocked = plan::ordered_blocked(drafts);
  made.guardrail_hits = plan::check_guardrails({made, desired, live, *groups, terms});
  if (auto hit = other_tenant(options.known_tenant, desired.environment, desired.base_url, live)) {
    made.guardrail_hits.push_back(std::move(*hit));
  }
  made.people = plan::people_before(made, live, *groups);
  made.groups = plan::groups_before(made, live, *groups);
  find_other_names(made, live, *groups, drafts.findings);
  made.findings = plan::ordered_findings(drafts);
  return made;
}

tl::expected<Plan, std::vector<Error>> make_plan(const DesiredState& desired, const LiveState& live,
                                                 const PlanOptions& options) {
  return plan::make_plan(desired, live, options, std::nullopt);
}

}  // namespace cipherform
