#include <algorithm>

#include "cipherform/ledger.h"

namespace cipherform {

Roster roster_of(const LiveState& live, Time at) {
  Roster roster{.converged_at = at, .people = {}};
  roster.people.reserve(live.users.size());
  for (const LiveUser& user : live.users) {
    roster.people.push_back(user.email.empty() ? std::string(user.id) : email_key(user.email));
  }
  std::ranges::sort(roster.people);
  return roster;
}

}  // namespace cipherform
