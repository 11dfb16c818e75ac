// What another tenant has, as if it were declared.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/promotion.h"

namespace cipherform::plan {

/// What a promotion does otherwise than a comparison with the declaration.
struct PromotionRules {
  std::string_view from;                      ///< the environment
  std::string unproved;                       ///< why nothing may be removed; empty: all of its people were seen
  std::vector<bool> promoted;                 ///< of DesiredState::groups: it is compared
  std::map<std::uint32_t, std::string> held;  ///< of DesiredState::users: who gets nothing, and why
  /// Of DesiredState::memberships: declared where it comes from, and not for the target.
  std::vector<bool> limited;
};

struct PromotedState {
  /// In the words of the target, authoritative only where that may remove somebody. Refers to the
  /// strings of both sides.
  DesiredState state;
  PromotionRules rules;
  std::vector<Finding> findings;
};

tl::expected<PromotedState, std::vector<Error>> promoted_state(const PromotionSide& from, const DesiredState& to,
                                                               const PromotionOptions& options);

}  // namespace cipherform::plan
