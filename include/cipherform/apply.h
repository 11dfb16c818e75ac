// Executing a plan.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "cipherform/error.h"
#include "cipherform/ledger.h"
#include "cipherform/plan.h"
#include "cipherform/report.h"
#include "cipherform/tenant.h"

namespace cipherform {

struct ApplyOptions {
  /// How long after its connection ended a change may still take effect in the tenant. The
  /// one assumption about the API (docs/reliability.md): whoever a create was to make and is
  /// absent from complete reads after it, was not made.
  std::chrono::milliseconds settle_time{60'000};
  std::map<std::string, std::string> group_ids;  ///< as ReadOptions::group_ids
};

/// Events of an apply as they happen, for progress and logs.
class ApplyObserver {
 public:
  virtual ~ApplyObserver() = default;
  virtual void started(const Action& action) = 0;
  virtual void finished(const Action& action, const ActionReport& report) = 0;
};

/// Executes the plan's actions in their order: creates in batches, then adds, then
/// removes; one user's actions one after another, others concurrently. Every intent
/// is in the ledger before its request leaves. A failed action fails its user's
/// later ones (skipped). Nothing is sent twice unless it certainly was not executed.
/// `lease` must be held. The caller records the run's end.
ApplyReport apply_plan(const Plan& plan, TenantLink& link, Ledger& ledger, const Lease& lease, RunId run,
                       const ApplyOptions& options, ApplyObserver* observer = nullptr, Progress* progress = nullptr,
                       const Interruption* interruption = nullptr);

}  // namespace cipherform
