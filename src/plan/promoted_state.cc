// Groups first: which of the other tenant's are meant by which declared one. Then people, in the
// target's words and in their order; each membership with what the declaration says of it there,
// else in the environment that it comes from, else with nothing but where it comes from.
#include "plan/promoted_state.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "cipherform/diff.h"
#include "plan/key_index.h"
#include "plan/shared_words.h"

namespace cipherform::plan {
namespace {

/// A live user of the source under the target's email.
struct Newcomer {
  std::string_view key;
  std::string_view email;
  std::uint32_t live = 0;
};

const DesiredUser* find_user(const DesiredState& desired, std::string_view key) {
  const auto found = std::lower_bound(desired.users.begin(), desired.users.end(), key,
                                      [](const DesiredUser& user, std::string_view k) { return user.key < k; });
  return found == desired.users.end() || found->key != key ? nullptr : &*found;
}

class Promotion {
 public:
  Promotion(const PromotionSide& from, const DesiredState& to, const PromotionOptions& options)
      : from_(from.desired), live_(from.live), to_(to), options_(options) {
    DesiredState& state = promoted_.state;
    state.environment = to.environment;
    state.base_url = to.base_url;
    state.group_ids = to.group_ids;
    state.mapping = to.mapping;
    state.guardrails = to.guardrails;
    state.digest = to.digest;
    state.files = to.files;
    state.files.insert(state.files.end(), from_.files.begin(), from_.files.end());
    state.details = to.details;
    state.details.insert(state.details.end(), from_.details.begin(), from_.details.end());
    state.details.emplace_back().promoted_from = from_.environment;
    promoted_.rules.from = from_.environment;
    if (!live_.proof.complete) {
      promoted_.rules.unproved = fmt::format("the user list of {} was not proved complete{}{}", from_.environment,
                                             live_.proof.reason.empty() ? "" : ": ", live_.proof.reason);
    }
  }

  tl::expected<PromotedState, std::vector<Error>> run() && {
    choose_groups();
    check_globs();
    match_groups();
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    leave_what_the_source_lacks();
    add_people();
    return std::move(promoted_);
  }

 private:
  bool is_chosen(std::string_view name) const {
    return options_.groups.empty() || std::any_of(options_.groups.begin(), options_.groups.end(),
                                                  [name](const std::string& glob) { return glob_match(glob, name); });
  }

  /// The target's declared groups, and with all_groups also the others that have a word.
  void choose_groups() {
    std::vector<DesiredGroup>& groups = promoted_.state.groups;
    groups = to_.groups;
    words_.reserve(live_.groups.size());
    const TenantView view{from_.environment, from_.base_url, from_.mapping, from_.group_ids, live_};
    for (const LiveGroup& group : live_.groups) words_.push_back(group_word(view, Side::first, group));
    if (options_.all_groups) add_undeclared_groups();
    std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    for (DesiredGroup& group : groups) {
      promoted_.rules.promoted.push_back(is_chosen(group.name));
      if (!promoted_.rules.promoted.back()) group.authority = Authority::additive;
    }
  }

  void add_undeclared_groups() {
    std::vector<DesiredGroup>& groups = promoted_.state.groups;
    std::set<std::string_view> known;
    for (const DesiredGroup& group : groups) known.insert(group.name);
    for (const Word& word : words_) {
      if (word.wording == Wording::declared) {
        if (known.insert(word.text).second) groups.emplace_back().name = word.text;
        continue;
      }
      find(word.text, {},
           fmt::format("the declaration has no word for the group that {} calls {}", from_.environment, word.text));
    }
  }

  void check_globs() {
    for (const std::string& glob : options_.groups) {
      const auto& groups = promoted_.state.groups;
      if (std::any_of(groups.begin(), groups.end(), [&](const auto& group) { return glob_match(glob, group.name); })) {
        continue;
      }
      errors_.push_back({ErrorKind::usage,
                         fmt::format("--group '{}' matches no group that is declared for {}", glob, to_.environment),
                         {},
                         options_.all_groups ? "" : "--all-groups also takes groups that are not declared",
                         false});
    }
  }

