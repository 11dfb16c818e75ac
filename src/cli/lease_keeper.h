// Holds an environment's lease while something long goes on.
#pragma once

#include <optional>

#include "cipherform/ledger.h"
#include "cipherform/tenant.h"

namespace cipherform::cli {

/// Takes a lease, renews it whenever half of its time has passed, and gives it back
/// at its end. It is a Progress because that is what long operations call.
class LeaseKeeper final : public Progress {
 public:
  LeaseKeeper(Ledger& ledger, Lease lease, const Clock& clock, Progress& shown);
  ~LeaseKeeper() override;
  LeaseKeeper(const LeaseKeeper&) = delete;
  LeaseKeeper& operator=(const LeaseKeeper&) = delete;

  const Lease& lease() const { return lease_; }
  /// Renews if it is time; says whether the lease is still ours.
  Result<void> keep();

  void update(std::string_view what, std::uint64_t done, std::uint64_t total) override;
  void waiting(std::string_view why, std::chrono::milliseconds left) override;

 private:
  Ledger& ledger_;
  Lease lease_;
  const Clock& clock_;
  Progress& shown_;
  SteadyTime renew_at_;
  std::optional<Error> lost_;
};

}  // namespace cipherform::cli
