// Waiting for what is in doubt to show: reads at growing intervals, and when they may end.
//
// A change whose answer was lost may still take effect. What a read shows in place is done;
// what it does not show is absent only where two complete reads agree, the later of them
// begun the settle time after the change's connection ended. Until then the tenant is read
// again, at once, then after 1, 2, 4, … seconds, so that most doubts end soon.
#pragma once

#include <algorithm>
#include <chrono>
#include <string_view>

#include "cipherform/tenant.h"

namespace cipherform::apply {

class SettleReads {
 public:
  explicit SettleReads(SteadyTime now) : next_(now) {}

  /// When to read: as planned, but once a doubt is due no later than that.
  SteadyTime next(SteadyTime now, SteadyTime due) const { return due > now ? std::min(next_, due) : next_; }
  /// A read has begun.
  void began(SteadyTime at) {
    next_ = at + interval_;
    interval_ *= 2;
  }

 private:
  SteadyTime next_;
  std::chrono::milliseconds interval_{1'000};
};

/// Waits, with nothing under way, and shows it every second: whoever keeps a lease does so
/// then. False: `interruption` asked to stop.
bool pause_until(TenantLink& link, SteadyTime until, std::string_view why, Progress* progress,
                 const Interruption* interruption);

}  // namespace cipherform::apply
