// The ledger: the durable record of what applies intended and what came of it,
// and the lock that keeps two applies of one environment apart.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
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
};

/// How long a lease holds without being prolonged, where nobody says otherwise.
inline constexpr std::chrono::milliseconds kLeaseTime{120'000};

/// The right to send changes to one environment until it expires. `epoch` grows with
/// every new holder; a request may leave only while the epoch is the ledger's.
struct Lease {
  std::string environment;
  std::int64_t epoch = 0;
  std::chrono::milliseconds time = kLeaseTime;  ///< how long it holds without being prolonged
};

/// What is recorded before a request leaves: one for each action of the request.
struct Intent {
  std::string action_id;
  std::string kind;  ///< "create_user", "add_member", "remove_member"
  std::string email;
  std::string group;  ///< a name; empty for a create
  // Set by open_intents():
  RunId run = 0;  ///< the run that meant it, for record_outcomes()
  Time at{};      ///< when it was recorded
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

/// All calls but the constructor's may fail with ErrorKind::ledger; a failed call
/// changed nothing. Times are given by the caller.
class Ledger {
 public:
  virtual ~Ledger() = default;

  /// Takes the environment's lease, or says who has it and since when (ErrorKind::locked).
  /// A lease that expired, or whose holder ran on this host and is gone, is taken over.
  virtual Result<Lease> acquire(std::string_view environment, const Holder& holder, Time now) = 0;
  /// Prolongs it; fails with ErrorKind::locked if another took it over.
  virtual Result<void> renew(const Lease& lease, Time now) = 0;
  virtual Result<void> release(const Lease& lease) = 0;

  virtual Result<RunId> begin_run(const Lease& lease, const Plan& plan, Time now) = 0;
  /// Durable when it returns. Checks and prolongs the lease in the same transaction.
  virtual Result<void> record_intents(RunId run, const Lease& lease, std::span<const Intent> intents, Time now) = 0;
  virtual Result<void> record_outcomes(RunId run, std::span<const OutcomeRecord> outcomes, Time now) = 0;
  virtual Result<void> finish_run(RunId run, RunResult result, Time now) = 0;

  /// Intents of earlier runs of this environment of which nobody knows what came: all that
  /// a crash left without an outcome, and creates whose outcome is ambiguous. Oldest first.
  virtual Result<std::vector<Intent>> open_intents(std::string_view environment) = 0;

  /// The number of users at the last proved read, of this environment at this URL.
  virtual Result<void> remember_users(std::string_view environment, std::string_view base_url, std::uint64_t users,
                                      Time now) = 0;
  virtual Result<std::optional<std::uint64_t>> known_users(std::string_view environment, std::string_view base_url) = 0;
};

/// Opens (and makes, mode 0700/0600) `state_dir`/ledger.sqlite. Its leases hold for `lease_time`.
Result<std::unique_ptr<Ledger>> open_ledger(const std::filesystem::path& state_dir,
                                            std::chrono::milliseconds lease_time = kLeaseTime);
/// What the ledger knows of the tenant's size, without making or changing anything;
/// nothing where there is no ledger.
Result<std::optional<std::uint64_t>> peek_known_users(const std::filesystem::path& state_dir,
                                                      std::string_view environment, std::string_view base_url);

}  // namespace cipherform
