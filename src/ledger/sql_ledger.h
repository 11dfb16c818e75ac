// The ledger in a database. Every call is one transaction; what a lease allows is
// checked in the transaction that records what it allowed.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "cipherform/ledger.h"
#include "ledger/database.h"

namespace cipherform {

/// What a test puts in place of the machine.
struct LedgerSeams {
  /// Whether a process of this machine still runs.
  std::function<bool(std::int64_t pid)> is_alive;
  std::string vfs = {};  ///< SQLite's; empty: the system's
  std::chrono::milliseconds lease_time = kLeaseTime;
  std::int64_t reserved_bytes = std::int64_t{1} << 20;  ///< see sqlite::Database::reserve()
  std::function<Time()> local_now = {};                 ///< this machine's clock; empty: the system's
};
/// Says "yes" where it cannot tell: a wrong "no" would let two applies run at once.
bool is_process_alive(std::int64_t pid);

/// open_ledger(place) with its seams.
Result<std::unique_ptr<Ledger>> open_ledger(const LedgerPlace& place, LedgerSeams seams);

/// The name of the ledger's file in the state directory.
/// In milliseconds, as stored: the last that RFC 3339 can write.
inline constexpr std::int64_t kLastTime =
    Time{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}}.time_since_epoch().count() - 1;
inline constexpr const char* kLedgerFileName = "ledger.sqlite";

class SqlLedger final : public Ledger {
 public:
  /// `database` holds the tables, of `format` (only read where that is not the newest).
  SqlLedger(std::unique_ptr<sql::Database> database, LedgerSeams seams, std::int64_t format);

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
  Result<void> remember_identity(std::string_view environment, const TenantIdentity& identity) override;
  Result<void> record_receipt(const Receipt& receipt, const Roster& roster) override;

  Result<std::vector<RunRecord>> runs(std::string_view environment, std::size_t most) override;
  Result<std::optional<RunRecord>> find_run(RunId run) override;
  Result<std::vector<ActionRecord>> actions(RunId run) override;
  Result<std::optional<LeaseHolder>> holder_of(std::string_view environment, Time now) override;
  Result<std::optional<std::uint64_t>> known_users(std::string_view environment, std::string_view base_url) override;
  Result<std::optional<TenantIdentity>> identity(std::string_view environment) override;
  Result<std::vector<Receipt>> receipts(std::string_view environment, std::size_t most) override;
  Result<std::optional<Roster>> roster(std::string_view environment, std::string_view base_url) override;

 private:
  /// A row of `leases`.
  struct LeaseRow {
    std::int64_t epoch = 0;
    Holder holder;
    Time since;
    std::optional<Time> expires;  ///< nothing: released
  };

  /// A caller's time as the ledger stores it, and back. One ledger has one clock, its
  /// database's: machines whose clocks differ agree on when a lease ends.
  std::int64_t stored(Time time) const { return (time + database_->ahead()).time_since_epoch().count(); }
  /// A damaged ledger's times are brought to the years that can be written.
  Time time_of(std::int64_t value) const {
    return Time{std::chrono::milliseconds{std::clamp<std::int64_t>(value, 0, kLastTime)}} - database_->ahead();
  }
  std::optional<Time> time_in(const sql::Row& row, int column) const {
    return row.is_null(column) ? std::nullopt : std::optional(time_of(row.integer(column)));
  }

  Result<std::optional<LeaseRow>> find_lease(std::string_view environment);
  /// Whether the row's holder ran on this machine and has ended.
  bool is_gone(const LeaseRow& row, const Holder& holder) const;
  bool may_take_over(const LeaseRow& row, const Holder& holder, Time now) const;
  /// The lease's row, if it still is the ledger's and has not expired.
  Result<LeaseRow> check_lease(const Lease& lease, Time now);
  /// The same, and prolongs it.
  Result<void> prolong(const Lease& lease, Time now);
  Error nothing_changed(std::string what) const;
  Error damaged(std::string what) const;
  RunRecord run_in(const sql::Row& row) const;
  /// Nothing where the row holds a word that no version of the ledger wrote.
  std::optional<ActionRecord> action_in(const sql::Row& row) const;

  std::unique_ptr<sql::Database> database_;
  std::function<bool(std::int64_t pid)> is_alive_;
  std::chrono::milliseconds lease_time_;
  std::int64_t format_;
};

}  // namespace cipherform
