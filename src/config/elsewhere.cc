// What a declaration asks for one person in the environments that are not at hand. The
// rule is that of desired_state(): a source holds where the person's entry, the group and
// the source itself do.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/config.h"
#include "config/resolve.h"

namespace cipherform {
namespace {

std::vector<std::string> names_of(const std::vector<Environment>& environments, std::uint64_t bits) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < environments.size(); ++i) {
    if ((bits >> i & 1U) != 0) names.push_back(environments[i].name);
  }
  return names;
}

std::uint64_t bit_of(const std::vector<Environment>& environments, std::string_view name) {
  const auto found = std::find_if(environments.begin(), environments.end(),
                                  [name](const Environment& environment) { return environment.name == name; });
  return std::uint64_t{1} << (found - environments.begin());
}

}  // namespace

PersonElsewhere Declaration::elsewhere(std::string_view email, std::string_view environment) const {
  const DesiredState& all = data_->all;
  const std::string key = email_key(email);
  const auto user =
      std::lower_bound(all.users.begin(), all.users.end(), std::string_view{key},
                       [](const DesiredUser& each, std::string_view wanted) { return each.key < wanted; });
  PersonElsewhere person;
  if (user == all.users.end() || user->key != key) return person;
  person.email = user->email;
  person.file = all.files[user->at.file];
  person.line = user->at.line;
  person.column = user->at.column;
  const std::uint64_t here = bit_of(data_->environments, environment);
  const std::uint64_t person_in = data_->users_in[static_cast<std::size_t>(user - all.users.begin())];
  for (const DesiredMembership& membership : all.memberships_of(*user)) {
    for (const MembershipSource& source : all.sources_of(membership)) {
      const std::uint64_t holds_in = person_in & data_->groups_in[membership.group] & data_->details_in[source.detail];
      if ((holds_in & here) != 0) continue;
      person.sources.push_back({std::string{all.groups[membership.group].name}, source_of(all, source),
                                names_of(data_->environments, holds_in)});
    }
  }
  return person;
}

}  // namespace cipherform
