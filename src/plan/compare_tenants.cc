// Both lists of people are sorted by the words that they share and then merged; of two people
// who are the same, the groups are merged in the same way. Who is the same on both sides costs
// no allocation.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "cipherform/diff.h"
#include "plan/email_keys.h"
#include "plan/selector.h"
#include "plan/shared_words.h"

namespace cipherform {
namespace {

using plan::GroupWords;
using plan::Match;
using plan::PeopleWords;
using plan::PersonWord;
using plan::Selector;
using plan::Word;
using plan::Wording;

constexpr std::array kSides{Side::first, Side::second};

constexpr std::size_t at(Side side) { return static_cast<std::size_t>(side); }
constexpr Side other(Side side) { return side == Side::first ? Side::second : Side::first; }

ComparedName name_of(const Word& word) { return {std::string{word.text}, word.wording != Wording::declared}; }

using Run = std::span<const PersonWord>;

/// The people at the front of `left` who are one by their email.
Run run_at_front(Run left) {
  std::size_t count = left.empty() ? 0 : 1;
  while (count < left.size() && left[count].key == left.front().key) ++count;
  return left.first(count);
}

class Comparison {
 public:
  Comparison(const TenantView& first, const TenantView& second, const Selection& selection)
      : views_{&first, &second},
        selector_(selection),
        everything_(selection.everything()),
        words_(first, second),
        people_{PeopleWords(first, Side::first), PeopleWords(second, Side::second)} {
    for (const Word& word : words_.all()) group_matches_.push_back(selector_.of_group(word.text));
    for (const Side side : kSides) {
      result_.tenants[at(side)] = {std::string{view(side).environment}, std::string{view(side).base_url},
                                   digest(view(side).live), view(side).live.proof,
                                   static_cast<std::uint32_t>(view(side).live.users.size())};
    }
    result_.selection = selection;
  }

  TenantDifference run() && {
    merge_people();
    for (const Side side : kSides) {
      note_groups(side);
      note_users_without_email(side);
    }
    std::sort(result_.notes.begin(), result_.notes.end(), [](const DifferenceNote& a, const DifferenceNote& b) {
      return std::tie(a.kind, a.side, a.subject, a.message) < std::tie(b.kind, b.side, b.subject, b.message);
    });
    return std::move(result_);
  }

 private:
  const TenantView& view(Side side) const { return *views_[at(side)]; }
  const LiveUser& user(Side side, const PersonWord& person) const { return view(side).live.users[person.user]; }

  void merge_people() {
    std::array<Run, 2> left{people_[0].sorted(), people_[1].sorted()};
    while (!left[0].empty() || !left[1].empty()) {
      std::array<Run, 2> runs{run_at_front(left[0]), run_at_front(left[1])};
      if (!runs[0].empty() && !runs[1].empty() && runs[0].front().key != runs[1].front().key) {
        runs[runs[0].front().key < runs[1].front().key ? 1 : 0] = {};
      }
      for (std::size_t i = 0; i < 2; ++i) left[i] = left[i].subspan(runs[i].size());
      compare(runs);
    }
  }

  /// One person: the accounts that each side has for them, of which one may have none.
  void compare(const std::array<Run, 2>& runs) {
    const Word& key = (runs[0].empty() ? runs[1] : runs[0]).front().key;
    const Match match = everything_ ? Match{} : selector_.of_email(key.text);
    for (const Side side : kSides) gather(side, runs[at(side)], match);
    const bool concerned = everything_ || !groups_[0].empty() || !groups_[1].empty() ||
                           (match.targeted && !match.excluded && has_no_group(runs));
    if (!concerned) return;
    for (const Side side : kSides) note_accounts(side, runs);
    const bool in_both = !runs[0].empty() && !runs[1].empty();
    if (in_both && groups_[0] == groups_[1]) return;
    PersonDifference person;
    person.email = email_of(runs);
    person.presence = in_both ? Presence::both : runs[1].empty() ? Presence::only_first : Presence::only_second;
    person.memberships = membership_differences();
    result_.people.push_back(std::move(person));
  }

