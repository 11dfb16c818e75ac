#include "apply/created_users.h"

#include <algorithm>
#include <unordered_map>

#include "model/planted_bug.h"

namespace cipherform::apply {
namespace {

/// "Engineering, Sales": the groups asked for that the answer's user is not in.
std::string groups_missing(const CreateUser& asked, const CreatedUser& answered) {
  std::string names;
  for (const Grant& grant : asked.grants) {
    if (std::ranges::find(answered.group_ids, grant.group.id) != answered.group_ids.end()) continue;
    if (!names.empty()) names += ", ";
    names += grant.group.name;
  }
  return names;
}

}  // namespace

std::vector<std::string> missing_from_answer(std::span<const CreateUser* const> asked,
                                             std::span<const CreatedUser> answered) {
  std::unordered_map<std::string, const CreatedUser*> by_email;
  for (const CreatedUser& user : answered) by_email.emplace(email_key(user.email), &user);
  std::vector<std::string> missing;
  missing.reserve(asked.size());
  for (const CreateUser* const user : asked) {
    std::string& what = missing.emplace_back();
    if (planted(Bug::match_by_position) && missing.size() <= answered.size()) continue;
    const auto found = by_email.find(email_key(user->email));
    if (found == by_email.end()) {
      what = "the answer does not name this user";
    } else if (const std::string names = groups_missing(*user, *found->second); !names.empty()) {
      what = "the answer names this user without " + names;
    }
  }
  return missing;
}

}  // namespace cipherform::apply
