// Groups of the declaration and of the tenant as one table.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cipherform/model.h"
#include "cipherform/plan.h"
#include "plan/key_index.h"
#include "plan/promoted_state.h"
#include "plan/selector.h"
#include "plan/terms.h"

namespace cipherform::plan {

struct Group {
  std::string_view id;
  std::string_view name;          ///< the declaration's word for it; the tenant's own where it has none
  std::uint32_t desired = kNone;  ///< indexes DesiredState::groups
  bool authoritative = false;
  bool judged = false;  ///< members who should not be there are removed, or said
  bool privileged = false;
  bool is_protected = false;
  bool absent = false;  ///< of a promotion: the tenant has no such group
  Match match = {};
};

/// The live groups under their live indexes, and after them those that only a pinned
/// id is known of.
struct Groups {
  std::vector<Group> all;
  std::vector<std::uint32_t> of_desired;  ///< kNone: not needed, and not there
  std::uint32_t fallback = kNone;
  StringArena strings;  ///< names that neither state has
};

/// Finds the one live group of every declared one, or says for each why there is none.
/// An additive group that nobody is actively asked to be in need not exist. In a promotion none
/// need: what the tenant lacks stands last, without an id.
tl::expected<Groups, std::vector<Error>> resolve_groups(const DesiredState& desired, const LiveState& live,
                                                        const Terms& terms, const Selector& selector,
                                                        const PromotionRules* promotion = nullptr);

/// By name, then id: how memberships of one person are ordered.
inline bool name_before(const Group& a, const Group& b) { return a.name != b.name ? a.name < b.name : a.id < b.id; }

}  // namespace cipherform::plan
