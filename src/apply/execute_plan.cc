// A run, from begin_run to finish_run.
#include <algorithm>
#include <utility>

#include "cipherform/apply.h"
#include "model/planted_bug.h"

namespace cipherform {
namespace {

bool in_place(const Standing& standing) { return standing.standing == ActionStanding::already_done; }

bool may_have_changed(const ActionReport& report) {
  return report.outcome == ActionOutcome::done || report.outcome == ActionOutcome::ambiguous;
}

RunResult result_of(const RunEnd& end) {
  if (end.report.interrupted) return RunResult::interrupted;
  const auto done = [](const ActionReport& report) { return report.outcome == ActionOutcome::done; };
  if (planted(Bug::assume_converged) && std::ranges::all_of(end.report.actions, done)) return RunResult::converged;
  if (end.left && std::ranges::all_of(*end.left, in_place)) return RunResult::converged;
  return std::ranges::any_of(end.report.actions, may_have_changed) ? RunResult::partial : RunResult::failed;
}

/// Whatever was in doubt and the final read shows in place is known now, so the next run
/// does not have to settle it.
std::vector<OutcomeRecord> known_at_last(const Plan& plan, const RunEnd& end) {
  std::vector<OutcomeRecord> known;
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    if (end.report.actions[i].outcome != ActionOutcome::ambiguous || !in_place((*end.left)[i])) continue;
    known.push_back({plan.actions[i].id, ActionOutcome::done, "in place at the final read"});
  }
  return known;
}

}  // namespace

Result<RunEnd> execute_plan(const Plan& plan, TenantLink& link, LeaseKeeper& lease, const ApplyOptions& options,
                            ApplyObserver* observer) {
  const Clock& clock = link.clock();
  Ledger& ledger = lease.ledger();
  const auto run = ledger.begin_run(lease.lease(), plan, clock.now());
  if (!run) return tl::unexpected(run.error());
  RunEnd end;
  end.run = *run;
  end.report = apply_plan(plan, link, lease, *run, options, observer);
  const auto note = [&end](Result<void> result) {
    if (!result) end.errors.push_back(std::move(result).error());
  };
  if (!end.report.interrupted) {
    if (auto live = read_tenant(link, options.read, &lease, lease.interruption())) {
      end.left = standing_of(plan.actions, *live);
      end.live = std::move(*live);
      if (const auto known = known_at_last(plan, end); !known.empty()) {
        note(ledger.record_outcomes(*run, known, clock.now()));
      }
    } else {
      end.errors.push_back(std::move(live).error());
    }
  }
  end.result = result_of(end);
  note(ledger.finish_run(*run, end.result, clock.now()));
  return end;
}

}  // namespace cipherform
