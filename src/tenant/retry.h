// When a request may be sent again, and how long to wait before. Pure decisions: the
// dispatcher does the waiting.
#pragma once

#include <chrono>
#include <optional>
#include <random>

#include "cipherform/tenant.h"

namespace cipherform {

/// What one attempt means.
struct AttemptVerdict {
  Outcome outcome{};  ///< if it is the last attempt
  bool may_repeat = false;
  /// The answer says when to come again; nothing of this tenant is sent before.
  std::optional<std::chrono::milliseconds> retry_after;
};
AttemptVerdict judge(const tl::expected<HttpAnswer, TransportFailure>& result, Safety safety, Time now);

/// Full jitter: uniform in [0, min(cap, base·2^retries)).
std::chrono::milliseconds backoff(const RetryPolicy& policy, unsigned retries, std::mt19937_64& random);

/// Retries of all requests together, so that a server that fails every request is asked
/// a little more than once, not `attempts` times: a retry costs one, a success earns a
/// half, and a third of all attempts may fail for ever. Obeying a Retry-After is free.
class RetryBudget {
 public:
  bool spend();
  void earn();

 private:
  static constexpr double kMost = 32;
  double left_ = kMost;
};

}  // namespace cipherform
