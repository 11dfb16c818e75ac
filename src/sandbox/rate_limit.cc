// Tokens are refilled when somebody asks, from the time that has passed.
#include "sandbox/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace cipherform::sandbox {
namespace {

/// 0.1 s at 10 a second is a token, although 0.1 * 10 may fall short of 1 in binary.
constexpr double kRounding = 1e-9;

}  // namespace

RateLimit::RateLimit(double per_second, SteadyTime now)
    : per_second_(per_second), capacity_(std::max(1.0, per_second)), tokens_(capacity_), filled_at_(now) {}

std::optional<std::chrono::seconds> RateLimit::take(SteadyTime now) {
  const std::chrono::duration<double> passed = std::max(now, filled_at_) - filled_at_;
  tokens_ = std::min(capacity_, tokens_ + passed.count() * per_second_);
  filled_at_ = std::max(now, filled_at_);
  if (tokens_ + kRounding >= 1) {
    tokens_ -= 1;
    return std::nullopt;
  }
  const double wait = std::ceil((1 - tokens_) / per_second_ - kRounding);
  return std::chrono::seconds{static_cast<std::int64_t>(std::clamp(wait, 1.0, 86'400.0))};
}

}  // namespace cipherform::sandbox
