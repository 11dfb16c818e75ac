#include "cli/lease_keeper.h"

#include <utility>

namespace cipherform::cli {

LeaseKeeper::LeaseKeeper(Ledger& ledger, Lease lease, const Clock& clock, Progress& shown)
    : ledger_(ledger),
      lease_(std::move(lease)),
      clock_(clock),
      shown_(shown),
      renew_at_(clock.steady() + lease_.time / 2) {}

LeaseKeeper::~LeaseKeeper() {
  // A lease that cannot be given back expires by itself.
  static_cast<void>(ledger_.release(lease_));
}

Result<void> LeaseKeeper::keep() {
  if (!lost_ && clock_.steady() >= renew_at_) {
    auto renewed = ledger_.renew(lease_, clock_.now());
    if (!renewed) lost_ = std::move(renewed).error();
    renew_at_ = clock_.steady() + lease_.time / 2;
  }
  if (lost_) return tl::unexpected(*lost_);
  return {};
}

void LeaseKeeper::update(std::string_view what, std::uint64_t done, std::uint64_t total) {
  static_cast<void>(keep());  // a lost lease is found again when the first intent is recorded
  shown_.update(what, done, total);
}

void LeaseKeeper::waiting(std::string_view why, std::chrono::milliseconds left) {
  static_cast<void>(keep());
  shown_.waiting(why, left);
}

}  // namespace cipherform::cli
