#include "apply/settling.h"

#include <algorithm>

namespace cipherform::apply {

bool pause_until(TenantLink& link, SteadyTime until, std::string_view why, Progress* progress,
                 const Interruption* interruption) {
  constexpr std::chrono::seconds tell_every{1};
  while (interruption == nullptr || !interruption->requested()) {
    const SteadyTime now = link.clock().steady();
    if (now >= until) return true;
    if (progress != nullptr) progress->waiting(why, std::chrono::ceil<std::chrono::milliseconds>(until - now));
    static_cast<void>(link.transport().wait(std::min(until, now + tell_every)));
  }
  return false;
}

}  // namespace cipherform::apply