  /// The selected groups of a person on one side, each once, in the order of their words.
  void gather(Side side, Run accounts, Match match) {
    std::vector<std::uint32_t>& groups = groups_[at(side)];
    groups.clear();
    for (const PersonWord& account : accounts) {
      for (const std::uint32_t group : view(side).live.memberships_of(user(side, account))) {
        const std::uint32_t word = words_.of(side)[group];
        if (everything_ || selected(match, group_matches_[word])) groups.push_back(word);
      }
    }
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  }

  bool has_no_group(const std::array<Run, 2>& runs) const {
    return std::all_of(kSides.begin(), kSides.end(), [&](Side side) {
      return std::all_of(runs[at(side)].begin(), runs[at(side)].end(),
                         [&](const PersonWord& account) { return user(side, account).membership_count == 0; });
    });
  }

  /// In the declaration's words, with the local part as the tenant spells it.
  ComparedName email_of(const std::array<Run, 2>& runs) const {
    const Side side = runs[0].empty() ? Side::second : Side::first;
    return spelled(side, runs[at(side)].front());
  }

  ComparedName spelled(Side side, const PersonWord& account) const {
    const std::string_view email = user(side, account).email;
    if (account.key.wording != Wording::declared) return {std::string{email}, true};
    return {declared_email(view(side).mapping, email).value_or(std::string{email}), false};
  }

  std::vector<MembershipDifference> membership_differences() const {
    std::vector<MembershipDifference> differences;
    auto a = groups_[0].begin();
    auto b = groups_[1].begin();
    while (a != groups_[0].end() || b != groups_[1].end()) {
      if (a != groups_[0].end() && b != groups_[1].end() && *a == *b) {
        ++a;
        ++b;
      } else if (b == groups_[1].end() || (a != groups_[0].end() && *a < *b)) {
        differences.push_back({name_of(words_.all()[*a++]), Side::first});
      } else {
        differences.push_back({name_of(words_.all()[*b++]), Side::second});
      }
    }
    return differences;
  }

  bool all_deactivated(Side side, Run accounts) const {
    return std::all_of(accounts.begin(), accounts.end(), [&](const PersonWord& account) {
      return user(side, account).status == UserStatus::deactivated;
    });
  }

  /// What is to be said of a person's accounts on one side.
  void note_accounts(Side side, const std::array<Run, 2>& runs) {
    const Run accounts = runs[at(side)];
    const Run there = runs[at(other(side))];
    if (accounts.size() > 1) {
      std::vector<std::string_view> ids;
      for (const PersonWord& account : accounts) ids.push_back(user(side, account).id);
      std::sort(ids.begin(), ids.end());
      const std::string email = spelled(side, accounts.front()).text;
      note(DifferenceNoteKind::duplicate_email, side, email,
           fmt::format("{} users of {} have the email {}, and their groups were taken together: {}", ids.size(),
                       view(side).environment, email, fmt::join(ids, ", ")));
    }
    if (accounts.empty() || there.empty()) return;
    if (all_deactivated(side, accounts) && !all_deactivated(other(side), there)) {
      const std::string email = spelled(side, accounts.front()).text;
      note(DifferenceNoteKind::deactivated_in_one, side, email,
           fmt::format("{} is deactivated in {}, and not in {}", email, view(side).environment,
                       view(other(side)).environment));
    }
  }

  void note_groups(Side side) {
    const LiveState& live = view(side).live;
    if (!live.groups_listed) {
      note(DifferenceNoteKind::groups_not_listed, side, {},
           fmt::format("the key of {} may not list groups, so those without members are not known",
                       view(side).environment));
    }
    std::vector<std::vector<std::string_view>> ids(words_.all().size());
    for (std::size_t i = 0; i < live.groups.size(); ++i) ids[words_.of(side)[i]].push_back(live.groups[i].id);
    const auto& there = words_.of(other(side));
    for (std::uint32_t word = 0; word < ids.size(); ++word) {
      const Match match = group_matches_[word];
      if (ids[word].empty() || match.excluded || !match.targeted) continue;
      const std::string name{words_.all()[word].text};
      if (ids[word].size() > 1) {
        std::sort(ids[word].begin(), ids[word].end());
        note(DifferenceNoteKind::duplicate_group, side, name,
             fmt::format("{} groups of {} have the name {}, and were taken as one: {}", ids[word].size(),
                         view(side).environment, name, fmt::join(ids[word], ", ")));
      }
      if (view(other(side)).live.groups_listed && std::find(there.begin(), there.end(), word) == there.end()) {
        note(DifferenceNoteKind::group_in_one, side, name,
             words_.all()[word].wording == Wording::declared
                 ? fmt::format("{} has no group {}", view(other(side)).environment, name)
                 : fmt::format("the declaration has no word for the group that {} calls {}", view(side).environment,
                               name));
      }
    }
  }

