#include "tenant/rate_limited_server.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

namespace cipherform {
namespace {

class TokenBucket final : public RateLimit {
 public:
  TokenBucket(double rate, double burst) : rate_(rate), burst_(burst), tokens_(burst) {}
  std::optional<double> refuse(Moment now) override {
    tokens_ = std::min(burst_, tokens_ + (now - last_) * rate_);
    last_ = now;
    if (tokens_ < 1 - 1e-9) return (1 - tokens_) / rate_;
    tokens_ -= 1;
    return std::nullopt;
  }
  void set_rate(double rate) override { rate_ = rate; }

 private:
  double rate_;
  double burst_;
  double tokens_;
  Moment last_ = 0;
};

class FixedWindow final : public RateLimit {
 public:
  explicit FixedWindow(double rate) : rate_(rate) {}
  std::optional<double> refuse(Moment now) override {
    if (std::floor(now) > window_) {
      window_ = std::floor(now);
      taken_ = 0;
    }
    if (taken_ + 1 > rate_) return window_ + 1 - now;
    taken_ += 1;
    return std::nullopt;
  }
  void set_rate(double rate) override { rate_ = rate; }

 private:
  double rate_;
  double window_ = 0;
  double taken_ = 0;
};

class SlidingWindow final : public RateLimit {
 public:
  explicit SlidingWindow(double rate) : rate_(rate) {}
  std::optional<double> refuse(Moment now) override {
    while (!taken_.empty() && taken_.front() <= now - 1) taken_.pop_front();
    if (static_cast<double>(taken_.size()) + 1 > rate_) return taken_.front() + 1 - now;
    taken_.push_back(now);
    return std::nullopt;
  }
  void set_rate(double rate) override { rate_ = rate; }

 private:
  double rate_;
  std::deque<Moment> taken_;
};

class Unlimited final : public RateLimit {
 public:
  std::optional<double> refuse(Moment /*now*/) override { return std::nullopt; }
  void set_rate(double /*rate*/) override {}
};

class ClosedForEver final : public RateLimit {
 public:
  explicit ClosedForEver(double wait) : wait_(wait) {}
  std::optional<double> refuse(Moment /*now*/) override { return wait_; }
  void set_rate(double /*rate*/) override {}

 private:
  double wait_;
};

SteadyTime::duration ticks(double seconds) {
  return std::chrono::ceil<SteadyTime::duration>(std::chrono::duration<double>{seconds});
}

std::string http_date(Time time) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace

std::unique_ptr<RateLimit> token_bucket(double rate, double burst) {
  return std::make_unique<TokenBucket>(rate, burst);
}
std::unique_ptr<RateLimit> fixed_window(double rate) { return std::make_unique<FixedWindow>(rate); }
std::unique_ptr<RateLimit> sliding_window(double rate) { return std::make_unique<SlidingWindow>(rate); }
std::unique_ptr<RateLimit> unlimited() { return std::make_unique<Unlimited>(); }
std::unique_ptr<RateLimit> closed_for_ever(double wait) { return std::make_unique<ClosedForEver>(wait); }

RateLimitedServer::RateLimitedServer(fakes::VirtualClock& clock, RateLimit& limit, RetryAfterForm form, Latency latency,
                                     unsigned seed)
    : clock_(clock), limit_(limit), form_(form), latency_(latency), random_(seed) {}

Moment RateLimitedServer::now() const {
  return std::chrono::duration<double>(clock_.steady().time_since_epoch()).count();
}

void RateLimitedServer::start(std::uint64_t ticket, HttpRequest /*request*/) {
  if (clock_.steady() < not_before_) ++too_early_;
  const auto between = [&](double least, double most) {
    return std::uniform_real_distribution<double>(least, std::max(least, most))(random_);
  };
  const double way = latency_.way_there + between(0, latency_.way_jitter);
  Event event;
  event.ticket = ticket;
  event.left = std::max(0.0, between(latency_.least, latency_.most) - way);
  events_.emplace(clock_.steady() + ticks(way), std::move(event));
  most_in_flight_ = std::max(most_in_flight_, ++in_flight_);
}

void RateLimitedServer::arrive(Event event) {
  event.answer.emplace();
  const auto wait = limit_.refuse(now());
  event.answer->status = wait ? 429 : 200;
  event.answer->date = http_date(std::chrono::floor<std::chrono::seconds>(clock_.now()));
  ++(wait ? refused_ : accepted_);
  if (wait && form_ != RetryAfterForm::absent) {
    const auto whole = static_cast<long>(std::ceil(*wait));
    const Time exact = clock_.now() + std::chrono::ceil<std::chrono::milliseconds>(ticks(*wait));
    const Time second = std::chrono::ceil<std::chrono::seconds>(exact);
    switch (form_) {
      case RetryAfterForm::whole_seconds:
        event.answer->retry_after = fmt::format("{}", whole);
        break;
      case RetryAfterForm::exact:
        event.answer->retry_after = fmt::format("{:.3f}", std::ceil(*wait * 1e3) / 1e3);
        break;
      case RetryAfterForm::date:
        event.answer->retry_after = http_date(second);
        break;
      case RetryAfterForm::absent:
        break;
    }
    event.not_before = clock_.steady() + ticks(*wait);
  }
  events_.emplace(clock_.steady() + ticks(event.left), std::move(event));
}

std::optional<Completion> RateLimitedServer::wait(std::optional<SteadyTime> until) {
  while (!events_.empty() && (!until || events_.begin()->first <= *until)) {
    clock_.advance_to(events_.begin()->first);
    Event event = std::move(events_.extract(events_.begin()).mapped());
    if (!event.answer) {
      arrive(std::move(event));
      continue;
    }
    --in_flight_;
    not_before_ = std::max(not_before_, event.not_before);
    return Completion{event.ticket, std::move(*event.answer)};
  }
  if (until) clock_.advance_to(*until);
  return std::nullopt;
}

}  // namespace cipherform
