// The pass over all live users, and the rare case of an email that two of them have.
#include "plan/people.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/email_keys.h"
#include "plan/key_index.h"

namespace cipherform::plan {
namespace {

/// Compares one declared user with one live user without allocating: a group is marked
/// with the number of the comparison that wants it, so nothing has to be cleared.
class NothingToSay {
 public:
  NothingToSay(const DesiredState& desired, const LiveState& live, const Groups& groups, const Terms& terms)
      : desired_(desired), live_(live), groups_(groups), terms_(terms), wanted_(groups.all.size(), 0) {}

  bool operator()(const DesiredUser& user, const LiveUser& live_user) {
    if (live_user.status == UserStatus::deactivated || live_user.status == UserStatus::expired) return false;
    ++comparison_;
    for (const DesiredMembership& membership : desired_.memberships_of(user)) {
      if (!terms_.far_from_ending(membership)) return false;
      wanted_[groups_.of_desired[membership.group]] = comparison_;
    }
    std::uint32_t present = 0;
    for (const std::uint32_t group : live_.memberships_of(live_user)) {
      if (wanted_[group] == comparison_) {
        ++present;
      } else if (groups_.all[group].authoritative) {
        return false;
      }
    }
    return present == user.membership_count;
  }

 private:
  const DesiredState& desired_;
  const LiveState& live_;
  const Groups& groups_;
  const Terms& terms_;
  std::vector<std::uint32_t> wanted_;
  std::uint32_t comparison_ = 0;
};

std::string duplicate_sentence(std::string_view email, std::vector<std::string_view> ids) {
  std::sort(ids.begin(), ids.end());
  std::string list;
  for (const std::string_view id : ids) list += fmt::format("{}{}", list.empty() ? "" : ", ", id);
  return fmt::format("{} users of the tenant have the email {}: {}", ids.size(), email, list);
}

/// All users with one of `emails` (keys), by key, where there are several.
void name_duplicates(const LiveState& live, const std::vector<std::string>& emails, People& people) {
  if (emails.empty()) return;
  const KeyIndex index(emails.size(), [&](std::uint32_t i) { return std::string_view{emails[i]}; });
  std::map<std::uint32_t, std::vector<std::string_view>> ids;
  EmailKeys keys;
  for (const LiveUser& user : live.users) {
    if (user.email.empty()) continue;
    const std::uint32_t found = index.find(keys.of(user.email));
    if (found != kNone) ids[found].push_back(user.id);
  }
  for (auto& [i, users] : ids) {
    if (users.size() > 1) people.duplicates.emplace(emails[i], duplicate_sentence(emails[i], std::move(users)));
  }
}

}  // namespace

bool in_authoritative_group(const LiveState& live, const Groups& groups, const LiveUser& user) {
  const auto memberships = live.memberships_of(user);
  return std::any_of(memberships.begin(), memberships.end(),
                     [&](std::uint32_t group) { return groups.all[group].authoritative; });
}

People match_people(const DesiredState& desired, const LiveState& live, const Groups& groups, const Terms& terms) {
  People people;
  const KeyIndex index(desired.users.size(), [&](std::uint32_t i) { return desired.users[i].key; });
  NothingToSay nothing_to_say(desired, live, groups, terms);
  std::vector<bool> seen(desired.users.size(), false);
  std::vector<std::string> maybe_duplicate;
  EmailKeys keys;
  for (std::uint32_t i = 0; i < live.users.size(); ++i) {
    const LiveUser& user = live.users[i];
    if (user.email.empty()) {
      people.without_email.push_back(i);
      continue;
    }
    const std::string_view key = keys.of(user.email);
    const std::uint32_t found = index.find(key);
    if (found == kNone) {
      people.unmanaged.push_back(i);
      if (in_authoritative_group(live, groups, user)) maybe_duplicate.emplace_back(key);
      continue;
    }
    if (seen[found]) maybe_duplicate.emplace_back(key);
    seen[found] = true;
    if (!nothing_to_say(desired.users[found], user)) people.noteworthy.push_back({found, i});
  }
  for (std::uint32_t i = 0; i < desired.users.size(); ++i) {
    if (!seen[i]) people.absent.push_back(i);
  }
  name_duplicates(live, maybe_duplicate, people);
  return people;
}

}  // namespace cipherform::plan
