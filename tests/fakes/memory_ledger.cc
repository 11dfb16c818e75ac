#include "fakes/memory_ledger.h"

#include <algorithm>

namespace cipherform::fakes {
namespace {

Error failed(ErrorKind kind, std::string what) {
  return {.kind = kind, .what = std::move(what), .where = {}, .hint = {}};
}

}  // namespace

Result<void> MemoryLedger::enter(std::string call) {
  const std::size_t index = calls_.size() + 1;
  const bool fails = fail_at_ != 0 && (for_good_ ? index >= fail_at_ : index == fail_at_);
  calls_.push_back((fails ? "failed " : "") + std::move(call));
  if (fails) return tl::unexpected(failed(ErrorKind::ledger, "the ledger failed: disk full"));
  return {};
}

Result<Lease> MemoryLedger::acquire(std::string_view environment, const Holder& holder, Time now) {
  if (auto entered = enter("acquire"); !entered) return tl::unexpected(entered.error());
  LeaseState& state = leases_[std::string(environment)];
  if (state.held && now < state.expires) {
    return tl::unexpected(failed(ErrorKind::locked, "held by " + state.holder.user));
  }
  const auto before = state.epoch == 0 || state.gone ? Lease::Before::gone
                      : state.held                   ? Lease::Before::expired
                                                     : Lease::Before::released;
  state = {state.epoch + 1, holder, now, now + kLeaseTime, true};
  return Lease{std::string(environment), state.epoch, kLeaseTime, before};
}

void MemoryLedger::die(std::string_view environment) {
  LeaseState& state = leases_[std::string(environment)];
  state.held = false;
  state.gone = true;
}

void MemoryLedger::take_over(std::string_view environment, Time now) {
  LeaseState& state = leases_[std::string(environment)];
  state = {state.epoch + 1, {"other", "elsewhere", 1}, now, now + kLeaseTime, true};
}

Result<void> MemoryLedger::prolong(const Lease& lease, Time now) {
  LeaseState& state = leases_[lease.environment];
  if (!state.held || state.epoch != lease.epoch) return tl::unexpected(failed(ErrorKind::locked, "taken over"));
  if (state.expires <= now) return tl::unexpected(failed(ErrorKind::locked, "expired"));
  state.expires = now + kLeaseTime;
  return {};
}

Result<void> MemoryLedger::renew(const Lease& lease, Time now) {
  return enter("renew").and_then([&] { return prolong(lease, now); });
}

Result<void> MemoryLedger::release(const Lease& lease) {
  return enter("release").map([&] {
    LeaseState& state = leases_[lease.environment];
    if (state.epoch == lease.epoch) state.held = false;
  });
}

Result<void> MemoryLedger::break_lease(std::string_view environment, std::int64_t epoch) {
  if (auto entered = enter("break_lease"); !entered) return entered;
  LeaseState& state = leases_[std::string(environment)];
  if (!state.held || state.epoch != epoch) return tl::unexpected(failed(ErrorKind::locked, "another one by now"));
  state.held = false;
  return {};
}

Result<RunId> MemoryLedger::begin_run(const Lease& lease, const Plan& plan, Time now) {
  if (auto entered = enter("begin_run"); !entered) return tl::unexpected(entered.error());
  RunRecord& run = runs_.emplace_back();
  run.id = static_cast<RunId>(runs_.size());
  run.environment = lease.environment;
  run.epoch = lease.epoch;
  run.holder = leases_[lease.environment].holder;
  run.base_url = plan.base_url;
  run.started_at = now;
  return run.id;
}

Result<void> MemoryLedger::record_intents(RunId run, const Lease& lease, std::span<const Intent> intents, Time now) {
  std::string call = "intents";
  for (const Intent& intent : intents) call += " " + intent.action_id;
  if (auto entered = enter(std::move(call)); !entered) return entered;
  if (auto prolonged = prolong(lease, now); !prolonged) return prolonged;
  for (const Intent& intent : intents) {
    const std::pair key{run, intent.action_id};
    const auto [found, is_new] = records_.try_emplace(key, Record{intent, lease.epoch, std::nullopt});
    Record& record = found->second;
    record.intent = intent;
    record.intent.run = run;
    record.intent.at = now;
    record.outcome.reset();
    if (is_new) order_.push_back(key);
    if (!is_new) ++record.attempts;
  }
  return {};
}

Result<void> MemoryLedger::record_outcomes(RunId run, std::span<const OutcomeRecord> outcomes, Time now) {
  std::string call = "outcomes";
  for (const OutcomeRecord& record : outcomes) {
    call += " " + record.action_id + "=" + std::string(to_string(record.outcome));
  }
  if (auto entered = enter(std::move(call)); !entered) return entered;
  for (const OutcomeRecord& record : outcomes) {
    if (!records_.contains({run, record.action_id})) {
      return tl::unexpected(failed(ErrorKind::ledger, "no intent of " + record.action_id));
    }
  }
  for (const OutcomeRecord& record : outcomes) {
    Record& known = records_.at({run, record.action_id});
    known.outcome = record;
    known.outcome_at = now;
  }
  return {};
}

Result<void> MemoryLedger::finish_run(RunId run, RunResult result, Time now) {
  return enter("finish_run").map([&] {
    result_ = result;
    if (run < 1 || static_cast<std::size_t>(run) > runs_.size()) return;
    runs_[static_cast<std::size_t>(run - 1)].result = result;
    runs_[static_cast<std::size_t>(run - 1)].finished_at = now;
  });
}

Result<std::vector<Intent>> MemoryLedger::open_intents(std::string_view environment) {
  if (auto entered = enter("open_intents"); !entered) return tl::unexpected(entered.error());
  const LeaseState& lease = leases_[std::string(environment)];
  std::vector<Intent> intents;
  for (const auto& key : order_) {
    const Record& record = records_.at(key);
    const RunRecord& run = runs_.at(static_cast<std::size_t>(key.first - 1));
    const bool crashed = run.epoch < lease.epoch || !lease.held;
    const bool unknown =
        !record.outcome || (record.outcome->outcome == ActionOutcome::ambiguous && record.intent.kind == "create_user");
    if (run.environment != environment || !crashed || !unknown) continue;
    intents.push_back(record.intent);
    intents.back().base_url = run.base_url;
    if (record.outcome) intents.back().outcome = record.outcome->outcome;
  }
  return intents;
}

Result<void> MemoryLedger::remember_users(std::string_view environment, std::string_view base_url, std::uint64_t users,
                                          Time) {
  return enter("remember_users").map([&] { users_[{std::string(environment), std::string(base_url)}] = users; });
}

Result<std::optional<std::uint64_t>> MemoryLedger::known_users(std::string_view environment,
                                                               std::string_view base_url) {
  if (auto entered = enter("known_users"); !entered) return tl::unexpected(entered.error());
  const auto found = users_.find({std::string(environment), std::string(base_url)});
  return found == users_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> MemoryLedger::remember_identity(std::string_view environment, const TenantIdentity& identity) {
  return enter("remember_identity").map([&] { identities_.insert_or_assign(std::string(environment), identity); });
}

Result<void> MemoryLedger::record_receipt(const Receipt& receipt, const Roster& roster) {
  return enter("record_receipt").map([&] {
    receipts_.push_back(receipt);
    rosters_[{receipt.environment, receipt.base_url}] = roster;
  });
}

Result<std::optional<TenantIdentity>> MemoryLedger::identity(std::string_view environment) {
  if (auto entered = enter("identity"); !entered) return tl::unexpected(entered.error());
  const auto found = identities_.find(environment);
  return found == identities_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<Receipt>> MemoryLedger::receipts(std::string_view environment, std::size_t most) {
  if (auto entered = enter("receipts"); !entered) return tl::unexpected(entered.error());
  std::vector<Receipt> newest;
  for (auto receipt = receipts_.rbegin(); receipt != receipts_.rend() && newest.size() < most; ++receipt) {
    if (receipt->environment == environment) newest.push_back(*receipt);
  }
  return newest;
}

Result<std::optional<Roster>> MemoryLedger::roster(std::string_view environment, std::string_view base_url) {
  if (auto entered = enter("roster"); !entered) return tl::unexpected(entered.error());
  const auto found = rosters_.find({std::string(environment), std::string(base_url)});
  return found == rosters_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<RunRecord>> MemoryLedger::runs(std::string_view environment, std::size_t most) {
  if (auto entered = enter("runs"); !entered) return tl::unexpected(entered.error());
  std::vector<RunRecord> newest;
  for (auto run = runs_.rbegin(); run != runs_.rend() && newest.size() < most; ++run) {
    if (environment.empty() || run->environment == environment) newest.push_back(*run);
  }
  return newest;
}

Result<std::optional<RunRecord>> MemoryLedger::find_run(RunId run) {
  if (auto entered = enter("find_run"); !entered) return tl::unexpected(entered.error());
  if (run < 1 || static_cast<std::size_t>(run) > runs_.size()) return std::nullopt;
  return runs_[static_cast<std::size_t>(run - 1)];
}

Result<std::vector<ActionRecord>> MemoryLedger::actions(RunId run) {
  if (auto entered = enter("actions"); !entered) return tl::unexpected(entered.error());
  std::vector<ActionRecord> actions;
  for (const auto& key : order_) {
    if (key.first != run) continue;
    const Record& record = records_.at(key);
    ActionRecord& action = actions.emplace_back();
    action.action_id = record.intent.action_id;
    action.kind = record.intent.kind;
    action.email = record.intent.email;
    action.group = record.intent.group;
    action.intended_at = record.intent.at;
    action.attempts = record.attempts;
    if (!record.outcome) continue;
    action.outcome = record.outcome->outcome;
    action.outcome_at = record.outcome_at;
    action.detail = record.outcome->detail;
  }
  return actions;
}

Result<std::optional<LeaseHolder>> MemoryLedger::holder_of(std::string_view environment, Time now) {
  if (auto entered = enter("holder_of"); !entered) return tl::unexpected(entered.error());
  const LeaseState& state = leases_[std::string(environment)];
  if (!state.held || state.expires <= now) return std::nullopt;
  return LeaseHolder{.holder = state.holder, .since = state.since, .until = state.expires, .epoch = state.epoch};
}

std::size_t MemoryLedger::count(std::string_view prefix) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(calls_, [&](const std::string& call) { return call.starts_with(prefix); }));
}

bool MemoryLedger::is_open(std::string_view kind, std::string_view email, std::string_view group) const {
  return std::ranges::any_of(records_, [&](const auto& entry) {
    const Record& record = entry.second;
    return !record.outcome && record.intent.kind == kind && record.intent.email == email &&
           record.intent.group == group;
  });
}

std::string MemoryLedger::outcome_of(const std::string& action_id) const {
  for (const auto& [key, record] : records_) {
    if (key.second == action_id) return record.outcome ? std::string(to_string(record.outcome->outcome)) : "open";
  }
  return {};
}

Intent MemoryLedger::intent_of(const std::string& action_id) const {
  for (const auto& [key, record] : records_) {
    if (key.second == action_id) return record.intent;
  }
  return {};
}

std::string MemoryLedger::detail_of(const std::string& action_id) const {
  for (const auto& [key, record] : records_) {
    if (key.second == action_id && record.outcome) return record.outcome->detail;
  }
  return {};
}

}  // namespace cipherform::fakes
