// Executing a plan.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "cipherform/error.h"
#include "cipherform/ledger.h"
#include "cipherform/plan.h"
#include "cipherform/report.h"
#include "cipherform/tenant.h"

namespace cipherform {

struct ApplyOptions {
  /// How long after its connection ended a change may still take effect in the tenant: the
  /// one assumption about the API (docs/reliability.md).
  std::chrono::milliseconds settle_time{60'000};
  ReadOptions read;
};

/// Keeps an environment's lease: renews it when half of its time has passed, and says until
/// when requests may leave under it. It is a Progress because that is what long operations
/// call, and an Interruption because that is what keeps requests from leaving.
class LeaseKeeper final : public Progress, public Interruption {
 public:
  /// `asked`: when the ledger was asked for the lease, and with which time.
  LeaseKeeper(Ledger& ledger, Lease lease, const Instant& asked, const Clock& clock, Progress* shown = nullptr,
              const Interruption* interruption = nullptr);

  const Lease& lease() const { return lease_; }
  Ledger& ledger() const { return ledger_; }
  /// Renews it if it is time, which is cheap to find out. Fails once it is lost.
  Result<void> keep();
  /// Renews it now.
  Result<void> renew();
  /// The ledger prolonged it in a call of its own, which began at `asked`.
  void prolonged(const Instant& asked);
  /// When keep() should be called at the latest.
  SteadyTime renew_at() const { return renew_at_.steady; }
  /// Why it could not be renewed, if so.
  const std::optional<Error>& lost() const { return lost_; }
  /// The user's own, who may have asked to stop.
  const Interruption* interruption() const { return interruption_; }
  bool interrupted() const noexcept { return interruption_ != nullptr && interruption_->requested(); }

  void update(std::string_view what, std::uint64_t done, std::uint64_t total) override;
  void waiting(std::string_view why, std::chrono::milliseconds left) override;
  /// Whether nothing more may be sent: the user asked to stop, or the lease is lost, or it has
  /// ended by either clock of ours.
  bool requested() const noexcept override;
  /// The lease's end.
  std::optional<Instant> no_start_after() const noexcept override;

 private:
  Ledger& ledger_;
  Lease lease_;
  const Clock& clock_;
  Progress* shown_;
  const Interruption* interruption_;
  Instant renew_at_;
  Instant ends_;
  std::optional<Error> lost_;
};

/// Events of an apply as they happen, for progress and logs.
class ApplyObserver {
 public:
  virtual ~ApplyObserver() = default;
  virtual void started(const Action& action) = 0;
  virtual void finished(const Action& action, const ActionReport& report) = 0;
};

/// What became of the actions that earlier runs had left open.
struct SettledIntents {
  std::size_t in_place = 0;  ///< they took effect, or somebody else made it so
  /// Of these, creates whose user is there, but not in all groups asked for: the next plan adds them.
  std::size_t incomplete = 0;
  std::size_t absent = 0;  ///< they did not
};
/// What earlier runs of the environment left open (Ledger::open_intents) in the tenant at
/// `base_url`. Fails where some of it is about a tenant at another URL: to read this one would
/// tell nothing of it, so nothing may be read, settled or planned here before. The
/// environment's lease must be held.
Result<std::vector<Intent>> find_open_intents(Ledger& ledger, std::string_view environment, std::string_view base_url);
/// Settles them by reading the tenant, and records it. Until each is seen in place, or is
/// absent from two complete reads, the later begun the settle time after this call: a request
/// of an earlier run may still be under way, so nothing should be planned before. Nothing is
/// ever sent again. Fails, and leaves open what is not settled, where the tenant cannot be
/// read, the list is not proved complete, or the user interrupts.
Result<SettledIntents> settle_open_intents(std::vector<Intent> intents, TenantLink& link, LeaseKeeper& lease,
                                           const ApplyOptions& options);

/// Executes the plan's actions in their order: creates in batches, then adds, then
/// removes; one user's actions one after another, others concurrently. Every intent
/// is in the ledger before its request leaves. A failed action fails its user's
/// later ones (skipped). Nothing is sent again unless it certainly was not executed, or
/// reads show that it was not. `lease` must be held. The caller records the run's end.
ApplyReport apply_plan(const Plan& plan, TenantLink& link, LeaseKeeper& lease, RunId run, const ApplyOptions& options,
                       ApplyObserver* observer = nullptr);

/// A whole run's end.
struct RunEnd {
  RunId run = 0;
  ApplyReport report;
  /// The plan's standing after the final read; nothing where there was none.
  std::optional<std::vector<Standing>> left;
  std::optional<LiveState> live;  ///< the final read
  RunResult result{};
  std::vector<Error> errors;  ///< of the final read, and of the ledger after the last request
};
/// A run from its begin to its end in the ledger: apply_plan, and the final read that
/// says whether the tenant has converged. Fails, with nothing sent, where the run cannot
/// be recorded.
Result<RunEnd> execute_plan(const Plan& plan, TenantLink& link, LeaseKeeper& lease, const ApplyOptions& options,
                            ApplyObserver* observer = nullptr);

}  // namespace cipherform
