// The ledger in SQLite. Every call is one transaction; what a lease allows is checked
// in the transaction that records what it allowed.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "cipherform/ledger.h"
#include "ledger/sqlite.h"

namespace cipherform {

/// What a test puts in place of the machine.
struct LedgerSeams {
  /// Whether a process of this host still runs.
  std::function<bool(std::int64_t pid)> is_alive;
  std::string vfs = {};  ///< empty: the system's
  std::chrono::milliseconds lease_time = kLeaseTime;
};
/// Says "yes" where it cannot tell: a wrong "no" would let two applies run at once.
bool is_process_alive(std::int64_t pid);

/// open_ledger(state_dir) with its seams.
Result<std::unique_ptr<Ledger>> open_ledger(const std::filesystem::path& state_dir, LedgerSeams seams);

/// The name of the ledger's file in the state directory.
inline constexpr const char* kLedgerFileName = "ledger.sqlite";
/// Reads the number of users; shared by the ledger and by those who only peek.
Result<std::optional<std::uint64_t>> read_known_users(const sqlite::Database& database, std::string_view environment,
                                                      std::string_view base_url);

class SqliteLedger final : public Ledger {
 public:
  /// `database` holds the tables.
  static Result<std::unique_ptr<Ledger>> attach(std::unique_ptr<sqlite::Database> database,
                                                LedgerSeams seams);

  Result<Lease> acquire(std::string_view environment, const Holder& holder, Time now) override;
  Result<void> renew(const Lease& lease, Time now) override;
  Result<void> release(const Lease& lease) override;
  Result<RunId> begin_run(const Lease& lease, const Plan& plan, Time now) override;
  Result<void> record_intents(RunId run, const Lease& lease, std::span<const Intent> intents, Time now) override;
  Result<void> record_outcomes(RunId run, std::span<const OutcomeRecord> outcomes, Time now) override;
  Result<void> finish_run(RunId run, RunResult result, Time now) override;
  Result<std::vector<Intent>> open_intents(std::string_view environment) override;
  Result<void> remember_users(std::string_view environment, std::string_view base_url, std::uint64_t users,
                              Time now) override;
  Result<std::optional<std::uint64_t>> known_users(std::string_view environment, std::string_view base_url) override;

 private:
  /// A row of `leases`.
  struct LeaseRow {
    std::int64_t epoch = 0;
    Holder holder;
    Time since;
    std::optional<Time> expires;  ///< nothing: released
  };

  SqliteLedger(std::unique_ptr<sqlite::Database> database, LedgerSeams seams)
      : database_(std::move(database)), is_alive_(std::move(seams.is_alive)), lease_time_(seams.lease_time) {}
  Result<void> prepare();
  Result<std::optional<LeaseRow>> find_lease(std::string_view environment);
  bool may_take_over(const LeaseRow& row, const Holder& holder, Time now) const;
  /// The lease's row, if it still is the ledger's and has not expired.
  Result<LeaseRow> check_lease(const Lease& lease, Time now);
  /// The same, and prolongs it.
  Result<void> prolong(const Lease& lease, Time now);
  /// An error unless the statement before changed a row.
  Result<void> require_change(const std::string& otherwise) const;

  std::unique_ptr<sqlite::Database> database_;
  std::function<bool(std::int64_t pid)> is_alive_;
  std::chrono::milliseconds lease_time_;
  sqlite::Statement find_lease_;
  sqlite::Statement write_lease_;
  sqlite::Statement prolong_lease_;
  sqlite::Statement release_lease_;
  sqlite::Statement insert_run_;
  sqlite::Statement finish_run_;
  sqlite::Statement insert_action_;
  sqlite::Statement write_outcome_;
  sqlite::Statement open_actions_;
  sqlite::Statement write_tenant_;
};

}  // namespace cipherform
