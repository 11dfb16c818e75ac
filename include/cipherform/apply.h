// Executing a plan.
#pragma once

#include <chrono>
#include <random>

#include "cipherform/error.h"
#include "cipherform/ledger.h"
#include "cipherform/plan.h"
#include "cipherform/report.h"
#include "cipherform/tenant.h"

namespace cipherform {

struct ApplyOptions {
  unsigned parallelism = 8;
  std::chrono::milliseconds timeout{30'000};
  RetryPolicy retry;
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
ApplyReport apply_plan(const Plan& plan, Transport& transport, const Clock& clock, std::mt19937_64& random,
                       Ledger& ledger, const Lease& lease, RunId run, const ApplyOptions& options,
                       ApplyObserver* observer = nullptr, Progress* progress = nullptr,
                       const Interruption* interruption = nullptr);

}  // namespace cipherform
