// Who in the tenant is whom in the declaration.
//
// One pass over the live users in listing order: each email is hashed once, found among
// the declared keys, and the pair is compared at once, while both are in the cache. A
// pair about which there is nothing to say costs no allocation and leaves one bit.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/model.h"
#include "plan/groups.h"
#include "plan/terms.h"

namespace cipherform::plan {

/// Indexes into DesiredState::users and LiveState::users.
struct Pair {
  std::uint32_t desired = 0;
  std::uint32_t live = 0;
};

struct People {
  std::vector<Pair> noteworthy;              ///< there is something to change or to say
  std::vector<std::uint32_t> absent;         ///< declared, and no live user has the email
  std::vector<std::uint32_t> unmanaged;      ///< live, and not declared
  std::vector<std::uint32_t> without_email;  ///< live
  /// Email keys that several live users have, with a sentence about it. Of unmanaged
  /// users only those that are in an authoritative group.
  std::map<std::string, std::string, std::less<>> duplicates;
};

People match_people(const DesiredState& desired, const LiveState& live, const Groups& groups, const Terms& terms);

/// Whether an undeclared user has a membership that the declaration judges.
bool in_authoritative_group(const LiveState& live, const Groups& groups, const LiveUser& user);

}  // namespace cipherform::plan