  std::uint32_t index_of(std::string_view name) const {
    const auto& groups = promoted_.state.groups;
    const auto found = std::lower_bound(groups.begin(), groups.end(), name,
                                        [](const DesiredGroup& group, std::string_view n) { return group.name < n; });
    if (found == groups.end() || found->name != name) return kNone;
    return static_cast<std::uint32_t>(found - groups.begin());
  }

  /// Which promoted group each live one of the source is.
  void match_groups() {
    const std::size_t count = promoted_.state.groups.size();
    std::vector<std::vector<std::string_view>> ids(count);
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const std::uint32_t group = words_[i].wording == Wording::declared ? index_of(words_[i].text) : kNone;
      const bool promoted = group != kNone && promoted_.rules.promoted[group];
      group_of_live_.push_back(promoted ? group : kNone);
      if (promoted) ids[group].push_back(live_.groups[i].id);
    }
    find_in_source(ids);
    for (std::size_t group = 0; group < count; ++group) {
      if (ids[group].size() < 2) continue;
      std::sort(ids[group].begin(), ids[group].end());
      errors_.push_back(
          {ErrorKind::plan,
           fmt::format("group '{}' is the name of {} groups of {}: {}", promoted_.state.groups[group].name,
                       ids[group].size(), from_.environment, fmt::join(ids[group], ", ")),
           {},
           fmt::format("pin the one that is meant with group_ids in environment '{}'", from_.environment),
           false});
    }
    for (const DesiredGroup& group : to_.groups) to_groups_.push_back(index_of(group.name));
    for (const DesiredGroup& group : from_.groups) from_groups_.push_back(index_of(group.name));
  }

  /// Where groups are not listed, one that nobody is in is known by group_ids alone: it need not exist.
  void find_in_source(const std::vector<std::vector<std::string_view>>& ids) {
    in_source_.assign(ids.size(), false);
    if (live_.groups_listed) {
      for (std::size_t group = 0; group < ids.size(); ++group) in_source_[group] = !ids[group].empty();
      return;
    }
    for (const std::uint32_t group : live_.memberships) {
      if (group_of_live_[group] != kNone) in_source_[group_of_live_[group]] = true;
    }
  }

  /// Absent is not empty: nobody is removed because the source has no such group.
  void leave_what_the_source_lacks() {
    for (std::size_t i = 0; i < in_source_.size(); ++i) {
      if (in_source_[i] || !promoted_.rules.promoted[i]) continue;
      promoted_.rules.promoted[i] = false;
      promoted_.state.groups[i].authority = Authority::additive;
      const std::string_view name = promoted_.state.groups[i].name;
      find(name, {},
           live_.groups_listed
               ? fmt::format("{} has no group {}, so that of {} is left as it is", from_.environment, name,
                             to_.environment)
               : fmt::format("nobody of {} is in {} and its key may not list groups, so {} of {} is left as it is",
                             from_.environment, name, name, to_.environment));
    }
  }

  bool in_promoted_group(const LiveUser& user) const {
    const auto memberships = live_.memberships_of(user);
    return std::any_of(memberships.begin(), memberships.end(),
                       [this](std::uint32_t group) { return group_of_live_[group] != kNone; });
  }

  /// Everybody of the source who has an email and a word for it, by the target's key.
  std::vector<Newcomer> newcomers() {
    StringArena& strings = promoted_.state.strings;
    std::vector<Newcomer> people;
    people.reserve(live_.users.size());
    for (std::uint32_t i = 0; i < live_.users.size(); ++i) {
      const LiveUser& user = live_.users[i];
      if (user.email.empty()) {
        if (in_promoted_group(user)) {
          find(user.id, {},
               fmt::format("user {} of {} has no email and cannot be promoted", user.id, from_.environment));
        }
        continue;
      }
      const auto declared = declared_email(from_.mapping, user.email);
      if (!declared) {
        if (in_promoted_group(user)) {
          find(user.email, {}, fmt::format("the declaration has no word for {} of {}", user.email, from_.environment));
        }
        continue;
      }
      const std::string_view email = strings.store(tenant_email(to_.mapping, *declared));
      const std::string key = email_key(email);
      people.push_back({key == email ? email : strings.store(key), email, i});
    }
    std::sort(people.begin(), people.end(),
              [](const Newcomer& a, const Newcomer& b) { return a.key != b.key ? a.key < b.key : a.live < b.live; });
    return people;
  }

