// The pass over all live users, and the rare case of an email that two of them have.
#include "plan/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

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
      } else if (groups_.all[group].judged) {
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

/// The pass, a block of live users at a time.
class Matching {
 public:
  Matching(const DesiredState& desired, const LiveState& live, const Groups& groups, const Terms& terms)
      : desired_(desired),
        live_(live),
        groups_(groups),
        index_(desired.users.size(), KeyOf{desired}),
        nothing_to_say_(desired, live, groups, terms),
        seen_(desired.users.size(), false) {}

  void take(std::uint32_t first, std::uint32_t count) {
    std::array<std::uint64_t, kBlock> hashes{};
    for (std::uint32_t i = 0; i < count; ++i) {
      hashes[i] = index_.hash_of(keys_.of(live_.users[first + i].email));
      index_.warm_slot(hashes[i]);
    }
    warm_declared(std::span{hashes}.first(count));
    for (std::uint32_t i = 0; i < count; ++i) match(first + i, hashes[i]);
  }

  People finish() && {
    for (std::uint32_t i = 0; i < desired_.users.size(); ++i) {
      if (!seen_[i]) people_.absent.push_back(i);
    }
    name_duplicates(live_, maybe_duplicate_, people_);
    return std::move(people_);
  }

 private:
  struct KeyOf {
    const DesiredState& desired;
    std::string_view operator()(std::uint32_t i) const { return desired.users[i].key; }
  };

  /// Asks for all that will be compared: each row tells where the next is.
  void warm_declared(std::span<const std::uint64_t> hashes) const {
    std::array<const DesiredUser*, kBlock> users{};
    std::size_t known = 0;
    for (const std::uint64_t hash : hashes) {
      const std::uint32_t guess = index_.guess(hash);
      if (guess == kNone) continue;
      users[known++] = &desired_.users[guess];
      warm(users[known - 1]);
    }
    for (const DesiredUser* user : std::span{users}.first(known)) {
      warm(user->key.data());
      warm(desired_.memberships_of(*user).data());
    }
  }

  void match(std::uint32_t live_index, std::uint64_t hash) {
    const LiveUser& user = live_.users[live_index];
    if (user.email.empty()) {
      people_.without_email.push_back(live_index);
      return;
    }
    const std::string_view key = keys_.of(user.email);
    const std::uint32_t found = index_.find(key, hash);
    if (found == kNone) {
      people_.unmanaged.push_back(live_index);
      if (in_authoritative_group(live_, groups_, user)) maybe_duplicate_.emplace_back(key);
      return;
    }
    if (seen_[found]) maybe_duplicate_.emplace_back(key);
    seen_[found] = true;
    if (!nothing_to_say_(desired_.users[found], user)) people_.noteworthy.push_back({found, live_index});
  }

  const DesiredState& desired_;
  const LiveState& live_;
  const Groups& groups_;
  KeyIndex<KeyOf> index_;
  NothingToSay nothing_to_say_;
  EmailKeys keys_;
  std::vector<bool> seen_;
  std::vector<std::string> maybe_duplicate_;
  People people_;
};

}  // namespace

bool in_authoritative_group(const LiveState& live, const Groups& groups, const LiveUser& user) {
  const auto memberships = live.memberships_of(user);
  return std::any_of(memberships.begin(), memberships.end(),
                     [&](std::uint32_t group) { return groups.all[group].authoritative; });
}

People match_people(const DesiredState& desired, const LiveState& live, const Groups& groups, const Terms& terms) {
  Matching matching(desired, live, groups, terms);
  for (std::size_t first = 0; first < live.users.size(); first += kBlock) {
    matching.take(static_cast<std::uint32_t>(first),
                  static_cast<std::uint32_t>(std::min(kBlock, live.users.size() - first)));
  }
  return std::move(matching).finish();
}

}  // namespace cipherform::plan
