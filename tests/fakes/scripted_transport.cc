#include "fakes/scripted_transport.h"

#include <algorithm>
#include <utility>

namespace cipherform::fakes {

Time VirtualClock::now() const {
  const Time epoch{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  return epoch + std::chrono::duration_cast<std::chrono::milliseconds>(steady_.time_since_epoch());
}

void VirtualClock::advance_to(SteadyTime time) { steady_ = std::max(steady_, time); }

void ScriptedTransport::start(std::uint64_t ticket, HttpRequest request) {
  if (request.not_after && clock_.has_come(*request.not_after)) {
    in_flight_.emplace(clock_.steady(),
                       Completion{ticket, failure(TransportFailure::Stage::not_sent, "too late").result});
    return;
  }
  Reply answer = handler_(request);
  if (answer.after > request.timeout) {
    answer = failure(TransportFailure::Stage::ambiguous, "timed out");
    answer.after = request.timeout;
  }
  sent_.push_back({clock_.steady(), std::move(request)});
  in_flight_.emplace(clock_.steady() + answer.after, Completion{ticket, std::move(answer.result)});
  most_in_flight_ = std::max(most_in_flight_, in_flight_.size());
}

std::optional<Completion> ScriptedTransport::wait(std::optional<SteadyTime> until) {
  if (std::exchange(woken_, false)) return std::nullopt;
  const auto first = in_flight_.begin();
  if (first == in_flight_.end() || (until && first->first > *until)) {
    if (until) clock_.advance_to(*until);
    return std::nullopt;
  }
  clock_.advance_to(first->first);
  Completion completion = std::move(first->second);
  in_flight_.erase(first);
  return completion;
}

ScriptedTransport::Reply reply(int status, std::string body, std::string retry_after) {
  return {HttpAnswer{status, std::move(body), std::move(retry_after), {}}};
}

ScriptedTransport::Reply failure(TransportFailure::Stage stage, std::string what) {
  return {tl::unexpected(TransportFailure{stage, true, std::move(what), {}})};
}

}  // namespace cipherform::fakes
