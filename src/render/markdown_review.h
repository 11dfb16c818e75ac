// What a reviewer must see of a plan before anything else, as lines of Markdown.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/plan.h"
#include "render/rows.h"

namespace cipherform {

/// As many people or entries are shown without a fold.
inline constexpr std::size_t kSmall = 20;

struct ReviewEntry {
  const PersonRow* person;
  const MembershipRow* membership;
};

/// What the sections are made from. Refers to the plan.
struct Review {
  const Plan& plan;
  PlanRows rows;
  std::vector<ReviewEntry> removals;
  std::vector<ReviewEntry> privileged;
  std::vector<const PersonRow*> changing;  ///< people of whom not everything is blocked
};
Review review_of(const Plan& plan);

/// Something that the alert lists, or sums up where it is long; then it is listed below.
struct Concern {
  std::string_view singular;
  std::string_view plural;
  std::size_t total = 0;
  std::function<std::string(std::size_t)> line{};        ///< of the i-th
  std::function<std::string_view(std::size_t)> group{};  ///< of the i-th, raw; empty for a create

  bool is_long() const { return total > kSmall; }
  std::string headline() const;
};
/// Removals, privileged grants and what is blocked, those that occur. They refer to `review`.
std::vector<Concern> concerns_of(const Review& review);

/// "`Contractors` 30, `Old team` 7 and 12 more groups": the groups with the most entries.
std::string by_group(const Concern& concern);
std::string guardrail_line(const GuardrailHit& hit);
std::string finding_line(const Finding& finding);

}  // namespace cipherform
