// What a crash, a lost lease or an interruption left open is never replayed: the tenant is
// read until it is known.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "apply/settling.h"
#include "cipherform/apply.h"
#include "model/planted_bug.h"

namespace cipherform {
namespace {

/// An intent whose end is known; of a create the groups that its user misses.
struct Settled {
  Intent intent;
  std::string missing;
};

std::string missing_groups(const Intent& create, const std::vector<std::string_view>& has) {
  std::vector<std::string_view> missing;
  for (std::string_view left = create.groups; !left.empty();) {
    const std::string_view name = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(left.size(), name.size() + 1));
    if (std::ranges::find(has, name) == has.end()) missing.push_back(name);
  }
  return fmt::format("{}", fmt::join(missing, ", "));
}

/// Intents of which nobody knows what came, against the tenant.
class OpenIntents {
 public:
  explicit OpenIntents(std::vector<Intent> intents) : open_(std::move(intents)) {}

  std::size_t size() const { return open_.size(); }
  /// Whether there is one without any outcome.
  bool cut_off() const {
    return std::ranges::any_of(open_, [](const Intent& intent) { return !intent.outcome; });
  }

  /// Takes out those that the tenant has in place. Of a create that is the user; what it was
  /// to have and has not is said.
  std::vector<Settled> take_in_place(const LiveState& live) {
    std::unordered_map<std::string, std::vector<std::string_view>> groups_of;  // the intents' people
    for (const Intent& intent : open_) groups_of.try_emplace(email_key(intent.email));
    std::unordered_map<std::string_view, bool> exists;
    for (const LiveUser& user : live.users) {
      const auto found = groups_of.find(email_key(user.email));
      if (found == groups_of.end()) continue;
      exists[found->first] = true;
      for (const std::uint32_t group : live.memberships_of(user)) found->second.push_back(live.groups[group].name);
    }
    const auto is_in_place = [&](const Intent& intent) {
      const auto found = groups_of.find(email_key(intent.email));
      const bool member = std::ranges::find(found->second, intent.group) != found->second.end();
      if (intent.kind == "create_user") return exists.contains(found->first);
      // Who is not seen in a list that is not proved may be a member all the same.
      return intent.kind == "add_member" ? member : !member && live.proof.complete;
    };
    std::vector<Settled> settled;
    for (Intent& intent : std::exchange(open_, {})) {
      if (!is_in_place(intent)) {
        open_.push_back(std::move(intent));
        continue;
      }
      std::string missing = missing_groups(intent, groups_of.at(email_key(intent.email)));
      settled.push_back({std::move(intent), std::move(missing)});
    }
    return settled;
  }

  std::vector<Settled> take_all() {
    std::vector<Settled> all;
    for (Intent& intent : std::exchange(open_, {})) all.push_back({std::move(intent), {}});
    return all;
  }

