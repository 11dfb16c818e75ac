// Who is there, sorted, beside who was there, sorted: one walk over both. Sorting rather than
// hashing, because both lists are what a tenant says, and could be made to collide.
//
// People are known by their email, and by their id where they have none. Somebody who got an
// email since is still there under the id.
#include "cipherform/drift.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/email_keys.h"
#include "plan/order.h"
#include "plan/selector.h"

namespace cipherform {
namespace {

using plan::Match;

struct Present {
  std::string_view key;  ///< the email's, or the id
  const LiveUser* user = nullptr;
};

/// Everybody in the tenant, by key; of several with one email, one.
std::vector<Present> present_people(const LiveState& live, StringArena& lowered) {
  std::vector<Present> people;
  people.reserve(live.users.size());
  plan::EmailKeys keys;
  for (const LiveUser& user : live.users) {
    std::string_view key = user.email.empty() ? user.id : keys.of(user.email);
    if (!user.email.empty() && key.data() != user.email.data()) key = lowered.store(key);
    people.push_back({key, &user});
  }
  const auto by_key = [](const Present& a, const Present& b) { return a.key < b.key; };
  if (!std::is_sorted(people.begin(), people.end(), by_key)) std::stable_sort(people.begin(), people.end(), by_key);
  const auto same_key = [](const Present& a, const Present& b) { return a.key == b.key; };
  people.erase(std::unique(people.begin(), people.end(), same_key), people.end());
  return people;
}

/// What is in one of two sorted lists only.
struct Turnover {
  std::vector<Present> appeared;
  std::vector<std::string_view> vanished;
};

Turnover turnover_of(const std::vector<Present>& present, std::span<const std::string> known) {
  Turnover turnover;
  auto here = present.begin();
  auto there = known.begin();
  while (here != present.end() || there != known.end()) {
    const int order = here == present.end() ? 1 : there == known.end() ? -1 : here->key.compare(*there);
    if (order < 0) turnover.appeared.push_back(*here);
    if (order > 0) turnover.vanished.emplace_back(*there);
    if (order <= 0) ++here;
    if (order >= 0) {
      const std::string& key = *there;
      there = std::find_if(there, known.end(), [&key](const std::string& other) { return other != key; });
    }
  }
  return turnover;
}

/// Takes out whoever was there without an email, and has one now.
void settle_new_emails(Turnover& turnover, std::span<const std::string> known) {
  std::vector<std::string_view> still_here;
  std::erase_if(turnover.appeared, [&](const Present& person) {
    const bool was_there = std::binary_search(known.begin(), known.end(), person.user->id, std::less<>{});
    if (was_there) still_here.push_back(person.user->id);
    return was_there;
  });
  std::sort(still_here.begin(), still_here.end());
  std::erase_if(turnover.vanished,
                [&](std::string_view key) { return std::binary_search(still_here.begin(), still_here.end(), key); });
}

class DriftFindings {
 public:
  DriftFindings(const DesiredState& desired, const LiveState& live, const Selection& selection, Time since)
      : desired_(desired),
        live_(live),
        selector_(selection),
        everything_(selection.everything()),
        since_(fmt::format("since the last converged apply ({})",
                           format_rfc3339(std::chrono::floor<std::chrono::seconds>(since)))) {}

  void appeared(const Present& person) {
    if (!is_selected(person)) return;
    const std::string_view who = person.user->email.empty() ? person.user->id : person.user->email;
    const bool declared = is_declared(person.key);
    add(declared ? FindingKind::appeared : FindingKind::appeared_undeclared, who,
        fmt::format("{} is {}declared, and appeared {}", who, declared ? "" : "not ", since_));
  }

  void vanished(std::string_view key) {
    const Match match = selector_.of_email(key);
    if (!match.targeted || match.excluded) return;
    add(FindingKind::vanished, key,
        fmt::format("{} is {}declared, and vanished {}", key, is_declared(key) ? "" : "not ", since_));
  }

  std::vector<Finding> take() && {
    std::sort(findings_.begin(), findings_.end(), plan::before);
    return std::move(findings_);
  }

 private:
  void add(FindingKind kind, std::string_view who, std::string message) {
    findings_.push_back({kind, std::string{who}, {}, std::move(message)});
  }

  bool is_declared(std::string_view key) const {
    const auto found = std::lower_bound(desired_.users.begin(), desired_.users.end(), key,
                                        [](const DesiredUser& user, std::string_view k) { return user.key < k; });
    return found != desired_.users.end() && found->key == key;
  }

  /// By the email, or by one of the groups.
  bool is_selected(const Present& person) const {
    if (everything_) return true;
    const Match match = selector_.of_email(person.user->email.empty() ? std::string_view{} : person.key);
    const auto memberships = live_.memberships_of(*person.user);
    if (memberships.empty()) return match.targeted && !match.excluded;
    return std::any_of(memberships.begin(), memberships.end(), [&](std::uint32_t group) {
      const std::string_view name = live_.groups[group].name;
      return plan::selected(match, selector_.of_group(declared_group(desired_.mapping, name).value_or(name)));
    });
  }

  const DesiredState& desired_;
  const LiveState& live_;
  plan::Selector selector_;
  bool everything_;
  std::string since_;
  std::vector<Finding> findings_;
};

std::vector<Finding> not_compared(std::string why) {
  return {{FindingKind::people_not_compared, {}, {}, std::move(why)}};
}

std::vector<Finding> findings_about_people(const Plan& plan, const DesiredState& desired, const LiveState& live,
                                           const std::optional<LastConverged>& last) {
  if (!last) {
    return not_compared(
        fmt::format("no apply has converged in {} as far as the ledger knows, so who appeared or vanished is not known",
                    plan.environment));
  }
  if (!live.proof.complete) {
    return not_compared("the user list was not proved complete, so who appeared or vanished cannot be judged");
  }
  StringArena lowered;
  Turnover turnover = turnover_of(present_people(live, lowered), last->people);
  settle_new_emails(turnover, last->people);
  DriftFindings findings(desired, live, plan.selection, last->at);
  for (const Present& person : turnover.appeared) findings.appeared(person);
  for (const std::string_view key : turnover.vanished) findings.vanished(key);
  return std::move(findings).take();
}

}  // namespace

void add_drift(Plan& plan, const DesiredState& desired, const LiveState& live,
               const std::optional<LastConverged>& last) {
  plan.drift = DriftBasis{last ? std::optional{last->at} : std::nullopt};
  std::vector<Finding> found = findings_about_people(plan, desired, live, last);
  const auto middle = static_cast<std::ptrdiff_t>(plan.findings.size());
  std::move(found.begin(), found.end(), std::back_inserter(plan.findings));
  std::inplace_merge(plan.findings.begin(), plan.findings.begin() + middle, plan.findings.end(), plan::before);
}

}  // namespace cipherform
