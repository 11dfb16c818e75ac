#include "apply/lease_watch.h"

#include <utility>

#include "model/planted_bug.h"

namespace cipherform::apply {

LeaseWatch::LeaseWatch(Ledger& ledger, const Lease& lease, const Clock& clock, Progress* shown,
                       const Interruption* interruption)
    : ledger_(ledger),
      lease_(lease),
      clock_(clock),
      shown_(shown),
      interruption_(interruption),
      renew_at_(clock.steady()) {}

void LeaseWatch::keep() {
  if (lost_ || !expires_) return;
  const Time now = clock_.now();
  // The steady clock may have slept where the other one went on.
  const bool due = clock_.steady() >= renew_at_ || now >= *expires_ - lease_.time / 2;
  if (!due) return;
  if (auto renewed = ledger_.renew(lease_, now); !renewed) {
    // A ledger that cannot be reached may come back before the lease ends.
    const bool final = renewed.error().kind == ErrorKind::locked || now >= *expires_;
    if (final) lost_ = std::move(renewed).error();
    renew_at_ = clock_.steady() + std::chrono::seconds{1};
    return;
  }
  prolonged(now);
}

void LeaseWatch::prolonged(Time now) {
  renew_at_ = clock_.steady() + lease_.time / 2;
  expires_ = now + lease_.time;
}

void LeaseWatch::update(std::string_view what, std::uint64_t done, std::uint64_t total) {
  keep();
  if (shown_ != nullptr) shown_->update(what, done, total);
}

void LeaseWatch::waiting(std::string_view why, std::chrono::milliseconds left) {
  keep();
  if (shown_ != nullptr) shown_->waiting(why, left);
}

bool LeaseWatch::requested() const noexcept {
  if (planted(Bug::ignore_expired_lease)) return interrupted();
  return stopped_ || lost_.has_value() || interrupted() || (expires_ && clock_.now() >= *expires_);
}

}  // namespace cipherform::apply
