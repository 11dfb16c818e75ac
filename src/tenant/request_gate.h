// When the next request of a tenant may leave: one gate for all conversations with it.
// Three things hold a request back, and it is charged to all of them when it starts:
//
//   the window  how many may be in flight. It starts at kFirstWindow, grows by one for each
//               window of answers while it is full, and halves, at most once a second, when
//               the server refuses for its limit, or does not keep up (timeouts, 503, 504).
//   the wait    nothing starts before it ends. Retry-After sets it: never earlier, and a
//               little later, so that clients that were told the same time do not come together.
//               A refusal that does not say when means an exponential wait with full jitter;
//               so does Retry-After where it proved wrong several times in a row.
//   the pace    how fast requests start (request_pace.h): set by the user, or learned from
//               429s. A 503 with Retry-After closes the gate too, but tells of an outage, not
//               of a rate.
//
// A request that was refused for a limit was certainly not executed. It is sent again for
// nothing as long as that leads somewhere: when the waits since the last answer add up to
// more than RetryPolicy::longest_wait, the gate gives up, and says when it would open.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

#include "cipherform/tenant.h"
#include "tenant/request_pace.h"
#include "tenant/retry.h"

namespace cipherform {

class RequestGate {
 public:
  struct Limits {
    RetryPolicy retry;
    unsigned parallelism = 32;
    double requests_per_second = 0;  ///< 0: no such limit
  };
  RequestGate(SteadyTime now, const Limits& limits);

  /// When the next request may start, `now` at the earliest; nothing while the window is
  /// full: then an answer has to come first.
  std::optional<SteadyTime> next_start(SteadyTime now) const;
  /// A request starts, which next_start() allows. Returns its number, from 1.
  std::uint64_t start(SteadyTime now);

  /// Each request that started ends in one of these ways.
  void answered(SteadyTime now);
  /// No answer, or one of a server that does not keep up.
  void overloaded(SteadyTime now);
  /// Its end tells nothing of the server.
  void forgotten(SteadyTime now) { leave(now); }
  /// Refused for a limit, with the time to come again, if there is one. `number` is the
  /// request's.
  void throttled(SteadyTime now, std::uint64_t number, const AttemptVerdict& verdict, const HttpAnswer& answer,
                 std::mt19937_64& random);

  /// Nothing starts before `now + wait`.
  void close(SteadyTime now, std::chrono::milliseconds wait, const HttpAnswer& answer, std::mt19937_64& random);
  /// The end of the wait; in the past where the gate is open.
  SteadyTime opens() const { return opens_; }
  /// Whether waiting is over for good: what waits has to end.
  bool gave_up(SteadyTime now) const { return opens_ > now && waited_ > limits_.retry.longest_wait; }
  /// The answer that closed the gate.
  const HttpAnswer& closed_by() const { return closed_by_; }

  /// Starts a second at `now`, as the pace has it; nothing where there is none.
  std::optional<double> rate(SteadyTime now) const { return pace_.rate(now); }
  unsigned window() const { return static_cast<unsigned>(window_); }
  /// Of all requests to the tenant.
  RetryBudget& budget() { return budget_; }

 private:
  void leave(SteadyTime now);
  void shrink(SteadyTime now);

  Limits limits_;
  double window_;
  unsigned in_flight_ = 0;
  SteadyTime room_since_;  ///< when the window was full last
  std::uint64_t started_ = 0;
  RequestPace pace_;
  RetryBudget budget_;
  std::optional<SteadyTime> shrunk_;
  SteadyTime opens_;
  HttpAnswer closed_by_;
  std::chrono::duration<double> waited_{0};  ///< in all, since the last answer
  unsigned refusals_ = 0;                    ///< in a row, each for all that were under way together
  std::uint64_t known_ = 0;                  ///< the last request that had started when the last refusal came
};

}  // namespace cipherform
