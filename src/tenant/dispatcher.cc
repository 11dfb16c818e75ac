// One loop owns every request that is under way. A request is either in flight or waits
// for its time; the earliest such time bounds how long we wait for the transport:
//
//   submit ──▶ ready ──(the gate admits it)──▶ in flight ──▶ ended
//                ▲                                 │
//                ├───── resting, until it is due ◀─┤ (may be sent again: judge())
//                └──────(refused for a limit)──────┘
//
// The gate (request_gate.h) is one for all. What is ready leaves in the order of submission.
// There is no other sleep than Transport::wait, so a test moves time and network together.
#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "cipherform/tenant.h"
#include "tenant/request_gate.h"
#include "tenant/retry.h"

namespace cipherform {
namespace {

using std::chrono::seconds;

/// While the gate makes us wait, this is told so often: a progress line counts down, and
/// whoever holds a lease prolongs it.
constexpr seconds kTellEvery{1};
/// Between two starts, a pause up to this is a pace and no wait.
constexpr seconds kPause{2};

struct Active {
  HttpRequest request;
  Safety safety{};
  Dispatched so_far;            ///< its outcome is the one to report if there is no further attempt
  unsigned charged = 0;         ///< attempts that count
  std::uint64_t admission = 0;  ///< its number at the gate, while it is in flight
  SteadyTime due;               ///< while it rests
};

}  // namespace

struct Dispatcher::State {
  State(TenantLink& of, unsigned most, Progress* shown, const Interruption* asked)
      : link(of),
        parallelism(std::clamp(most, 1U, of.options().parallelism)),
        progress(shown),
        interruption(asked),
        told(of.clock().steady() - kTellEvery) {}

  TenantLink& link;
  unsigned parallelism;
  Progress* progress;
  const Interruption* interruption;
  RequestGate& gate = link.gate();
  const RetryPolicy& retry = link.options().retry;

  /// By the number that the transport knows the request by, so in the order of submission.
  std::map<std::uint64_t, Active> active;
  std::set<std::uint64_t> ready;                           ///< those that wait for the gate only
  std::set<std::pair<SteadyTime, std::uint64_t>> resting;  ///< those that wait for their time, too
  std::deque<Dispatched> ended;
  std::uint64_t last_number = 0;
  SteadyTime told;       ///< when the wait was told last
  bool telling = false;  ///< the wait until the next start is told

  SteadyTime steady() const { return link.clock().steady(); }
  bool interrupted() const { return interruption != nullptr && interruption->requested(); }
  std::size_t in_flight() const { return active.size() - ready.size() - resting.size(); }

  void end(std::map<std::uint64_t, Active>::iterator at) {
    ended.push_back(std::move(at->second.so_far));
    active.erase(at);
  }

  void wake_what_is_due(SteadyTime now) {
    while (!resting.empty() && resting.begin()->first <= now) {
      ready.insert(resting.begin()->second);
      resting.erase(resting.begin());
    }
  }

  /// Ends what waits, where waiting is over for good.
  void end_what_cannot_wait() {
    if (ready.empty() && resting.empty()) return;
    const SteadyTime now = steady();
    const bool gave_up = gate.gave_up(now);
    if (!gave_up && !interrupted()) return;
    for (const auto& [due, number] : resting) ready.insert(number);
    resting.clear();
    for (const std::uint64_t number : std::exchange(ready, {})) {
      const auto at = active.find(number);
      if (gave_up) {
        Dispatched& so_far = at->second.so_far;
        so_far.outcome = Outcome::throttled;
        so_far.answer = gate.closed_by();
        so_far.failure = {};
        so_far.resume_at = link.clock().now() + std::chrono::ceil<std::chrono::milliseconds>(gate.opens() - now);
      }
      end(at);
    }
  }

  void start_what_is_due() {
    const SteadyTime now = steady();
    wake_what_is_due(now);
    while (!ready.empty()) {
      const auto start = gate.next_start(now);
      if (!start || *start > now || interrupted()) return;
      const std::uint64_t number = *ready.begin();
      ready.erase(ready.begin());
      Active& request = active.find(number)->second;
      request.admission = gate.start(now);
      ++request.so_far.attempts;
      telling = false;
      HttpRequest leaving = request.request;
      if (interruption != nullptr) leaving.not_after = interruption->no_start_after();
      link.transport().start(number, std::move(leaving));
    }
  }

  /// The next time at which something is to be done without a completion.
  std::optional<SteadyTime> next_start() {
    const SteadyTime now = steady();
    std::optional<SteadyTime> earliest;
    if (!resting.empty()) earliest = std::max(resting.begin()->first, gate.opens());
    if (!ready.empty()) {
      const auto start = gate.next_start(now);
      if (start) earliest = std::min(earliest.value_or(*start), *start);
      if (!start && gate.opens() > now) earliest = std::min(earliest.value_or(gate.opens()), gate.opens());
    }
    return earliest ? tell_wait(now, *earliest) : earliest;
  }

