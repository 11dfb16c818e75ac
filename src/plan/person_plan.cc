#include "plan/person_plan.h"

#include <algorithm>
#include <string>
#include <variant>

#include "plan/email_keys.h"

namespace cipherform::plan {
namespace {

/// Appends the memberships that a change is about.
struct Append {
  const Action* action;
  const BlockedAction* blocked;
  std::vector<PlanEntry>& entries;

  void operator()(const CreateUser& create) const {
    for (const Grant& grant : create.grants) entries.push_back({{}, grant.group.id, action, blocked, &grant, nullptr});
  }
  void operator()(const AddMember& add) const {
    entries.push_back({add.user_id, add.grant.group.id, action, blocked, &add.grant, nullptr});
  }
  void operator()(const RemoveMember& removal) const {
    entries.push_back({removal.user_id, removal.group.id, action, blocked, nullptr, &removal});
  }
};

/// Whether the finding is about a person; others have a group as their subject, or none.
bool is_about_a_person(FindingKind kind) {
  return kind != FindingKind::identity_managed_group && kind != FindingKind::other_name &&
         kind != FindingKind::groups_not_listed && kind != FindingKind::people_not_compared &&
         kind != FindingKind::not_promoted;
}

}  // namespace

PersonPlan::PersonPlan(const Plan& plan, std::string_view key, std::span<const Account> accounts) {
  EmailKeys keys;
  for (const Action& action : plan.actions) {
    if (keys.of(email_of(action.change)) != key) continue;
    std::visit(Append{&action, nullptr, entries_}, action.change);
  }
  for (const BlockedAction& blocked : plan.blocked) {
    if (keys.of(email_of(blocked.change)) != key) continue;
    std::visit(Append{nullptr, &blocked, entries_}, blocked.change);
  }
  for (const Finding& finding : plan.findings) {
    const bool by_email = !key.empty() && keys.of(finding.subject) == key;
    const bool by_id = finding.kind == FindingKind::user_without_email &&
                       std::any_of(accounts.begin(), accounts.end(),
                                   [&](const Account& account) { return account.user_id == finding.subject; });
    if (is_about_a_person(finding.kind) && (by_email || by_id)) findings_.push_back(finding);
  }
}

const PlanEntry* PersonPlan::find(std::string_view user_id, std::string_view group_id) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const PlanEntry& entry) {
    return entry.user_id == user_id && entry.group_id == group_id;
  });
  return found == entries_.end() ? nullptr : &*found;
}

const Finding* PersonPlan::find(FindingKind kind, std::string_view group) const {
  const auto found = std::find_if(findings_.begin(), findings_.end(), [&](const Finding& finding) {
    return finding.kind == kind && finding.group == group;
  });
  return found == findings_.end() ? nullptr : &*found;
}

Plan PersonPlan::alone() const {
  Plan alone;
  const Action* last = nullptr;  // a create has an entry for each of its groups
  for (const PlanEntry& entry : entries_) {
    if (entry.action == nullptr || entry.action == last) continue;
    alone.actions.push_back(*entry.action);
    last = entry.action;
  }
  return alone;
}

}  // namespace cipherform::plan