  void add_people() {
    const std::vector<Newcomer> people = newcomers();
    promoted_.state.users.reserve(people.size());
    for (auto first = people.begin(); first != people.end();) {
      const auto last = std::find_if(first, people.end(), [&](const Newcomer& each) { return each.key != first->key; });
      add_person({first, last});
      first = last;
    }
  }

  /// The accounts that the source has for one person.
  void add_person(std::span<const Newcomer> accounts) {
    DesiredState& state = promoted_.state;
    const auto index = static_cast<std::uint32_t>(state.users.size());
    if (accounts.size() > 1) {
      promoted_.rules.held[index] = fmt::format("{} users of {} have that email", accounts.size(), from_.environment);
    } else if (live_.users[accounts.front().live].status == UserStatus::deactivated) {
      promoted_.rules.held[index] = fmt::format("the user is deactivated in {}", from_.environment);
    }
    std::vector<std::uint32_t> groups;
    for (const Newcomer& account : accounts) {
      for (const std::uint32_t group : live_.memberships_of(live_.users[account.live])) {
        if (group_of_live_[group] != kNone) groups.push_back(group_of_live_[group]);
      }
    }
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());

    const DesiredUser* const there = find_user(to_, accounts.front().key);
    const DesiredUser* const here = find_user(from_, email_key(live_.users[accounts.front().live].email));
    DesiredUser user;
    user.email = there != nullptr ? there->email : accounts.front().email;  // as first declared
    user.key = accounts.front().key;
    user.first_membership = static_cast<std::uint32_t>(state.memberships.size());
    user.membership_count = static_cast<std::uint32_t>(groups.size());
    for (const std::uint32_t group : groups) add_membership(group, there, here);
    state.users.push_back(user);
  }

  void add_membership(std::uint32_t group, const DesiredUser* there, const DesiredUser* here) {
    DesiredState& state = promoted_.state;
    DesiredMembership membership{.group = group, .first_source = static_cast<std::uint32_t>(state.sources.size())};
    bool limited = false;
    if (!copy_sources(to_, to_groups_, there, group, 0, 0)) {
      limited = copy_sources(from_, from_groups_, here, group, to_.files.size(), to_.details.size());
      if (!limited) state.sources.push_back({{}, static_cast<std::uint32_t>(state.details.size() - 1)});
    }
    membership.source_count = static_cast<std::uint32_t>(state.sources.size()) - membership.first_source;
    state.memberships.push_back(membership);
    promoted_.rules.limited.push_back(limited);
  }

  /// Whether `declared` has any for this membership of `user`. Their files and details stand
  /// after those of others.
  bool copy_sources(const DesiredState& declared, const std::vector<std::uint32_t>& group_of, const DesiredUser* user,
                    std::uint32_t group, std::size_t files, std::size_t details) {
    if (user == nullptr) return false;
    for (const DesiredMembership& membership : declared.memberships_of(*user)) {
      if (group_of[membership.group] != group) continue;
      for (MembershipSource source : declared.sources_of(membership)) {
        source.at.file += static_cast<std::uint32_t>(files);
        source.detail += static_cast<std::uint32_t>(details);
        promoted_.state.sources.push_back(source);
      }
      return true;
    }
    return false;
  }

  void find(std::string_view subject, std::string_view group, std::string message) {
    promoted_.findings.push_back(
        {FindingKind::not_promoted, std::string{subject}, std::string{group}, std::move(message)});
  }

  const DesiredState& from_;
  const LiveState& live_;
  const DesiredState& to_;
  const PromotionOptions& options_;
  PromotedState promoted_;
  std::vector<Error> errors_;
  std::vector<Word> words_;                   ///< of the source's live groups
  std::vector<std::uint32_t> group_of_live_;  ///< of those: the promoted group, or kNone
  std::vector<bool> in_source_;               ///< of the promoted state's groups
  std::vector<std::uint32_t> to_groups_;      ///< of DesiredState::groups of the target: the promoted one
  std::vector<std::uint32_t> from_groups_;    ///< of those of the source, or kNone
};

}  // namespace

tl::expected<PromotedState, std::vector<Error>> promoted_state(const PromotionSide& from, const DesiredState& to,
                                                               const PromotionOptions& options) {
  return Promotion(from, to, options).run();
}

}  // namespace cipherform::plan
