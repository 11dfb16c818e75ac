// One loop owns every request that is under way. A request is either in flight or waits
// for its time; the earliest such time bounds how long we wait for the transport:
//
//   submit ──▶ waiting ──(due, and the gate open)──▶ in flight ──▶ ended
//                 ▲                                      │
//                 └─────(may be sent again: judge())─────┘
//
// The gate is one for all: a Retry-After closes it, and nothing starts before it opens.
// There is no other sleep than Transport::wait, so a test moves time and network together.
#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "cipherform/tenant.h"
#include "tenant/request_gate.h"
#include "tenant/retry.h"

namespace cipherform {
namespace {

/// While the gate is closed the wait is told this often: a progress line counts down, and
/// whoever holds a lease prolongs it.
constexpr std::chrono::seconds kTellEvery{1};

struct Active {
  HttpRequest request;
  Safety safety{};
  Dispatched so_far;  ///< its outcome is the one to report if there is no further attempt
  bool in_flight = false;
  SteadyTime due;  ///< not sent again before
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
  std::deque<Dispatched> ended;
  std::uint64_t last_number = 0;
  SteadyTime told;  ///< when the wait was told last
  RetryBudget budget;

  SteadyTime steady() const { return link.clock().steady(); }
  bool interrupted() const { return interruption != nullptr && interruption->requested(); }

  void end(std::map<std::uint64_t, Active>::iterator at) {
    ended.push_back(std::move(at->second.so_far));
    active.erase(at);
  }

  /// Ends what waits, where waiting is over for good.
  void end_what_cannot_wait() {
    const bool too_long = gate.opens() - steady() > retry.longest_wait;
    if (!too_long && !interrupted()) return;
    for (auto at = active.begin(); at != active.end();) {
      const auto next = std::next(at);
      if (!at->second.in_flight) {
        if (too_long) {
          at->second.so_far.outcome = Outcome::throttled;
          at->second.so_far.answer = gate.closed_by();
        }
        end(at);
      }
      at = next;
    }
  }

  void start_what_is_due() {
    const SteadyTime now = steady();
    if (gate.opens() > now || interrupted()) return;
    for (auto& [number, request] : active) {
      if (request.in_flight || request.due > now) continue;
      request.in_flight = true;
      ++request.so_far.attempts;
      link.transport().start(number, request.request);
    }
  }

  /// The next time at which something is to be done without a completion.
  std::optional<SteadyTime> next_start() {
    std::optional<SteadyTime> earliest;
    for (const auto& [number, request] : active) {
      if (!request.in_flight) earliest = std::min(earliest.value_or(SteadyTime::max()), std::max(request.due, gate.opens()));
    }
    const SteadyTime now = steady();
    if (!earliest || gate.opens() <= now || progress == nullptr) return earliest;
    if (now >= told + kTellEvery) {
      told = now;
      progress->waiting("rate limited", std::chrono::ceil<std::chrono::milliseconds>(gate.opens() - now));
    }
    return std::min(*earliest, told + kTellEvery);
  }

  void close_gate(std::chrono::milliseconds wait, const HttpAnswer& answer) {
    const SteadyTime until = steady() + wait;
    if (until <= gate.opens()) return;
    gate.close(until, answer);
    told = steady() - kTellEvery;
  }

  void settle(Completion completion) {
    const auto at = active.find(completion.ticket);
    if (at == active.end() || !at->second.in_flight) return;
    Active& request = at->second;
    request.in_flight = false;
    const AttemptVerdict verdict = judge(completion.result, request.safety, link.clock().now());
    if (verdict.retry_after) close_gate(*verdict.retry_after, *completion.result);
    request.so_far.outcome = verdict.outcome;
    request.so_far.answer = completion.result ? std::move(*completion.result) : HttpAnswer{};
    request.so_far.failure = completion.result ? TransportFailure{} : std::move(completion.result.error());
    if (verdict.outcome == Outcome::done) budget.earn();
    const bool told_when = verdict.retry_after.value_or(std::chrono::milliseconds{0}).count() > 0;
    if (!verdict.may_repeat || request.so_far.attempts >= retry.attempts || interrupted() ||
        (!told_when && !budget.spend())) {
      end(at);
      return;
    }
    request.due = steady();
    if (!told_when) request.due += backoff(retry, request.so_far.attempts - 1, link.random());
  }
};

Dispatcher::Dispatcher(TenantLink& link, unsigned parallelism, Progress* progress, const Interruption* interruption)
    : state_(std::make_unique<State>(link, parallelism, progress, interruption)) {}

/// Drains, so that no completion of ours reaches whoever uses the transport next.
Dispatcher::~Dispatcher() {
  auto& active = state_->active;
  std::erase_if(active, [](const auto& entry) { return !entry.second.in_flight; });
  while (!active.empty()) {
    if (const auto completion = state_->link.transport().wait(std::nullopt)) active.erase(completion->ticket);
  }
}

bool Dispatcher::has_room() const { return under_way() < state_->parallelism; }

std::size_t Dispatcher::under_way() const { return state_->active.size() + state_->ended.size(); }

void Dispatcher::submit(std::uint64_t ticket, HttpRequest request, Safety safety) {
  Active& made = state_->active[++state_->last_number];
  made.request = std::move(request);
  made.request.timeout = state_->link.options().timeout;
  made.safety = safety;
  made.due = state_->steady();
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
