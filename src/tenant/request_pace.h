// How fast requests may start: a rate that is learned from what a server refuses.
//
// The idea: climb slowly, and the pace at which the server refuses is its rate. So the pace
// climbs from a little below the estimate to a little above, evenly on a logarithmic scale:
//
//   late refusal   the estimate is the pace, less what a climb of this steepness overshoots
//                  before a bucket is empty; the next climb takes three times as long, up to
//                  kLongestClimb or kMostRequests, so that refusals become rare and the estimate good.
//   early refusal  the estimate was too high, or the limit was lowered: it is cut, ever more
//                  for early refusals in a row. Before the first late one it is a guess that a full
//                  bucket has made too high, perhaps manyfold: then it is cut by more than half.
//   none           beyond its end a climb becomes ever steeper: the limit was raised, or the
//                  first estimate was far too low.
//
// Before the first refusal there is no pace: only the number in flight is bounded. The first
// estimate is what was accepted, by the time it took and the wait. A refusal right after a
// wait says that the wait was too short, and nothing of the rate, unless there are two. A wait
// takes as long as the next request is worth at least, whatever the server says: where it does not
// say when to come again, half of the requests that ended a shorter one were refused.
//
// Starts are slots at even distances. A start that was late (the loop was busy, a timer fired
// late) is caught up at a tenth more than the pace, within kMostCaughtUp, unless the window was full. Time in which
// nobody wanted to send counts for nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "cipherform/tenant.h"

namespace cipherform {

class RequestPace {
 public:
  /// `most_per_second`: never more, with no catching up; 0: no such bound.
  RequestPace(SteadyTime now, double most_per_second);

  /// The next request may start then, for all that the pace says.
  SteadyTime next_start() const { return slot_; }
  /// Requests a second at `now`; nothing where nothing was learned and nothing is set.
  std::optional<double> rate(SteadyTime now) const;

  /// A request starts, which other reasons kept from starting before `possible`.
  void started(SteadyTime now, SteadyTime possible);
  /// The limiter let a request pass.
  void accepted() { ++accepted_; }
  /// It refused one, and nothing starts before `resumes`. Once for all requests that were
  /// under way together.
  void refused(SteadyTime now, SteadyTime resumes);

 private:
  using Seconds = std::chrono::duration<double>;
  /// The rate over time: from `low` to `high` in `time`, then on, ever faster.
  struct Climb {
    double low;
    double high;
    double time;
    double at(double seconds) const;
  };
  Climb corrected(double accepted, double running, double waited);
  static Climb climb_to(double estimate, double doubt, double seconds);

  std::optional<Climb> climb_;
  bool found_ = false;  ///< a climb has come to its refusal late: its estimate is no mere guess
  unsigned early_ = 0;  ///< refusals in a row that came early in their climb
  bool at_once_ = false;
  Seconds least_distance_{0};  ///< of two starts, by most_per_second
  SteadyTime since_;           ///< the refusal before, or the beginning
  SteadyTime resumed_;         ///< the end of the wait after it
  SteadyTime slot_;
  std::uint64_t accepted_ = 0;  ///< since then
};

}  // namespace cipherform
