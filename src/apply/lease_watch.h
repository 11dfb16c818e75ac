// Keeps the lease through an apply, and ends the apply when it cannot be kept.
#pragma once

#include <chrono>
#include <optional>

#include "cipherform/ledger.h"
#include "cipherform/tenant.h"

namespace cipherform::apply {

/// It is a Progress because that is what long reads call, and an Interruption because
/// that is what keeps the dispatcher from sending what waits for a retry.
class LeaseWatch final : public Progress, public Interruption {
 public:
  LeaseWatch(Ledger& ledger, const Lease& lease, const Clock& clock, Progress* shown, const Interruption* interruption);

  /// Renews the lease if it is time. Cheap where it is not. Before the first intent
  /// there is nothing to keep: recording it checks the lease, and prolongs it.
  void keep();
  /// The ledger prolonged the lease, at this time.
  void prolonged(Time now);
  /// When keep() should be called at the latest.
  SteadyTime renew_at() const { return renew_at_; }
  /// Why the lease could not be renewed, if so.
  const std::optional<Error>& lost() const { return lost_; }
  /// Nothing more may be sent, for a reason of the run's own.
  void stop() { stopped_ = true; }
  /// Whether the user asked to stop.
  bool interrupted() const noexcept { return interruption_ != nullptr && interruption_->requested(); }

  void update(std::string_view what, std::uint64_t done, std::uint64_t total) override;
  void waiting(std::string_view why, std::chrono::milliseconds left) override;
  /// Whether nothing more may be sent: the user asked to stop, or the lease is lost, or it
  /// has expired by our own clock (a machine that slept learns it here first).
  bool requested() const noexcept override;

 private:
  Ledger& ledger_;
  const Lease& lease_;
  const Clock& clock_;
  Progress* shown_;
  const Interruption* interruption_;
  SteadyTime renew_at_;
  std::optional<Time> expires_;  ///< nothing before the first intent
  std::optional<Error> lost_;
  bool stopped_ = false;
};

}  // namespace cipherform::apply
