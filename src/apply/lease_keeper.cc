#include <utility>

#include "cipherform/apply.h"
#include "model/planted_bug.h"

namespace cipherform {

LeaseKeeper::LeaseKeeper(Ledger& ledger, Lease lease, const Instant& asked, const Clock& clock, Progress* shown,
                         const Interruption* interruption)
    : ledger_(ledger), lease_(std::move(lease)), clock_(clock), shown_(shown), interruption_(interruption) {
  prolonged(asked);
}

void LeaseKeeper::prolonged(const Instant& asked) {
  renew_at_ = asked + lease_.time / 2;
  ends_ = asked + lease_.time;
}

Result<void> LeaseKeeper::keep() {
  if (!lost_ && clock_.has_come(renew_at_)) {
    const Instant now = clock_.instant();
    const bool last = clock_.has_come(ends_);
    if (auto renewed = renew(); !renewed) {
      // A ledger that cannot be reached may come back before the lease ends.
      if (last) lost_ = std::move(renewed).error();
      renew_at_ = now + std::chrono::seconds{1};
    }
  }
  if (lost_) return tl::unexpected(*lost_);
  return {};
}

Result<void> LeaseKeeper::renew() {
  const Instant now = clock_.instant();
  auto renewed = ledger_.renew(lease_, now.wall);
  if (renewed) {
    prolonged(now);
  } else if (renewed.error().kind == ErrorKind::locked) {
    lost_ = renewed.error();
  }
  return renewed;
}

void LeaseKeeper::update(std::string_view what, std::uint64_t done, std::uint64_t total) {
  static_cast<void>(keep());  // a lost lease is found again when the next intent is recorded
  if (shown_ != nullptr) shown_->update(what, done, total);
}

void LeaseKeeper::waiting(std::string_view why, std::chrono::milliseconds left) {
  static_cast<void>(keep());
  if (shown_ != nullptr) shown_->waiting(why, left);
}

bool LeaseKeeper::requested() const noexcept {
  if (planted(Bug::ignore_expired_lease)) return interrupted();
  return lost_.has_value() || interrupted() || clock_.has_come(ends_);
}

std::optional<Instant> LeaseKeeper::no_start_after() const noexcept {
  if (planted(Bug::ignore_expired_lease) || planted(Bug::send_whenever)) return std::nullopt;
  return ends_;
}

}  // namespace cipherform
