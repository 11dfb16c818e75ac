// A ledger in memory that keeps the interface's promises, remembers the order of
// calls, and fails where a test wants.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cipherform/ledger.h"

namespace cipherform::fakes {

class MemoryLedger final : public Ledger {
 public:
  Result<Lease> acquire(std::string_view environment, const Holder& holder, Time now) override;
  Result<void> renew(const Lease& lease, Time now) override;
  Result<void> release(const Lease& lease) override;
  Result<void> break_lease(std::string_view environment, std::int64_t epoch) override;
  Result<RunId> begin_run(const Lease& lease, const Plan& plan, Time now) override;
  Result<void> record_intents(RunId run, const Lease& lease, std::span<const Intent> intents, Time now) override;
  Result<void> record_outcomes(RunId run, std::span<const OutcomeRecord> outcomes, Time now) override;
  Result<void> finish_run(RunId run, RunResult result, Time now) override;
  Result<std::vector<Intent>> open_intents(std::string_view environment) override;
  Result<void> remember_users(std::string_view environment, std::string_view base_url, std::uint64_t users,
                              Time now) override;
  Result<std::optional<std::uint64_t>> known_users(std::string_view environment, std::string_view base_url) override;
  Result<void> remember_identity(std::string_view environment, const TenantIdentity& identity) override;
  Result<void> record_receipt(const Receipt& receipt, const Roster& roster) override;
  Result<std::optional<TenantIdentity>> identity(std::string_view environment) override;
  Result<std::vector<Receipt>> receipts(std::string_view environment, std::size_t most) override;
  Result<std::optional<Roster>> roster(std::string_view environment, std::string_view base_url) override;

  Result<std::vector<RunRecord>> runs(std::string_view environment, std::size_t most) override;
  Result<std::optional<RunRecord>> find_run(RunId run) override;
  Result<std::vector<ActionRecord>> actions(RunId run) override;
  Result<std::optional<LeaseHolder>> holder_of(std::string_view environment, Time now) override;

  /// The nth call from now on fails, with a full disk; so do all after it if `for_good`.
  void fail_call(std::size_t nth, bool for_good = false) {
    fail_at_ = calls_.size() + nth;
    for_good_ = for_good;
  }
  /// The holder's process ends without a word; the next one sees that it has.
  void die(std::string_view environment);
  /// Another holder takes the environment, whatever the lease says.
  void take_over(std::string_view environment, Time now);

  /// "intents a1 a2", "outcomes a1=done", "renew", … in order, failed ones included ("failed renew").
  const std::vector<std::string>& calls() const { return calls_; }
  std::size_t count(std::string_view prefix) const;
  /// Whether exactly this is intended and has no outcome.
  bool is_open(std::string_view kind, std::string_view email, std::string_view group) const;
  /// "done", … of an action; "open" without an outcome, "" where it was never intended.
  std::string outcome_of(const std::string& action_id) const;
  std::string detail_of(const std::string& action_id) const;
  /// As it was recorded last.
  Intent intent_of(const std::string& action_id) const;
  std::optional<RunResult> result() const { return result_; }
  /// When the lease ends.
  Time expires(const std::string& environment) const { return leases_.at(environment).expires; }

 private:
  struct LeaseState {
    std::int64_t epoch = 0;
    Holder holder;
    Time since;
    Time expires;
    bool held = false;
    bool gone = false;
  };
  struct Record {
    Intent intent;
    std::int64_t epoch = 0;
    std::optional<OutcomeRecord> outcome;
    std::int64_t attempts = 1;
    Time outcome_at{};
  };

  Result<void> enter(std::string call);
  Result<void> prolong(const Lease& lease, Time now);

  std::map<std::string, LeaseState> leases_;
  std::vector<RunRecord> runs_;  ///< a run's id is its place, from 1
  std::map<std::pair<RunId, std::string>, Record> records_;
  std::vector<std::pair<RunId, std::string>> order_;  ///< of records_, as intended
  std::map<std::pair<std::string, std::string>, std::uint64_t> users_;
  std::map<std::string, TenantIdentity, std::less<>> identities_;
  std::vector<Receipt> receipts_;  ///< as recorded
  std::map<std::pair<std::string, std::string>, Roster> rosters_;
  std::optional<RunResult> result_;
  std::vector<std::string> calls_;
  std::size_t fail_at_ = 0;
  bool for_good_ = false;
};

}  // namespace cipherform::fakes
