// `cipherform apply [PLANFILE]`: take the lease, plan or check the saved plan, ask,
// execute, read again, report. The lease is held from before the read until after
// the last one, so that no other apply changes the tenant in between.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cipherform/apply.h"
#include "cipherform/ledger.h"
#include "cipherform/render.h"
#include "cli/commands.h"
#include "cli/convergence.h"
#include "cli/plan_output.h"
#include "cli/planning.h"
#include "cli/promotion.h"
#include "cli/question.h"
#include "cli/saved_plan.h"
#include "cli/signals.h"
#include "cli/this_process.h"

namespace cipherform::cli {
namespace {

/// What every step of an apply uses.
struct ApplyDesk {
  const Invocation& invocation;
  const Surroundings& surroundings;
  Console& console;
  SignalInterruption& interruption;
  TenantAccess& access;
  Ledger& ledger;
  LeaseKeeper& lease;
};

/// A lease, and when the ledger was asked for it.
struct TakenLease {
  Lease lease;
  Instant asked;
};

/// Takes the lease; while another holds it, tries again every second until
/// --lock-timeout has passed. Transport::wait is how this program waits.
Result<TakenLease> take_lease(Ledger& ledger, TenantAccess& access, const Invocation& invocation, Console& console,
                              const Interruption& interruption) {
  const Holder holder = this_process();
  const SteadyTime give_up = access.clock->steady() + invocation.lock_timeout;
  bool said = false;
  while (true) {
    const Instant asked = access.clock->instant();
    auto lease = ledger.acquire(access.environment.name, holder, asked.wall);
    if (lease) return TakenLease{std::move(*lease), asked};
    const SteadyTime now = access.clock->steady();
    if (lease.error().kind != ErrorKind::locked || now >= give_up) return tl::unexpected(std::move(lease).error());
    if (!std::exchange(said, true)) console.note("Waiting: " + lease.error().what);
    static_cast<void>(access.transport->wait(std::min(give_up, now + std::chrono::seconds{1})));
    if (interruption.requested()) {
      return tl::unexpected(Error{ErrorKind::interrupted,
                                  "interrupted while waiting for the other apply; nothing was "
                                  "changed",
                                  {},
                                  {},
                                  false});
    }
  }
}

std::string format_seconds(std::chrono::milliseconds time) {
  return fmt::format("{} s", std::chrono::duration<double>(time).count());
}

void remember(ApplyDesk& desk, bool proved, std::uint64_t users) {
  if (!proved) return;
  const auto kept = desk.ledger.remember_users(desk.access.environment.name, desk.access.environment.url, users,
                                               desk.access.clock->now());
  if (!kept) desk.console.error(kept.error());
}

/// Whether the person who acknowledges has seen this very plan: it is a saved one, or has the
/// fingerprint that they name, or is shown to them before they say yes.
bool is_pinned(const Invocation& invocation) {
  return !invocation.operands.empty() || invocation.expected_fingerprint || !invocation.auto_approve;
}

/// The exit code of a plan that may not be executed because of `all`; nothing where it may. An
/// acknowledgement is for one plan, so it counts only where that plan is pinned.
std::optional<ExitCode> refused(const Plan& plan, const std::vector<GuardrailHit>& all, const Invocation& invocation,
                                Console& console) {
  if (all.empty()) return std::nullopt;
  const bool pinned = is_pinned(invocation);
  const auto hits = pinned ? unacknowledged(all, invocation.acknowledgements) : all;
  if (hits.empty()) return std::nullopt;
  const std::string pin = pinned ? "" : " --expect-fingerprint " + fingerprint(plan);
  for (const GuardrailHit& hit : hits) {
    console.error({ErrorKind::guardrail,
                   hit.message,
                   {},
                   hit.acknowledgement.empty() ? "change the declaration"
                                               : fmt::format("if that is meant: --ack {}{}", hit.acknowledgement, pin),
                   false});
  }
  if (!pinned && !invocation.acknowledgements.empty()) {
    console.note(
        "--ack counts for one plan, and with --auto-approve nobody has seen this one: name it by its fingerprint.");
  }
  console.note("Nothing was changed.");
  return ExitCode::refused;
}

/// Before anything is sent; the exit code where it cannot be kept.
std::optional<ExitCode> not_remembered(ApplyDesk& desk, const std::optional<TenantIdentity>& seen) {
  const auto kept = remember_tenant(desk.ledger, desk.access, seen);
  if (kept) return std::nullopt;
  return report_error(desk.console, kept.error());
}

/// `left` is the plan of what the tenant as it is, `live`, still lacks.
void record_converged(ApplyDesk& desk, const Plan& left, const LiveState& live, std::optional<RunId> run) {
  const auto recorded = record_convergence(desk.ledger, desk.access, left, live, run);
  if (!recorded) desk.console.error(recorded.error());
}

/// After `plan` was executed. That all of it is done is not yet all that is declared: it may be an
/// older plan or a promotion, and others may have changed the tenant meanwhile.
void record_if_converged(ApplyDesk& desk, const Plan& plan, const LiveState& live, std::optional<RunId> run) {
  if (!plan.selection.everything() || plan.as_of || !plan.blocked.empty() || !live.proof.complete) return;
  auto declaration = load_declaration(desk.invocation.project);
  if (!declaration || declaration->digest() != plan.declaration_digest) return;  // somebody is editing it
  const DesiredState desired = std::move(*declaration).desired_state(desk.access.environment.name);
  const auto left = plan_of(desk.invocation, desired, live, desk.access);
  if (!left) return;
  record_converged(desk, *left, live, run);
  if (!left->empty() || !left->blocked.empty()) {
    desk.console.note(
        fmt::format("All of this plan is done, and {} does not match the declaration yet: see `cipherform plan`.",
                    desk.access.environment.name));
  }
}

/// Whether the user wants the plan; else the exit code.
std::optional<ExitCode> not_approved(ApplyDesk& desk) {
  if (desk.invocation.auto_approve) return std::nullopt;
  const std::string question =
      fmt::format("Apply this plan to {} ({})?", desk.access.environment.name, desk.access.environment.url);
  switch (ask(question, desk.surroundings, desk.console, desk.lease, desk.interruption)) {
    case Reply::yes:
      return std::nullopt;
    case Reply::no:
      desk.console.note("Not applied. Nothing was changed.");
      return ExitCode::error;
    case Reply::nobody:
      desk.console.note("Not applied: there is nobody to answer. Nothing was changed. (--auto-approve does not ask)");
      return ExitCode::error;
    case Reply::interrupted:
      desk.console.note("Interrupted. Nothing was changed.");
      return ExitCode::interrupted;
    case Reply::lease_lost:
      desk.console.note("Not applied: another apply took over meanwhile. Nothing was changed. Run it again.");
      return ExitCode::error;
  }
  return ExitCode::error;
}

ExitCode exit_code_of(RunResult result, const ApplyReport& report, bool blocked) {
  switch (result) {
    case RunResult::interrupted:
      return ExitCode::interrupted;
    case RunResult::converged:
      return blocked ? ExitCode::refused : ExitCode::done;
    case RunResult::partial:
      return ExitCode::partial;
    case RunResult::failed:
      return report.stopped_by ? ExitCode::error : ExitCode::partial;
  }
  return ExitCode::error;
}

ApplyOptions apply_options(const ApplyDesk& desk) {
  ApplyOptions options;
  options.settle_time = desk.invocation.settle_time;
  options.read = desk.access.read;
  return options;
}

/// Settles what earlier applies left open, and says so; nothing where it is settled.
std::optional<ExitCode> unsettled(ApplyDesk& desk, std::vector<Intent> open) {
  if (open.empty()) return std::nullopt;
  desk.console.note(
      fmt::format("An earlier apply ended without learning what came of {} {}. Reading the tenant until "
                  "that is known, for {} or a little more.",
                  open.size(), open.size() == 1 ? "change" : "changes", format_seconds(desk.invocation.settle_time)));
  const auto settled = settle_open_intents(std::move(open), *desk.access.link, desk.lease, apply_options(desk));
  if (!settled) return report_error(desk.console, settled.error());
  desk.console.note(
      fmt::format("{} took effect, {} did not. Going on from there.", settled->in_place, settled->absent));
  if (settled->incomplete > 0) {
    desk.console.note(fmt::format(
        "{} of the users who are there miss groups that they were to have; the plan adds them.", settled->incomplete));
  }
  return std::nullopt;
}

ExitCode execute(ApplyDesk& desk, const Plan& plan) {
  const auto end = execute_plan(plan, *desk.access.link, desk.lease, apply_options(desk), desk.console.events());
  if (!end) return report_error(desk.console, end.error());
  for (const Error& error : end->errors) desk.console.error(error);
  if (end->live) remember(desk, end->live->proof.complete, end->live->users.size());
  if (end->live && end->result == RunResult::converged) record_if_converged(desk, plan, *end->live, end->run);
  const std::vector<Standing>* const left = end->left ? &*end->left : nullptr;
  desk.console.data(render_report(plan, end->report, left, {.color = desk.console.color_out()}));
  if (desk.console.events() != nullptr) send_end(*desk.console.events(), plan, *end);
  return exit_code_of(end->result, end->report, !plan.blocked.empty());
}

ExitCode apply_live(ApplyDesk& desk) {
  auto planned = plan_tenant(desk.invocation, desk.access, desk.console, desk.lease, desk.interruption);
  if (!planned) return planned.error();
  const Plan* const plan = &planned->plan;
  const auto seen = identity_of(desk.access.environment, planned->live, desk.access.clock->now());
  if (auto written = write_plan(*plan, desk.invocation.outputs, desk.console); !written) {
    return report_error(desk.console, written.error());
  }
  // A plan that does nothing needs no approval: it is what a second run of the same job finds.
  if (!plan->empty()) {
    if (auto approved = check_fingerprint(*plan, desk.invocation); !approved) {
      return report_error(desk.console, approved.error());
    }
  }
  if (auto code = refused(*plan, plan->guardrail_hits, desk.invocation, desk.console)) return *code;
  remember(desk, plan->proof.complete, plan->live_users);
  if (plan->empty()) {
    if (auto code = not_remembered(desk, seen)) return *code;
    record_converged(desk, *plan, planned->live, {});
    return plan->blocked.empty() ? ExitCode::done : ExitCode::refused;
  }
  planned->live = {};  // a large tenant is not held twice
  if (auto code = not_approved(desk)) return *code;
  if (auto code = not_remembered(desk, seen)) return *code;
  return execute(desk, *plan);
}

/// What is still to do of a plan that fits.
Plan still_to_do(const Plan& plan, const std::vector<Standing>& standings) {
  Plan rest = plan;
  rest.actions.clear();
  for (std::size_t i = 0; i < standings.size(); ++i) {
    if (standings[i].standing == ActionStanding::still_valid) rest.actions.push_back(plan.actions[i]);
  }
  return rest;
}

/// A plan that was made without this ledger knows nothing of what is recorded in it.
std::optional<ExitCode> refused_as_another(ApplyDesk& desk, const Plan& plan, const LiveState& live) {
  const auto hit = other_tenant(desk.access.known_tenant, plan.environment, plan.base_url, live);
  if (!hit) return std::nullopt;
  return refused(plan, {*hit}, desk.invocation, desk.console);
}

ExitCode apply_saved(ApplyDesk& desk, const Plan& plan) {
  if (auto code = refused(plan, plan.guardrail_hits, desk.invocation, desk.console)) return *code;
  const auto now = compare_plan(plan, desk.invocation, desk.access, desk.console, desk.lease, desk.interruption);
  if (!now) return now.error();
  if (auto code = refused_as_another(desk, plan, now->live)) return *code;
  remember(desk, now->live.proof.complete, now->live.users.size());
  if (now->conflicts()) {
    desk.console.lines(render_standing(plan, now->standings, {.color = desk.console.color_err()}));
    if (desk.console.events() != nullptr) send_conflicts(*desk.console.events(), plan, now->standings);
    return report_error(desk.console, {ErrorKind::stale,
                                       "the saved plan no longer fits the tenant",
                                       {},
                                       "nothing was changed; make a new plan",
                                       false});
  }
  const Plan rest = still_to_do(plan, now->standings);
  const auto seen = identity_of(desk.access.environment, now->live, desk.access.clock->now());
  if (auto code = not_remembered(desk, seen)) return *code;
  if (rest.empty()) {
    record_if_converged(desk, plan, now->live, {});
    desk.console.data(render_standing(plan, now->standings, {.color = desk.console.color_out()}));
    if (desk.console.events() != nullptr) desk.console.events()->send(event::ApplySummary{{}, 0, "converged", 0});
    return plan.blocked.empty() ? ExitCode::done : ExitCode::refused;
  }
  if (rest.actions.size() < plan.actions.size()) {
    desk.console.note(fmt::format("{} of {} actions are done already.", plan.actions.size() - rest.actions.size(),
                                  plan.actions.size()));
  }
  return execute(desk, rest);
}

/// With the lease held: first what earlier applies left open, then the plan.
ExitCode apply_locked(ApplyDesk& desk, const std::optional<Plan>& saved) {
  const Environment& environment = desk.access.environment;
  const auto known = desk.ledger.known_users(environment.name, environment.url);
  if (!known) return report_error(desk.console, known.error());
  desk.access.read.known_users = known->value_or(kLeastUsers);
  const auto identity = desk.ledger.identity(environment.name);
  if (!identity) return report_error(desk.console, identity.error());
  desk.access.known_tenant = known_tenant(*identity);
  auto open = find_open_intents(desk.ledger, environment.name, environment.url);
  if (!open) return report_error(desk.console, open.error());
  if (desk.invocation.resume && open->empty()) {
    desk.console.note(fmt::format(
        "Nothing to resume: no change of {} is open. `cipherform apply` goes on from what it has.", environment.name));
    return ExitCode::done;
  }
  if (auto code = unsettled(desk, std::move(*open))) return *code;
  return saved ? apply_saved(desk, *saved) : apply_live(desk);
}

}  // namespace

ExitCode run_apply(const Invocation& given, const Surroundings& surroundings, Console& console) {
  SignalInterruption interruption;
  Invocation invocation = given;
  std::optional<Plan> saved;
  if (!invocation.operands.empty()) {
    auto loaded = load_plan(invocation.operands.front());
    if (!loaded) return report_error(console, loaded.error());
    saved = std::move(*loaded);
    if (!invocation.environment) invocation.environment = saved->environment;
  }
  const auto environment = environment_of(invocation, console);
  if (!environment) return ExitCode::error;
  if (auto has = check_has_stage(*environment, invocation); !has) return report_error(console, has.error());
  auto access = open_tenant(*environment, invocation, surroundings.variables);
  if (!access) return report_error(console, access.error());
  if (saved) {
    if (auto fits = check_plan(*saved, *environment, invocation, access->clock->now()); !fits) {
      return report_error(console, fits.error());
    }
  }
  auto ledger = open_ledger(ledger_place(*environment, invocation), invocation.lease_time);
  if (!ledger) return report_error(console, ledger.error());
  const WakeOnRequest waking(interruption, *access->transport);
  auto taken = take_lease(**ledger, *access, invocation, console, interruption);
  if (!taken) return report_error(console, taken.error());
  ConsoleProgress progress(console, *access->clock);
  LeaseKeeper keeper(**ledger, std::move(taken->lease), taken->asked, *access->clock, &progress, &interruption);
  ApplyDesk desk{invocation, surroundings, console, interruption, *access, **ledger, keeper};
  const ExitCode code = apply_locked(desk, saved);
  static_cast<void>((*ledger)->release(keeper.lease()));  // one that cannot be given back expires by itself
  return code;
}

}  // namespace cipherform::cli
