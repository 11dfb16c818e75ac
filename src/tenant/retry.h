// When a request may be sent again, and how long to wait before. Pure decisions: the
// dispatcher does the waiting.
#pragma once

#include <chrono>
#include <optional>
#include <random>
#include <string_view>

#include "cipherform/tenant.h"

namespace cipherform {

/// What one attempt means.
struct AttemptVerdict {
  Outcome outcome{};  ///< if it is the last attempt
  bool may_repeat = false;
  bool overloaded = false;  ///< the server does not keep up: fewer requests at a time may help
  /// The answer says when to come again; nothing of this tenant is sent before.
  std::optional<std::chrono::milliseconds> retry_after;
};
AttemptVerdict judge(const tl::expected<HttpAnswer, TransportFailure>& result, Safety safety, Time now);

/// Full jitter: uniform in [0, min(cap, base·2^retries)).
std::chrono::milliseconds backoff(std::chrono::milliseconds base, std::chrono::milliseconds cap, unsigned retries,
                                  std::mt19937_64& random);

/// One of the three forms of an HTTP-date (RFC 9110, 5.6.7); nothing if it is none.
std::optional<Time> parse_http_date(std::string_view value, Time now);
/// The time by which a date in the answer is to be understood: `now`, unless the server's own
/// clock, in the answer's Date, shows that ours differs by more than a Date can tell.
Time time_of_answer(const HttpAnswer& answer, Time now);

/// Retries of all requests together, so that a server that fails every request is asked
/// a little more than once, not `attempts` times: a retry costs one, a success earns a
/// half, and a third of all attempts may fail for ever. What was refused for a limit is free.
class RetryBudget {
 public:
  bool spend();
  void earn();

 private:
  static constexpr double kMost = 32;
  double left_ = kMost;
};

}  // namespace cipherform
