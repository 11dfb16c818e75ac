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
  std::size_t absent = 0;    ///< they did not
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
Result<SettledIntents> settle_open_intents(std::vector<Intent> intents, TenantLink& link, Ledger& ledger,
                                           const Lease& lease, const ApplyOptions& options,
                                           Progress* progress = nullptr, const Interruption* interruption = nullptr);

/// Executes the plan's actions in their order: creates in batches, then adds, then
/// removes; one user's actions one after another, others concurrently. Every intent
/// is in the ledger before its request leaves. A failed action fails its user's
/// later ones (skipped). Nothing is sent again unless it certainly was not executed, or
/// reads show that it was not. `lease` must be held. The caller records the run's end.
ApplyReport apply_plan(const Plan& plan, TenantLink& link, Ledger& ledger, const Lease& lease, RunId run,
                       const ApplyOptions& options, ApplyObserver* observer = nullptr, Progress* progress = nullptr,
                       const Interruption* interruption = nullptr);

/// A whole run's end.
struct RunEnd {
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
Result<RunEnd> execute_plan(const Plan& plan, TenantLink& link, Ledger& ledger, const Lease& lease,
                            const ApplyOptions& options, ApplyObserver* observer = nullptr,
                            Progress* progress = nullptr, const Interruption* interruption = nullptr);

}  // namespace cipherform