  /// Tells the wait until `start`, if it is one; the time of the next telling, or `start`.
  SteadyTime tell_wait(SteadyTime now, SteadyTime start) {
    const bool closed = gate.opens() > now;
    telling = closed || (!ready.empty() && start > now + (telling ? seconds{0} : kPause));
    if (progress == nullptr || !telling) return start;
    if (now >= told + kTellEvery) {
      told = now;
      progress->waiting("rate limited", std::chrono::ceil<std::chrono::milliseconds>(start - now));
    }
    return std::min(start, told + kTellEvery);
  }

  void settle(Completion completion) {
    const auto at = active.find(completion.ticket);
    if (at == active.end() || at->second.admission == 0) return;
    Active& request = at->second;
    const AttemptVerdict verdict = judge(completion.result, request.safety, link.clock().now());
    tell_gate(std::exchange(request.admission, 0), verdict, completion);
    request.so_far.outcome = verdict.outcome;
    request.so_far.answer = completion.result ? std::move(*completion.result) : HttpAnswer{};
    request.so_far.failure = completion.result ? TransportFailure{} : std::move(completion.result.error());
    if (verdict.outcome == Outcome::throttled && !interrupted()) {
      ready.insert(at->first);
    } else if (may_repeat(request, verdict)) {
      request.due = steady() + backoff(retry.base, retry.cap, request.charged - 1, link.random());
      resting.emplace(request.due, at->first);
    } else {
      end(at);
    }
  }

  bool may_repeat(Active& request, const AttemptVerdict& verdict) {
    return verdict.may_repeat && ++request.charged < retry.attempts && !interrupted() && gate.budget().spend();
  }

  void tell_gate(std::uint64_t admission, const AttemptVerdict& verdict, const Completion& completion) {
    const SteadyTime now = steady();
    const SteadyTime opened = gate.opens();
    if (verdict.outcome == Outcome::throttled) {
      gate.throttled(now, admission, verdict, *completion.result, link.random());
    } else if (verdict.outcome == Outcome::not_sent) {
      gate.forgotten(now);
    } else if (verdict.overloaded) {
      gate.overloaded(now);
    } else {
      gate.answered(now);
    }
    if (verdict.outcome == Outcome::done) gate.budget().earn();
    const bool asks_to_wait = verdict.retry_after && verdict.outcome != Outcome::throttled;
    if (asks_to_wait) gate.close(now, *verdict.retry_after, *completion.result, link.random());
    if (gate.opens() > opened) told = now - kTellEvery;
  }
};

Dispatcher::Dispatcher(TenantLink& link, unsigned parallelism, Progress* progress, const Interruption* interruption)
    : state_(std::make_unique<State>(link, parallelism, progress, interruption)) {}

/// Drains, so that no completion of ours reaches whoever uses the transport next. What the
/// answers say of the gate holds for the next one all the same.
Dispatcher::~Dispatcher() {
  State& state = *state_;
  while (state.in_flight() > 0) {
    if (auto completion = state.link.transport().wait(std::nullopt)) state.settle(std::move(*completion));
  }
}

bool Dispatcher::has_room() const { return under_way() < state_->parallelism; }

std::size_t Dispatcher::under_way() const { return state_->active.size() + state_->ended.size(); }

void Dispatcher::submit(std::uint64_t ticket, HttpRequest request, Safety safety) {
  Active& made = state_->active[++state_->last_number];
  made.request = std::move(request);
  made.request.timeout = state_->link.options().timeout;
  made.safety = safety;
  state_->ready.insert(state_->last_number);
  made.so_far.ticket = ticket;
  made.so_far.outcome = Outcome::not_sent;
  made.so_far.failure = {TransportFailure::Stage::not_sent, true, "it was not sent any more", {}};
  state_->start_what_is_due();
}

std::optional<Dispatched> Dispatcher::next(std::optional<SteadyTime> until) {
  State& state = *state_;
  while (true) {
    state.end_what_cannot_wait();
    state.start_what_is_due();
    if (!state.ended.empty()) {
      Dispatched first = std::move(state.ended.front());
      state.ended.pop_front();
      return first;
    }
    if (state.active.empty()) return std::nullopt;
    std::optional<SteadyTime> wake = state.next_start();
    if (until && (!wake || *until < *wake)) wake = until;
    if (auto completion = state.link.transport().wait(wake)) {
      state.settle(std::move(*completion));
    } else if (until && state.steady() >= *until) {
      return std::nullopt;
    }
  }
}

}  // namespace cipherform
