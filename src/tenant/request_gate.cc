#include "tenant/request_gate.h"

#include <algorithm>

#include "model/planted_bug.h"

namespace cipherform {
namespace {

using std::chrono::milliseconds;

constexpr unsigned kFirstWindow = 4;
constexpr std::chrono::seconds kShrinkEvery{1};
/// So often in a row Retry-After is taken at its word.
constexpr unsigned kTrusted = 3;
/// What a wait that a server asks for may be longer by.
constexpr milliseconds kMostJitter{250};
constexpr milliseconds::rep kJitterShare = 20;

milliseconds jitter(milliseconds wait, std::mt19937_64& random) {
  const milliseconds most = std::min(kMostJitter, wait / kJitterShare);
  return milliseconds{std::uniform_int_distribution<milliseconds::rep>(0, most.count())(random)};
}

}  // namespace

RequestGate::RequestGate(SteadyTime now, const Limits& limits)
    : limits_(limits),
      window_(std::clamp(limits.parallelism, 1U, kFirstWindow)),
      pace_(now, limits.requests_per_second),
      opens_(now) {
  limits_.parallelism = std::max(1U, limits.parallelism);
}

std::optional<SteadyTime> RequestGate::next_start(SteadyTime now) const {
  if (in_flight_ >= window()) return std::nullopt;
  return std::max({now, opens_, pace_.next_start()});
}

std::uint64_t RequestGate::start(SteadyTime now) {
  if (waited_ > limits_.retry.longest_wait) waited_ = {};
  ++in_flight_;
  pace_.started(now, room_since_);
  return ++started_;
}

void RequestGate::leave(SteadyTime now) {
  if (in_flight_ == window()) room_since_ = now;
  --in_flight_;
}

void RequestGate::answered(SteadyTime now) {
  const bool used = in_flight_ >= window();
  leave(now);
  pace_.accepted();
  waited_ = {};
  refusals_ = 0;
  if (used) window_ = std::min<double>(window_ + 1 / window_, limits_.parallelism);
}

void RequestGate::overloaded(SteadyTime now) {
  leave(now);
  shrink(now);
}

void RequestGate::throttled(SteadyTime now, std::uint64_t number, const AttemptVerdict& verdict,
                            const HttpAnswer& answer, std::mt19937_64& random) {
  leave(now);
  const bool is_news = number > known_;
  if (is_news) {
    known_ = started_;
    ++refusals_;
    shrink(now);
  }
  milliseconds wait = verdict.retry_after.value_or(milliseconds{0});
  if (is_news && (wait <= milliseconds{0} || refusals_ > kTrusted)) {
    wait = std::max(wait, backoff(limits_.retry.throttle_base, limits_.retry.throttle_cap, refusals_ - 1, random));
  }
  close(now, wait, answer, random);
  if (is_news && answer.status == 429) pace_.refused(now, std::max(opens_, now));
}

void RequestGate::close(SteadyTime now, milliseconds wait, const HttpAnswer& answer, std::mt19937_64& random) {
  const SteadyTime until = now + wait;
  if (until <= std::max(opens_, now) || planted(Bug::ignore_retry_after)) return;
  waited_ += until - std::max(opens_, now);
  opens_ = until + jitter(wait, random);
  closed_by_ = answer;
}

void RequestGate::shrink(SteadyTime now) {
  if (shrunk_ && now < *shrunk_ + kShrinkEvery) return;
  shrunk_ = now;
  window_ = std::max(1.0, window_ / 2);
}

}  // namespace cipherform