 private:
  std::vector<Intent> open_;
};

Result<void> record(Ledger& ledger, const std::vector<Settled>& settled, ActionOutcome outcome, std::string_view why,
                    Time now) {
  std::map<RunId, std::vector<OutcomeRecord>> of_runs;
  for (const auto& [intent, missing] : settled) {
    std::string detail(why);
    if (!missing.empty()) detail += ", but not in: " + missing;
    of_runs[intent.run].push_back({intent.action_id, outcome, std::move(detail)});
  }
  for (const auto& [run, outcomes] : of_runs) {
    if (auto recorded = ledger.record_outcomes(run, outcomes, now); !recorded) return recorded;
  }
  return {};
}

/// How long from now a request of the holder before may be under way at most.
std::chrono::milliseconds last_request_ends(const Lease& lease, const OpenIntents& open,
                                            std::chrono::milliseconds timeout) {
  switch (lease.before) {
    case Lease::Before::gone:
      return std::chrono::milliseconds{0};
    case Lease::Before::expired:
      return timeout;
    case Lease::Before::released:
      // With all outcomes recorded it had ended; else `unlock` came, and it notices when it renews.
      return open.cut_off() ? lease.time / 2 + timeout : std::chrono::milliseconds{0};
  }
  return timeout;
}

Error not_settled(std::size_t open, std::string_view why) {
  return {ErrorKind::listing,
          fmt::format("{} {} of an earlier apply may have been made or not, and {}", open,
                      open == 1 ? "change" : "changes", why),
          "GET /tenants/users", "nothing was changed; run the same command again", false};
}

/// Some may be open at one other URL, some at yet another: the first is named, the rest come up after it.
Error open_elsewhere(std::string_view environment, std::string_view base_url, const std::vector<Intent>& intents) {
  const std::string& old_url = intents.front().base_url;
  std::set<RunId> runs;
  std::size_t open = 0;
  for (const Intent& intent : intents) {
    if (intent.base_url != old_url) continue;
    runs.insert(intent.run);
    ++open;
  }
  return {ErrorKind::ledger,
          fmt::format("{} {} of {} {} may have been made or not in {} at {}, and its url is {} now", open,
                      open == 1 ? "change" : "changes", runs.size() == 1 ? "run" : "runs", fmt::join(runs, ", "),
                      environment, old_url, base_url),
          {},
          "nothing was read or changed; put the old url back, run `cipherform apply --resume`, and then change the url "
          "again; where the old tenant is gone for good, name another ledger",
          false};
}

Error interrupted() {
  return {ErrorKind::interrupted,
          "interrupted while changes of an earlier apply were settled; nothing was changed",
          {},
          {},
          false};
}

}  // namespace

Result<std::vector<Intent>> find_open_intents(Ledger& ledger, std::string_view environment, std::string_view base_url) {
  auto found = ledger.open_intents(environment);
  if (!found || planted(Bug::settle_in_any_tenant)) return found;
  std::vector<Intent> elsewhere;
  std::ranges::copy_if(*found, std::back_inserter(elsewhere),
                       [&](const Intent& intent) { return intent.base_url != base_url; });
  if (!elsewhere.empty()) return tl::unexpected(open_elsewhere(environment, base_url, elsewhere));
  return found;
}

Result<SettledIntents> settle_open_intents(std::vector<Intent> intents, TenantLink& link, LeaseKeeper& lease,
                                           const ApplyOptions& options) {
  OpenIntents open(planted(Bug::forget_open_intents) ? std::vector<Intent>{} : std::move(intents));
  SettledIntents settled;
  const SteadyTime start = link.clock().steady();
  const SteadyTime due = start + last_request_ends(lease.lease(), open, link.options().timeout) + options.settle_time;
  apply::SettleReads reads(start);
  for (unsigned complete = 0; open.size() > 0;) {
    const SteadyTime next = reads.next(link.clock().steady(), due);
    if (!apply::pause_until(link, next, "settling what an earlier apply left open", &lease, lease.interruption())) {
      return tl::unexpected(interrupted());
    }
    const SteadyTime began = link.clock().steady();
    reads.began(began);
    const auto live = read_tenant(link, options.read, &lease, lease.interruption());
    if (!live) return tl::unexpected(live.error());
    // Another run may have taken over, and settled more than this read shows.
    if (auto held = lease.renew(); !held) return tl::unexpected(std::move(held).error());
    const Time now = link.clock().now();
    const auto in_place = open.take_in_place(*live);
    settled.in_place += in_place.size();
    settled.incomplete += static_cast<std::size_t>(
        std::ranges::count_if(in_place, [](const Settled& one) { return !one.missing.empty(); }));
    if (auto kept =
            record(lease.ledger(), in_place, ActionOutcome::done, "in place when a later run read the tenant", now);
        !kept) {
      return tl::unexpected(std::move(kept).error());
    }
    if (live->proof.complete) ++complete;
    if (began < due && !planted(Bug::open_intents_one_read)) continue;
    if (!live->proof.complete) {
      return tl::unexpected(not_settled(open.size(), "the user list is not proved complete: " + live->proof.reason));
    }
    if (complete < 2 && !planted(Bug::open_intents_one_read)) continue;
    settled.absent += open.size();
    if (auto kept =
            record(lease.ledger(), open.take_all(), ActionOutcome::absent, "absent from two complete reads", now);
        !kept) {
      return tl::unexpected(std::move(kept).error());
    }
  }
  return settled;
}

}  // namespace cipherform
