// The ledger: the durable record of what applies intended and what came of it,
// and the lock that keeps two applies of one environment apart.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/error.h"
#include "cipherform/model.h"
#include "cipherform/plan.h"
#include "cipherform/report.h"

namespace cipherform {

using RunId = std::int64_t;

/// Who applies. One process is one holder.
struct Holder {
  std::string user;
  std::string host;
  std::int64_t pid = 0;
  /// The set of processes that `pid` counts in: the kernel's boot and its PID namespace. Only
  /// where it is the same may be looked whether the holder still runs; empty: nowhere.
  std::string machine = {};
};

/// How long a lease holds without being prolonged, where nobody says otherwise.
inline constexpr std::chrono::milliseconds kLeaseTime{120'000};

/// The right to send changes to one environment until it expires. `epoch` grows with
/// every new holder; a request may leave only while the epoch is the ledger's.
struct Lease {
  std::string environment;
  std::int64_t epoch = 0;
  std::chrono::milliseconds time = kLeaseTime;  ///< how long it holds without being prolonged
  /// What became of the holder before: its requests may still be under way.
  enum class Before : std::uint8_t {
    gone,      ///< there was none, or its process has ended
    expired,   ///< it may still run, but starts no request any more
    released,  ///< by itself, when it had ended, or by `unlock`: then it may not have noticed yet
  };
  Before before = Before::gone;
};

/// What is recorded before a request leaves: one for each action of the request.
struct Intent {
  std::string action_id;
  std::string kind;  ///< "create_user", "add_member", "remove_member"
  std::string email;
  std::string group;        ///< a name; empty for a create
  std::string groups = {};  ///< of a create: the names of those it asks for, one a line
  // Set by open_intents():
  RunId run = 0;              ///< the run that meant it, for record_outcomes()
  Time at{};                  ///< when it was recorded
  std::string base_url = {};  ///< of the run's plan: which tenant it is about
  /// Nothing after a crash; ActionOutcome::ambiguous where the run itself did not learn it.
  std::optional<ActionOutcome> outcome = {};
};

struct OutcomeRecord {
  std::string action_id;
  ActionOutcome outcome{};
  std::string detail;  ///< the API's words, or why; may be empty
};

enum class RunResult : std::uint8_t { converged, partial, failed, interrupted };
std::string_view to_string(RunResult result);
/// The result or outcome that a word stands for; nothing for another word.
std::optional<RunResult> run_result_of(std::string_view word);
std::optional<ActionOutcome> action_outcome_of(std::string_view word);

/// One apply, as `history` shows it.
struct RunRecord {
  RunId id = 0;
  std::string environment;
  std::int64_t epoch = 0;
  Holder holder;
  std::string base_url;
  std::string tool_version;
  Time planned_at{};
  std::string declaration_digest;
  std::string live_digest;
  std::uint64_t creates = 0;  ///< of the plan, as are adds and removes
  std::uint64_t adds = 0;
  std::uint64_t removes = 0;
  std::uint64_t intended = 0;  ///< actions that were tried
  std::uint64_t done = 0;      ///< of these
  Time started_at{};
  std::optional<Time> finished_at = {};
  std::optional<RunResult> result = {};  ///< nothing while it runs, and after a crash
  /// Until when its lease holds: nothing once it was released or taken over.
  std::optional<Time> lease_until = {};
};

/// One action of a run.
struct ActionRecord {
  std::string action_id;
  std::string kind;
  std::string email;
  std::string group;
  Time intended_at{};
  std::int64_t attempts = 1;                  ///< how often it was intended in its run
  std::optional<ActionOutcome> outcome = {};  ///< nothing: open
  std::optional<Time> outcome_at = {};
  std::string detail;
};

struct LeaseHolder {
  Holder holder;
  Time since{};
  Time until{};
  std::int64_t epoch = 0;
};

/// Which tenant answered under an environment's name.
struct TenantIdentity {
  std::string base_url;
  std::vector<std::string> owners;  ///< ids of the users who own the tenant, sorted; empty: none was seen
  Time recorded_at{};
  friend bool operator==(const TenantIdentity&, const TenantIdentity&) = default;
};

/// That an environment's tenant was seen to be all that a declaration asks for.
struct Receipt {
  std::string environment;
  std::string base_url;
  std::string declaration_digest;
  std::string live_digest;  ///< of the read that showed it
  Time converged_at{};
  std::optional<RunId> run = {};  ///< the apply; nothing where there was nothing to do
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

/// Who was in a tenant when an apply converged last.
struct Roster {
  Time converged_at{};
  std::vector<std::string> people;  ///< email keys, sorted; the id of somebody without an email
  friend bool operator==(const Roster&, const Roster&) = default;
};

/// Everybody who is in the tenant, as of `at`.
Roster roster_of(const LiveState& live, Time at);

/// What can be read of a ledger without changing it. Calls may fail with ErrorKind::ledger.
class LedgerView {
 public:
  virtual ~LedgerView() = default;

  /// The newest `most` runs of one environment (empty: of all), newest first.
  virtual Result<std::vector<RunRecord>> runs(std::string_view environment, std::size_t most) = 0;
  virtual Result<std::optional<RunRecord>> find_run(RunId run) = 0;
  /// In the order in which they were first intended.
  virtual Result<std::vector<ActionRecord>> actions(RunId run) = 0;
  /// Who holds the environment's lease at `now`; nothing if it was released or has expired.
  virtual Result<std::optional<LeaseHolder>> holder_of(std::string_view environment, Time now) = 0;
  /// The number of users at the last proved read, of this environment at this URL.
  virtual Result<std::optional<std::uint64_t>> known_users(std::string_view environment, std::string_view base_url) = 0;

  // Of a ledger that was written by an older cipherform, and is only read, nothing of this is known.
  virtual Result<std::optional<TenantIdentity>> identity(std::string_view environment) = 0;
  /// The newest `most` receipts of the environment, at whatever URL, newest first.
  virtual Result<std::vector<Receipt>> receipts(std::string_view environment, std::size_t most) = 0;
  virtual Result<std::optional<Roster>> roster(std::string_view environment, std::string_view base_url) = 0;
};

/// All calls may fail with ErrorKind::ledger; a failed call changed nothing, unless its error
/// says that this is not known (the answer to a commit was lost on the way). Either way what
/// the call was to make durable may not be relied on: after a failed record_intents()
/// nothing may be sent. Times are given and returned by the caller's clock.
class Ledger : public LedgerView {
 public:
  /// Takes the environment's lease, or says who has it and since when (ErrorKind::locked).
  /// A lease that expired, or whose holder ran on this machine and is gone, is taken over.
  virtual Result<Lease> acquire(std::string_view environment, const Holder& holder, Time now) = 0;
  /// Prolongs it; fails with ErrorKind::locked if another took it over.
  virtual Result<void> renew(const Lease& lease, Time now) = 0;
  virtual Result<void> release(const Lease& lease) = 0;
  /// Takes the lease from whoever holds it under `epoch`: that holder's next check fails, a
  /// later acquire() gets a higher epoch, open intents stay open. ErrorKind::locked if the
  /// lease is another one by now.
  virtual Result<void> break_lease(std::string_view environment, std::int64_t epoch) = 0;

  virtual Result<RunId> begin_run(const Lease& lease, const Plan& plan, Time now) = 0;
  /// Durable when it returns. Checks and prolongs the lease in the same transaction.
  virtual Result<void> record_intents(RunId run, const Lease& lease, std::span<const Intent> intents, Time now) = 0;
  virtual Result<void> record_outcomes(RunId run, std::span<const OutcomeRecord> outcomes, Time now) = 0;
  virtual Result<void> finish_run(RunId run, RunResult result, Time now) = 0;

  /// Intents of earlier runs of this environment of which nobody knows what came: all that
  /// a crash left without an outcome, and creates whose outcome is ambiguous. Oldest first.
  /// The environment may have had another base URL then: see Intent::base_url.
  virtual Result<std::vector<Intent>> open_intents(std::string_view environment) = 0;

  virtual Result<void> remember_users(std::string_view environment, std::string_view base_url, std::uint64_t users,
                                      Time now) = 0;
  /// In place of the one before.
  virtual Result<void> remember_identity(std::string_view environment, const TenantIdentity& identity) = 0;
  /// Adds the receipt, and puts the roster in place of the one before of the receipt's
  /// environment and URL. Both or neither.
  virtual Result<void> record_receipt(const Receipt& receipt, const Roster& roster) = 0;
};

/// Where a ledger is.
struct LedgerPlace {
  std::string url;                  ///< "postgresql://…"; empty: a file in the state directory
  std::filesystem::path state_dir;  ///< ledger.sqlite is in it
};

/// Opens it, and makes it where there is none: the file (mode 0700/0600), or the schema
/// `cipherform` in the database. Its leases hold for `lease_time`. No error repeats a
/// password of the URL.
Result<std::unique_ptr<Ledger>> open_ledger(const LedgerPlace& place,
                                            std::chrono::milliseconds lease_time = kLeaseTime);
/// The file in `state_dir`.
Result<std::unique_ptr<Ledger>> open_ledger(const std::filesystem::path& state_dir,
                                            std::chrono::milliseconds lease_time = kLeaseTime);

/// Shows a ledger to `work`, without making or changing anything; works in a directory that
/// may not be written. False, and `work` is not called, where there is no ledger. Where
/// another process opens the ledger meanwhile `work` is called again: only what it saw last
/// counts.
Result<bool> read_ledger(const LedgerPlace& place, const std::function<Result<void>(LedgerView& ledger)>& work);
/// What the ledger knows of the tenant's size; nothing where there is no ledger.
Result<std::optional<std::uint64_t>> peek_known_users(const LedgerPlace& place, std::string_view environment,
                                                      std::string_view base_url);
Result<std::optional<std::uint64_t>> peek_known_users(const std::filesystem::path& state_dir,
                                                      std::string_view environment, std::string_view base_url);

}  // namespace cipherform
