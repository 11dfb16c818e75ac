#include "cli/event_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>
#include <variant>

namespace cipherform::cli {
namespace {

using std::chrono::seconds;

constexpr seconds kMentionEvery{10};
constexpr seconds kProgressEvery{1};

void count(PlanCounts& counts, const Change& change) {
  struct Visitor {
    PlanCounts& counts;
    void operator()(const CreateUser&) const { ++counts.create; }
    void operator()(const AddMember&) const { ++counts.add; }
    void operator()(const RemoveMember&) const { ++counts.remove; }
  };
  std::visit(Visitor{counts}, change);
}

}  // namespace

void EventStream::send(const Event& event) {
  out_ << event_line(event, clock_.now()) << std::flush;
  if (!out_) lost_ = true;
}

bool EventStream::due() {
  const SteadyTime now = clock_.steady();
  if (now < next_) return false;
  next_ = now + kProgressEvery;
  return true;
}

void EventStream::update(std::string_view what, std::uint64_t done, std::uint64_t total) {
  if (!due()) return;
  if (std::string now = fmt::format("{} {}", done, what); now != last_) {
    send(event::Progress{what, done, total});
    last_ = std::move(now);
  }
  mention_those_under_way();
}

void EventStream::waiting(std::string_view why, std::chrono::milliseconds left) {
  if (!due()) return;
  const std::string text = fmt::format("{}, {} s left", why, std::chrono::ceil<seconds>(left).count());
  send(event::Note{text});
  mention_those_under_way();
}

void EventStream::mention_those_under_way() {
  const SteadyTime now = clock_.steady();
  for (auto& [id, one] : under_way_) {
    if (now - one.mentioned < kMentionEvery) continue;
    one.mentioned = now;
    send(event::ApplyProgress{one.action, std::chrono::floor<seconds>(now - one.since)});
  }
}

void EventStream::started(const Action& action) {
  const SteadyTime now = clock_.steady();
  under_way_.insert_or_assign(action.id, UnderWay{action, now, now});
  send(event::ApplyStart{action});
}

void EventStream::finished(const Action& action, const ActionReport& report) {
  const auto begun = under_way_.find(action.id);
  const SteadyTime since = begun == under_way_.end() ? clock_.steady() : begun->second.since;
  const seconds elapsed = std::chrono::floor<seconds>(clock_.steady() - since);
  if (report.outcome == ActionOutcome::done) {
    send(event::ApplyComplete{action, elapsed});
  } else {
    if (begun != under_way_.end()) send(event::ApplyErrored{action, elapsed});
    send(problem_of(action, report));
  }
  if (begun != under_way_.end()) under_way_.erase(begun);
}

void send_plan(EventStream& events, const Plan& plan) {
  for (const Action& action : plan.actions) events.send(event::PlannedChange{action});
  for (const BlockedAction& blocked : plan.blocked) events.send(problem_of(blocked));
  for (const GuardrailHit& hit : plan.guardrail_hits) events.send(problem_of(hit));
  for (const Finding& finding : plan.findings) events.send(problem_of(finding));
  events.send(event::PlanSummary{plan});
}

void send_conflicts(EventStream& events, const Plan& plan, const std::vector<Standing>& standings) {
  for (std::size_t i = 0; i < standings.size(); ++i) {
    if (standings[i].standing == ActionStanding::conflicting) events.send(problem_of(plan.actions[i], standings[i]));
  }
}

void send_end(EventStream& events, const Plan& plan, const RunEnd& end) {
  if (end.report.stopped_by) events.send(problem_of(*end.report.stopped_by));
  event::ApplySummary summary;
  summary.result = to_string(end.result);
  summary.requests = end.report.requests;
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    const bool done = end.report.actions[i].outcome == ActionOutcome::done;
    const bool in_place = end.left ? (*end.left)[i].standing == ActionStanding::already_done : done;
    const bool tried = end.report.actions[i].outcome != ActionOutcome::skipped;
    if (in_place && tried) count(summary.done, plan.actions[i].change);
    if (!in_place) ++summary.missing;
    if (done && !in_place) events.send(problem_of(plan.actions[i], (*end.left)[i]));
  }
  events.send(summary);
}

}  // namespace cipherform::cli
