// One person's part of a plan.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "cipherform/explain.h"
#include "cipherform/plan.h"

namespace cipherform::plan {

/// What the plan does about one membership: an action, or a blocked one.
struct PlanEntry {
  std::string_view user_id;  ///< empty where the user is created
  std::string_view group_id;
  const Action* action = nullptr;
  const BlockedAction* blocked = nullptr;
  const Grant* grant = nullptr;           ///< where it is given
  const RemoveMember* removal = nullptr;  ///< where it is taken
};

/// Refers to the plan, which must outlive it.
class PersonPlan {
 public:
  /// `key` is the email's; empty for somebody without an email.
  PersonPlan(const Plan& plan, std::string_view key, std::span<const Account> accounts);

  std::span<const PlanEntry> entries() const { return entries_; }
  /// Null where the plan has nothing about the membership.
  const PlanEntry* find(std::string_view user_id, std::string_view group_id) const;
  const std::vector<Finding>& findings() const { return findings_; }
  /// The finding of a kind about a group, or null.
  const Finding* find(FindingKind kind, std::string_view group) const;
  /// A plan with this person's actions and no others.
  Plan alone() const;

 private:
  std::vector<PlanEntry> entries_;
  std::vector<Finding> findings_;
};

}  // namespace cipherform::plan
