#include "tenant/request_pace.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace cipherform {
namespace {

/// Where a climb starts, of the estimate.
constexpr double kBelow = 0.98;
/// The least doubt about an estimate, so that the climb goes beyond it.
constexpr double kLeastDoubt = 0.01;
constexpr double kShortestClimb = 1;  // seconds
constexpr double kLongestClimb = 120;
/// A slow climb may take longer, for so many requests: each refusal counts for more of them.
constexpr double kMostRequests = 480;
constexpr double kLonger = 3;
/// Beyond its end, a climb's steepness doubles in so many seconds, or in the climb's own time.
constexpr double kSteepens = 10;
constexpr double kCut = 0.06;
constexpr double kRequests = 12;
constexpr double kLeastKept = 0.5;
constexpr double kKeptOfGuess = 0.4;
constexpr double kSteadyClimb = 8;
constexpr double kAtOnce = 0.1;
constexpr double kEarly = 0.25;
constexpr double kFastest = 1e6;
/// The least that is tried first: one request and a long wait tell of no rate.
constexpr double kFirst = 1;
constexpr double kSlowest = 1.0 / 60;
/// The part of its distance that a start may be early by to catch up.
constexpr double kCatchUp = 0.1;
constexpr std::chrono::milliseconds kMostCaughtUp{2};
/// A slot that nobody wanted for so long is time that does not count.
constexpr std::chrono::seconds kIdle{1};

SteadyTime::duration ticks(std::chrono::duration<double> time) { return std::chrono::ceil<SteadyTime::duration>(time); }

}  // namespace

RequestPace::RequestPace(SteadyTime now, double most_per_second) : since_(now), resumed_(now), slot_(now) {
  if (most_per_second > 0) least_distance_ = Seconds{1 / std::max(most_per_second, kSlowest / 60)};
}

double RequestPace::Climb::at(double seconds) const {
  const double height = std::log(high / low);
  if (seconds <= time) return low * std::exp(height * std::max(seconds, 0.0) / time);
  const double doubling = std::min(time, kSteepens);
  const double doublings = std::min((seconds - time) / doubling, 30.0);
  const double beyond = height * doubling / time / std::log(2.0) * (std::exp2(doublings) - 1);
  return std::min(high * std::exp(std::min(beyond, 30.0)), kFastest);
}

RequestPace::Climb RequestPace::climb_to(double estimate, double doubt, double seconds) {
  const double rate = std::clamp(estimate, kSlowest, kFastest);
  return {rate * kBelow, rate * (1 + std::clamp(doubt, kLeastDoubt, 1.0)),
          std::clamp(seconds, kShortestClimb, std::max(kLongestClimb, kMostRequests / rate))};
}

std::optional<double> RequestPace::rate(SteadyTime now) const {
  std::optional<double> rate;
  if (climb_) rate = climb_->at(Seconds(now - resumed_).count());
  if (least_distance_.count() > 0) rate = std::min(rate.value_or(kFastest), 1 / least_distance_.count());
  return rate;
}

void RequestPace::started(SteadyTime now, SteadyTime possible) {
  if (now - slot_ > kIdle) {
    since_ += now - slot_;
    resumed_ += now - slot_;
  }
  SteadyTime next = now + ticks(least_distance_);
  if (climb_) {
    const Seconds distance{1 / climb_->at(Seconds(now - resumed_).count())};
    const bool on_time = possible <= slot_ && now - slot_ <= kMostCaughtUp;
    next = std::max({next, (on_time ? slot_ : now) + ticks(distance), now + ticks(distance * (1 - kCatchUp))});
  }
  slot_ = std::max(slot_, next);
}

RequestPace::Climb RequestPace::corrected(double accepted, double running, double waited) {
  const double climbed = running - waited;
  const double pace = std::max(climb_->at(climbed), accepted / running);
  const double time = std::max(climb_->time, kRequests / pace);
  if (climbed < kEarly * time) {
    const double kept = found_ ? std::max(1 - kCut * std::exp2(early_++), kLeastKept) : kKeptOfGuess;
    return climb_to(pace * kept, 2 * (1 - kept), time);
  }
  early_ = 0;
  found_ = true;
  // A bucket that is not quite empty hides for a while that the pace is above its rate.
  constexpr double kMoment = 0.1;
  const double steepness = std::log(pace / std::max(climb_->at(climbed - kMoment), kSlowest)) / kMoment;
  const double kept = 1 / (1 + std::sqrt(2 * std::max(steepness, 0.0) / pace));
  return climb_to(pace * kept, 2 * (1 - kept), std::max(kLonger * climb_->time, kSteadyClimb / 2));
}

void RequestPace::refused(SteadyTime now, SteadyTime resumes) {
  const double accepted = static_cast<double>(std::max<std::uint64_t>(accepted_, 1));
  const double running = std::max(Seconds(now - since_).count(), 1e-3);
  const bool at_once = climb_ && Seconds(now - resumed_).count() < kAtOnce && !std::exchange(at_once_, true);
  if (at_once) {
    resumed_ = std::max(resumes, now);
    slot_ = std::max({slot_, resumed_, now + ticks(Seconds{1 / climb_->low})});
    return;
  }
  at_once_ = false;
  if (climb_) {
    climb_ = corrected(accepted, running, Seconds(resumed_ - since_).count());
  } else {
    const double whole = running + Seconds(resumes - now).count();
    climb_ = climb_to(std::max(accepted / whole, kFirst), 1, whole);
  }
  since_ = now;
  resumed_ = std::max(resumes, now);
  accepted_ = 0;
  slot_ = std::max({slot_, resumed_, now + ticks(Seconds{1 / climb_->low})});
}

}  // namespace cipherform
