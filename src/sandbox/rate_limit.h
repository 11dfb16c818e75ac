// A token bucket (one second's worth of burst). It holds no clock: time is told.
#pragma once

#include <chrono>
#include <optional>

namespace cipherform::sandbox {

class RateLimit {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  /// `per_second` above 0. The bucket starts full, with max(1, per_second) tokens.
  RateLimit(double per_second, SteadyTime now);

  /// Takes a token; where there is none, how long until there is one, in whole seconds
  /// rounded up. Times must not go back.
  std::optional<std::chrono::seconds> take(SteadyTime now);

 private:
  double per_second_;
  double capacity_;
  double tokens_;
  SteadyTime filled_at_;
};

}  // namespace cipherform::sandbox