  void note_users_without_email(Side side) {
    const LiveState& live = view(side).live;
    for (const LiveUser& user : live.users) {
      if (!user.email.empty()) continue;
      std::vector<std::string_view> names;
      bool concerned = everything_;
      for (const std::uint32_t group : live.memberships_of(user)) {
        const std::uint32_t word = words_.of(side)[group];
        names.push_back(words_.all()[word].text);
        concerned |= group_matches_[word].targeted && !group_matches_[word].excluded;
      }
      if (!concerned) continue;
      std::sort(names.begin(), names.end());
      note(DifferenceNoteKind::user_without_email, side, std::string{user.id},
           fmt::format("user {} of {} has no email and cannot be compared; is in {}", user.id, view(side).environment,
                       names.empty() ? "no group" : fmt::format("{}", fmt::join(names, ", "))));
    }
  }

  void note(DifferenceNoteKind kind, Side side, std::string subject, std::string message) {
    result_.notes.push_back({kind, side, std::move(subject), std::move(message)});
  }

  std::array<const TenantView*, 2> views_;
  Selector selector_;
  bool everything_;
  GroupWords words_;
  std::array<PeopleWords, 2> people_;
  std::vector<Match> group_matches_;                  ///< of GroupWords::all()
  std::array<std::vector<std::uint32_t>, 2> groups_;  ///< of the person under comparison
  TenantDifference result_;
};

bool is_literal(std::string_view glob) { return glob.find_first_of("*?[\\") == std::string_view::npos; }

bool matches_anything(const std::string& glob, const TenantView& view, Side side) {
  const auto& groups = view.live.groups;
  if (std::any_of(groups.begin(), groups.end(),
                  [&](const LiveGroup& group) { return glob_match(glob, plan::group_word(view, side, group).text); })) {
    return true;
  }
  const std::string lower = email_key(glob);
  return std::any_of(view.live.users.begin(), view.live.users.end(), [&](const LiveUser& user) {
    return glob_match(lower, email_key(declared_email(view.mapping, user.email).value_or(std::string{user.email})));
  });
}

}  // namespace

DifferenceCounts TenantDifference::counts() const {
  DifferenceCounts counts;
  for (const PersonDifference& person : people) {
    if (person.presence != Presence::both) {
      ++counts.only_in[person.presence == Presence::only_first ? 0 : 1];
      continue;
    }
    ++counts.differ;
    counts.memberships += static_cast<std::uint32_t>(person.memberships.size());
  }
  return counts;
}

std::vector<Error> check_selection(const Selection& selection, const TenantView& first, const TenantView& second) {
  std::vector<Error> errors;
  const auto check = [&](std::string_view option, const std::string& glob) {
    if (matches_anything(glob, first, Side::first) || matches_anything(glob, second, Side::second)) return;
    errors.push_back(
        {ErrorKind::usage,
         fmt::format("{} '{}' matches no email and no group", option, glob),
         {},
         fmt::format("neither in {} nor in {}, in the declaration's words", first.environment, second.environment),
         false});
  };
  for (const std::string& glob : selection.targets) check("--target", glob);
  for (const std::string& glob : selection.excludes) {
    if (is_literal(glob)) check("--exclude", glob);
  }
  return errors;
}

TenantDifference compare_tenants(const TenantView& first, const TenantView& second, const Selection& selection) {
  return Comparison(first, second, selection).run();
}

}  // namespace cipherform
