// How a saved plan stands against the tenant of now.
//
// The plan's people go into two small tables, by id and by email; the tenant is passed
// over once and only looked up in them, so a large tenant costs one probe for each user.
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>
#include <utility>

#include "cipherform/plan.h"
#include "plan/email_keys.h"
#include "plan/key_index.h"

namespace cipherform {
namespace {

using plan::KeyIndex;
using plan::kNone;

/// A person of the plan, as found in the tenant.
struct Found {
  std::uint32_t live = kNone;
  std::uint32_t others = 0;        ///< more live users with the same email
  std::uint32_t pending_adds = 0;  ///< of the plan, that can still be made
  std::uint32_t removals = 0;      ///< of the plan, of memberships that are there
};

Standing valid() { return {ActionStanding::still_valid, {}}; }
Standing done() { return {ActionStanding::already_done, {}}; }
Standing conflict(std::string why) { return {ActionStanding::conflicting, std::move(why)}; }

class Comparison {
 public:
  Comparison(std::span<const Action> actions, const LiveState& live)
      : actions_(actions), live_(live), person_(actions.size(), kNone) {
    for (std::uint32_t i = 0; i < live.groups.size(); ++i) groups_.emplace(live.groups[i].id, i);
    find_people();
  }

  std::vector<Standing> run() {
    std::vector<Standing> standings(actions_.size());
    for (std::size_t i = 0; i < standings.size(); ++i) {
      const Change& change = actions_[i].change;
      Found& person = found_[person_[i]];
      if (const auto* create = std::get_if<CreateUser>(&change)) standings[i] = of(*create, person);
      if (const auto* add = std::get_if<AddMember>(&change)) {
        standings[i] = of(*add, person);
        if (standings[i].standing == ActionStanding::still_valid) ++person.pending_adds;
      }
      if (const auto* removal = std::get_if<RemoveMember>(&change);
          removal != nullptr && is_member(person, removal->group)) {
        ++person.removals;
      }
    }
    // Whether a removal would leave nobody behind is known when all of the plan is seen.
    for (std::size_t i = 0; i < standings.size(); ++i) {
      const auto* removal = std::get_if<RemoveMember>(&actions_[i].change);
      if (removal != nullptr) standings[i] = of(*removal, found_[person_[i]]);
    }
    return standings;
  }

 private:
  void find_people() {
    std::vector<std::uint32_t> creates;
    std::vector<std::uint32_t> others;
    std::vector<std::string> keys;
    for (std::uint32_t i = 0; i < actions_.size(); ++i) {
      const auto* create = std::get_if<CreateUser>(&actions_[i].change);
      (create != nullptr ? creates : others).push_back(i);
      if (create != nullptr) keys.push_back(email_key(create->email));
    }
    const KeyIndex by_email(creates.size(), [&](std::uint32_t i) { return std::string_view{keys[i]}; });
    const KeyIndex by_id(others.size(), [&](std::uint32_t i) { return user_id_of(actions_[others[i]].change); });
    for (std::size_t i = 0; i < creates.size(); ++i) person_[creates[i]] = creates[by_email.find(keys[i])];
    for (const std::uint32_t i : others) person_[i] = others[by_id.find(user_id_of(actions_[i].change))];
    found_.resize(actions_.size());

    plan::EmailKeys live_keys;
    for (std::uint32_t i = 0; i < live_.users.size(); ++i) {
      const LiveUser& user = live_.users[i];
      if (const std::uint32_t at = by_id.find(user.id); at != kNone) found_[others[at]].live = i;
      if (creates.empty() || user.email.empty()) continue;
      const std::uint32_t at = by_email.find(live_keys.of(user.email));
      if (at == kNone) continue;
      if (std::exchange(found_[creates[at]].live, i) != kNone) ++found_[creates[at]].others;
    }
  }

  const LiveUser& user(const Found& person) const { return live_.users[person.live]; }

  bool is_member(const Found& person, const GroupRef& group) const {
    if (person.live == kNone) return false;
    const auto found = groups_.find(group.id);
    if (found == groups_.end()) return false;
    const auto memberships = live_.memberships_of(user(person));
    return std::find(memberships.begin(), memberships.end(), found->second) != memberships.end();
  }

  bool is_gone(const GroupRef& group) const { return live_.groups_listed && !groups_.contains(group.id); }

  static Standing group_gone(const GroupRef& group) {
    return conflict(fmt::format("the group {} ({}) no longer exists", group.name, group.id));
  }

  Standing email_changed(const Found& person, std::string_view email) const {
    const std::string_view now = user(person).email;
    return conflict(now.empty()
                        ? fmt::format("the user {} no longer has an email, and was {}", user(person).id, email)
                        : fmt::format("the email of user {} is now {}, and was {}", user(person).id, now, email));
  }

  bool same_email(const Found& person, std::string_view email) const {
    return email_key(user(person).email) == email_key(email);
  }

  Standing of(const CreateUser& create, const Found& person) const {
    for (const Grant& grant : create.grants) {
      if (is_gone(grant.group)) return group_gone(grant.group);
    }
    if (person.live == kNone) return valid();
    if (person.others != 0) {
      return conflict(fmt::format("{} users have the email {} now", person.others + 1, create.email));
    }
    std::string missing;
    Standing exists{ActionStanding::conflicting, {}};
    for (std::uint32_t i = 0; i < create.grants.size(); ++i) {
      const GroupRef& group = create.grants[i].group;
      if (is_member(person, group)) continue;
      missing += (missing.empty() ? "" : ", ") + group.name;
      exists.missing_grants.push_back(i);
    }
    if (missing.empty()) return done();
    exists.why = fmt::format("{} exists already, without {}", create.email, missing);
    exists.user_id = user(person).id;
    return exists;
  }

  Standing of(const AddMember& add, const Found& person) const {
    if (is_gone(add.grant.group)) return group_gone(add.grant.group);
    if (person.live == kNone) {
      if (!live_.proof.complete) return valid();  // not seen is not gone
      return conflict(fmt::format("{} ({}) no longer exists", add.email, add.user_id));
    }
    if (!same_email(person, add.email)) return email_changed(person, add.email);
    return is_member(person, add.grant.group) ? done() : valid();
  }

  Standing of(const RemoveMember& removal, const Found& person) const {
    if (is_gone(removal.group)) return group_gone(removal.group);
    if (person.live == kNone) {
      if (live_.proof.complete) return done();
      return conflict(unproved());
    }
    if (!same_email(person, removal.email)) return email_changed(person, removal.email);
    if (!is_member(person, removal.group)) return done();
    if (!live_.proof.complete) return conflict(unproved());
    if (user(person).is_owner)
      return conflict(fmt::format("{} is an owner now, and owners never lose a group", removal.email));
    if (user(person).membership_count + person.pending_adds <= person.removals) {
      return conflict(fmt::format("without {}, {} would be in no group", removal.group.name, removal.email));
    }
    return valid();
  }

  std::string unproved() const {
    return live_.proof.reason.empty() ? "the user list was not proved complete"
                                      : "the user list was not proved complete: " + live_.proof.reason;
  }

  std::span<const Action> actions_;
  const LiveState& live_;
  std::unordered_map<std::string_view, std::uint32_t> groups_;
  std::vector<Found> found_;           ///< at the index of a person's first action
  std::vector<std::uint32_t> person_;  ///< of each action, an index into found_
};

}  // namespace

std::vector<Standing> standing_of(std::span<const Action> actions, const LiveState& live) {
  return Comparison(actions, live).run();
}

}  // namespace cipherform
