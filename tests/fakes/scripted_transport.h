// A transport without a network and a clock without time: answers come from a
// handler, and wait() moves the clock to the next completion or deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "cipherform/tenant.h"

namespace cipherform::fakes {

/// Starts at 2026-01-01T00:00:00Z and moves only by advance_to().
class VirtualClock final : public Clock {
 public:
  Time now() const override;
  SteadyTime steady() const override { return steady_; }
  void advance_to(SteadyTime time);

 private:
  SteadyTime steady_{};
};

class ScriptedTransport final : public Transport {
 public:
  struct Reply {
    tl::expected<HttpAnswer, TransportFailure> result;
    std::chrono::milliseconds after{10};  ///< later than the request's timeout: an ambiguous failure then
  };
  /// Called when a request starts.
  using Handler = std::function<Reply(const HttpRequest&)>;

  ScriptedTransport(VirtualClock& clock, Handler handler) : clock_(clock), handler_(std::move(handler)) {}

  void start(std::uint64_t ticket, HttpRequest request) override;
  std::optional<Completion> wait(std::optional<SteadyTime> until) override;
  void wake() noexcept override { woken_ = true; }

  struct Sent {
    SteadyTime at;
    HttpRequest request;
  };
  const std::vector<Sent>& sent() const { return sent_; }
  std::size_t most_in_flight() const { return most_in_flight_; }

 private:
  VirtualClock& clock_;
  Handler handler_;
  std::multimap<SteadyTime, Completion> in_flight_;
  std::vector<Sent> sent_;
  std::size_t most_in_flight_ = 0;
  bool woken_ = false;
};

/// A reply with a status and a body.
ScriptedTransport::Reply reply(int status, std::string body = {}, std::string retry_after = {});
/// A reply that never came.
ScriptedTransport::Reply failure(TransportFailure::Stage stage, std::string what = "connection reset");

}  // namespace cipherform::fakes
