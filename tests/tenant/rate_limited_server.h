// Servers that limit requests, as they are built in the wild, behind a transport in virtual
// time. They know nothing of the client's gate.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "cipherform/tenant.h"
#include "fakes/scripted_transport.h"

namespace cipherform {

/// Seconds since the clock's start.
using Moment = double;

class RateLimit {
 public:
  virtual ~RateLimit() = default;
  /// Takes a request that arrives at `now`; or how long until one would be taken.
  virtual std::optional<double> refuse(Moment now) = 0;
  virtual void set_rate(double rate) = 0;
};
/// `burst` tokens at most, full at first, `rate` new ones a second; each request takes one.
std::unique_ptr<RateLimit> token_bucket(double rate, double burst);
/// `rate` requests in each second of the clock.
std::unique_ptr<RateLimit> fixed_window(double rate);
/// `rate` requests in any second.
std::unique_ptr<RateLimit> sliding_window(double rate);
std::unique_ptr<RateLimit> unlimited();
/// Refuses every request, and would take one in `wait` seconds.
std::unique_ptr<RateLimit> closed_for_ever(double wait);

/// How a 429 says when to come again.
enum class RetryAfterForm : std::uint8_t { whole_seconds, exact, date, absent };

/// What happens to requests on their way.
struct Latency {
  double least = 0.005;  ///< from start to answer
  double most = 0.050;
  double way_there = 0.002;  ///< of that, until the server decides
  double way_jitter = 0;     ///< and up to so much more
};

class RateLimitedServer final : public Transport {
 public:
  RateLimitedServer(fakes::VirtualClock& clock, RateLimit& limit, RetryAfterForm form, Latency latency, unsigned seed);

  void start(std::uint64_t ticket, HttpRequest request) override;
  std::optional<Completion> wait(std::optional<SteadyTime> until) override;
  void wake() noexcept override {}

  std::uint64_t accepted() const { return accepted_; }
  std::uint64_t refused() const { return refused_; }
  std::size_t most_in_flight() const { return most_in_flight_; }
  /// Requests that started before a time that a refusal seen by the client had named.
  std::uint64_t too_early() const { return too_early_; }
  Moment now() const;

 private:
  struct Event {
    std::uint64_t ticket = 0;
    double left = 0;  ///< of the latency, where the request has yet to arrive
    std::optional<HttpAnswer> answer;
    SteadyTime not_before;  ///< what the answer says
  };
  void arrive(Event event);

  fakes::VirtualClock& clock_;
  RateLimit& limit_;
  RetryAfterForm form_;
  Latency latency_;
  std::mt19937_64 random_;
  std::multimap<SteadyTime, Event> events_;
  std::size_t in_flight_ = 0;
  std::size_t most_in_flight_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t too_early_ = 0;
  SteadyTime not_before_;
};

}  // namespace cipherform
