#include "sim/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <exception>
#include <memory>
#include <utility>

#include "cipherform/apply.h"
#include "fakes/states.h"
#include "sim/faults.h"
#include "sim/world.h"

namespace cipherform::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kEnvironment = "qa";
constexpr const char* kUrl = "https://public-api.cipherscale.com/qa";
constexpr const char* kOtherUrl = "https://public-api.cipherscale.com/qa2";
constexpr milliseconds kSettleTime{60'000};

struct Scenario {
  DesiredState desired;
  std::set<std::string> refused;  ///< emails that the API never takes
  unsigned parallelism = 4;
};

std::vector<std::string> some_groups(World& world, std::size_t least) {
  std::vector<std::string> all{"Everyone", "Engineering", "Sales", "Support", "Admins"};
  std::vector<std::string> chosen;
  while (chosen.size() < least) {
    for (const std::string& name : all) {
      if (world.chance(0.35) && std::ranges::find(chosen, name) == chosen.end()) chosen.push_back(name);
    }
  }
  return chosen;
}

std::vector<fakes::Membership> memberships(const std::vector<std::string>& groups) {
  return {groups.begin(), groups.end()};
}

void tenants_habits(World& world) {
  using fakes::CreateAnswer;
  constexpr std::array shapes{CreateAnswer::as_asked, CreateAnswer::array,      CreateAnswer::wrapped,
                              CreateAnswer::reversed, CreateAnswer::upper_case, CreateAnswer::without_last_group};
  world.tenant.set_create_answer(shapes[world.pick(0, shapes.size() - 1)]);
  world.tenant.set_partial_batches(world.chance(0.5));
  world.tenant.set_existing_user(static_cast<fakes::ExistingUser>(world.pick(0, 2)));
  world.tenant.set_idempotent(world.chance(0.5));
  world.tenant.set_max_limit(std::array{7U, 12U, 30U, 100U}[world.pick(0, 3)]);
}

/// 40 actions: 20 creates, 10 adds, 10 removals.
Scenario small_scenario(World& world) {
  fakes::Desired desired;
  desired.environment(std::string(kEnvironment), kUrl).additive("Everyone").group("Engineering").group("Sales");
  for (int i = 0; i < 10; ++i) {
    const std::string email = fmt::format("old{}@example.com", i);
    world.tenant.add_user(email, {"Everyone", "Sales"});
    desired.user(email, memberships({"Everyone", "Engineering"}));
  }
  for (int i = 0; i < 20; ++i) {
    desired.user(fmt::format("new{}@example.com", i), memberships({"Everyone", "Engineering"}));
  }
  return {desired.build(), {}, 4};
}

Scenario make_scenario(World& world, bool small) {
  for (const char* name : {"Everyone", "Engineering", "Sales", "Support"}) world.tenant.add_group(name);
  world.tenant.add_group("Admins", "ADMIN");
  tenants_habits(world);
  if (small) return small_scenario(world);
  Scenario scenario;
  scenario.parallelism = static_cast<unsigned>(world.pick(1, 8));
  fakes::Desired desired;
  Guardrails guardrails;
  guardrails.fallback_group = "Everyone";
  desired.environment(std::string(kEnvironment), kUrl).additive("Everyone").guardrails(guardrails);
  for (const char* name : {"Engineering", "Sales", "Support", "Admins"}) {
    world.chance(0.8) ? desired.group(name) : desired.additive(name);
  }
  const std::uint64_t old = world.pick(1, 25);
  const std::uint64_t fresh = world.chance(0.05) ? world.pick(100, 130) : world.pick(0, 25);
  for (std::uint64_t i = 0; i < old + fresh; ++i) {
    const bool is_new = i >= old;
    const std::string email = fmt::format("{}{}@example.com", is_new ? "new" : "old", i);
    if (i < old + 25) world.emails.push_back(email);
    if (!is_new) world.tenant.add_user(email, some_groups(world, 1));
    if (is_new || world.chance(0.8)) desired.user(email, memberships(some_groups(world, 1)));
    if (is_new && world.chance(0.02)) {
      scenario.refused.insert(email);
      world.tenant.refuse_email(email, "this domain is not ours");
    }
  }
  scenario.desired = desired.build();
  return scenario;
}

/// The connection to another tenant, which nobody may use.
class OtherTenant final : public Transport {
 public:
  explicit OtherTenant(World& world) : world_(world) {}
  void start(std::uint64_t ticket, HttpRequest request) override {
    world_.violation("another tenant is asked while changes are open: " + request.path);
    refused_.push_back({ticket, HttpAnswer{403, {}, {}}});
  }
  std::optional<Completion> wait(std::optional<SteadyTime> until) override {
    if (refused_.empty()) {
      if (until) world_.advance_to(*until);
      return std::nullopt;
    }
    Completion first = std::move(refused_.front());
    refused_.pop_front();
    return first;
  }
  void wake() noexcept override {}

 private:
  World& world_;
  std::deque<Completion> refused_;
};

/// Ctrl-C at a boundary.
struct Interrupt final : Interruption {
  bool requested() const noexcept override { return on; }
  bool on = false;
};

class Simulation {
 public:
  explicit Simulation(const Schedule& schedule)
      : schedule_(schedule), world_(schedule.seed), scenario_(make_scenario(world_, schedule.small)) {}

  Verdict run() {
    try {
      for (unsigned i = 0; i < schedule_.faulty_runs; ++i) {
        faulty_run();
        if (i == 0) {
          verdict_.requests = requests_;
          verdict_.boundaries = boundaries_;
        }
      }
      faulty_ = false;
      world_.at_boundary = {};
      for (int i = 0; i < 2; ++i) run_once(nullptr);
      world_.advance_to(world_.clock.steady() + kSettleTime);  // whatever is still on its way arrives
      expect_converged();
    } catch (const std::exception& failure) {
      world_.violation(failure.what());
    }
    verdict_.violations = world_.violations();
    verdict_.trace = world_.trace();
    return std::move(verdict_);
  }

 private:
  void faulty_run() {
    faulty_ = true;
    Interrupt interrupt;
    boundaries_ = 0;
    ledger_calls_ = 0;
    killed_ = false;
    world_.at_boundary = [&](std::string_view where) { at_boundary(where, interrupt); };
    run_once(&interrupt);
    if (schedule_.moves) run_elsewhere();
  }

  /// The url names another tenant for one run. What is open in the first one stays open.
  void run_elsewhere() {
    world_.at_boundary = {};
    OtherTenant transport(world_);
    SimLedger ledger(world_);
    TenantLink link(transport, world_.clock, world_.random, {});
    Instant asked;
    const auto lease = acquire(ledger, asked);
    const auto open = ledger.open_intents(kEnvironment).value();
    if (lease && !open.empty()) {
      world_.note("the url is another one");
      auto found = find_open_intents(ledger, kEnvironment, kOtherUrl);
      LeaseKeeper keeper(ledger, *lease, asked, world_.clock);
      if (found) static_cast<void>(settle_open_intents(std::move(*found), link, keeper, {}));
      if (ledger.open_intents(kEnvironment)->size() != open.size()) {
        world_.violation("settled by reading another tenant");
      }
    }
    if (lease) static_cast<void>(ledger.release(*lease));
  }

  void at_boundary(std::string_view where, Interrupt& interrupt) {
    const std::size_t nth = ++boundaries_;
    if (where == "before a request" && world_.chance(schedule_.foreigners)) world_.foreign_change();
    if (schedule_.rival_at == nth) world_.rival_creates("new0@example.com", "Sales");
    if (schedule_.interrupt_at == nth) {
      world_.note("Ctrl-C");
      interrupt.on = true;
    }
    // A wait may be a destructor's, which must not throw: the next boundary does it.
    if (schedule_.crash_at && nth >= *schedule_.crash_at && where != "a wait" && !std::exchange(killed_, true)) {
      world_.note(fmt::format("kill -9 {}", where));
      world_.crashed = true;
      throw Crash{};
    }
    if (schedule_.stall_at == nth) {
      world_.note(fmt::format("stopped {}", where));
      const auto resume = std::exchange(world_.at_boundary, {});
      world_.advance_to(world_.clock.steady() + kLeaseTime + seconds{1});
      run_once(nullptr);
      world_.note("continued");
      world_.at_boundary = resume;
    }
  }

  const Fault& fault_of(std::size_t nth) {
    if (!faulty_) return faults().front();
    if (schedule_.fault_at) return fault(schedule_.fault_at == nth ? schedule_.fault_name : "none");
    if (!world_.chance(schedule_.faults)) return faults().front();
    const Fault& drawn = faults()[world_.pick(1, faults().size() - 1)];
    return drawn.lie ? faults().front() : drawn;
  }

  /// One process: lease, settle, read, plan, apply, as the command does.
  void run_once(const Interruption* interruption) {
    world_.note(fmt::format("run {} begins", ++runs_));
    SimTransport transport(world_, {.fault = [this](std::size_t nth) -> const Fault& { return fault_of(nth); }},
                           requests_);
    SimLedger ledger(world_);
    ledger.failure = [this] {
      if (!faulty_ || schedule_.ledger_fails_at != ++ledger_calls_) return SimLedger::Failure::none;
      return schedule_.fails_after_commit ? SimLedger::Failure::after_commit : SimLedger::Failure::before_commit;
    };
    std::optional<Lease> lease;
    try {
      TenantLink link(transport, world_.clock, world_.random, {.retry = {}, .parallelism = scenario_.parallelism});
      apply_once(link, transport, ledger, lease, interruption);
      if (lease) static_cast<void>(ledger.release(*lease));
    } catch (const Crash&) {
      world_.crashed = false;
      // Its process id is gone from this host, so the next one need not wait.
      world_.ledger.die(kEnvironment);
    }
    world_.note(fmt::format("run {} ended", runs_));
  }

  /// The lease, after as long as another may hold it, and when it was asked for.
  Result<Lease> acquire(Ledger& ledger, Instant& asked) {
    const Holder holder{"ada", "laptop", static_cast<std::int64_t>(runs_)};
    asked = world_.clock.instant();
    auto taken = ledger.acquire(kEnvironment, holder, asked.wall);
    if (taken || taken.error().kind != ErrorKind::locked) return taken;
    world_.advance_to(world_.clock.steady() + kLeaseTime);
    asked = world_.clock.instant();
    return ledger.acquire(kEnvironment, holder, asked.wall);
  }

  void apply_once(TenantLink& link, SimTransport& transport, Ledger& ledger, std::optional<Lease>& lease,
                  const Interruption* interruption) {
    Instant asked;
    auto taken = acquire(ledger, asked);
    if (!taken) return;
    lease = *taken;
    transport.hold(lease->epoch);
    LeaseKeeper keeper(ledger, *lease, asked, world_.clock, nullptr, interruption);
    ApplyOptions options;
    options.settle_time = kSettleTime;
    const auto known = ledger.known_users(kEnvironment, kUrl);
    if (!known) return;
    options.read.known_users = known->value_or(kLeastUsers);
    auto open = find_open_intents(ledger, kEnvironment, kUrl);
    if (!open) return;
    if (!settle_open_intents(std::move(*open), link, keeper, options)) return;
    const auto live = read_tenant(link, options.read, &keeper, interruption);
    if (!live) return;
    if (live->proof.complete) {
      static_cast<void>(ledger.remember_users(kEnvironment, kUrl, live->users.size(), world_.clock.now()));
    }
    const auto plan =
        make_plan(scenario_.desired, *live, {.now = world_.clock.now(), .tool_version = "sim", .selection = {}});
    if (!plan || plan->empty()) return;
    if (verdict_.actions == 0) verdict_.actions = plan->actions.size();
    transport.allow(std::make_shared<Allowed>(allowed_by(*plan)));
    const auto end = execute_plan(*plan, link, keeper, options);
    if (!end) return;
    expect_truth(*plan, *end);
    expect_no_key(*end);
  }

  /// In nothing that is shown or kept.
  void expect_no_key(const RunEnd& end) {
    std::vector<std::string> shown;
    for (const ActionReport& report : end.report.actions) shown.push_back(report.detail);
    if (end.report.stopped_by) shown.push_back(to_string(*end.report.stopped_by));
    for (const Error& error : end.errors) shown.push_back(to_string(error));
    const auto runs = world_.ledger.runs({}, 100).value();
    for (const RunRecord& run : runs) {
      const auto actions = world_.ledger.actions(run.id).value();
      for (const ActionRecord& action : actions) shown.push_back(action.detail);
    }
    for (const std::string& text : shown) {
      if (text.find(kCanaryKey) != std::string::npos) world_.violation("the key is shown: " + text);
    }
  }

  bool is_in_place(const Change& change) const {
    const auto groups = world_.tenant.groups_of(email_of(change));
    if (const auto* add = std::get_if<AddMember>(&change)) return groups.contains(add->grant.group.name);
    if (const auto* removal = std::get_if<RemoveMember>(&change)) return !groups.contains(removal->group.name);
    return std::ranges::all_of(std::get<CreateUser>(change).grants,
                               [&](const Grant& grant) { return groups.contains(grant.group.name); });
  }

  /// What was reported against what is: only where nobody else changes the tenant.
  void expect_truth(const Plan& plan, const RunEnd& end) {
    if (schedule_.foreigners > 0 || schedule_.stall_at) return;
    // A membership's answer has no body that has to say anything, so another's is believed
    // until the final read; a create's answer has to name the user.
    const bool may_lie = schedule_.faults > 0 || fault(schedule_.fault_name).lie ||
                         schedule_.fault_name.starts_with("another's") || schedule_.fault_name == "answered twice";
    for (std::size_t i = 0; i < plan.actions.size(); ++i) {
      const Change& change = plan.actions[i].change;
      if (is_in_place(change)) continue;
      const bool done = end.report.actions[i].outcome == ActionOutcome::done;
      const bool is_create = std::holds_alternative<CreateUser>(change);
      if (end.result == RunResult::converged || (done && (is_create || !may_lie))) {
        world_.violation(fmt::format("said to be done, but is not: {}", email_of(change)));
      }
    }
  }

  void expect_converged() {
    SimTransport transport(world_, {.fault = [](std::size_t) -> const Fault& { return faults().front(); }}, requests_);
    TenantLink link(transport, world_.clock, world_.random, {});
    const auto live = read_tenant(link, {});
    if (!live) {
      world_.violation("the tenant cannot be read: " + live.error().what);
      return;
    }
    const auto plan =
        make_plan(scenario_.desired, *live, {.now = world_.clock.now(), .tool_version = "sim", .selection = {}});
    if (!plan) {
      world_.violation("no plan can be made");
      return;
    }
    for (const Action& action : plan->actions) {
      const bool refused = std::holds_alternative<CreateUser>(action.change) &&
                           scenario_.refused.contains(std::string(email_of(action.change)));
      if (!refused) world_.violation(fmt::format("not converged after two runs: {}", email_of(action.change)));
    }
  }

  Schedule schedule_;
  World world_;
  Scenario scenario_;
  Verdict verdict_;
  bool faulty_ = false;
  std::size_t requests_ = 0;
  std::size_t boundaries_ = 0;
  std::size_t ledger_calls_ = 0;
  bool killed_ = false;  ///< in this faulty run
  unsigned runs_ = 0;
};

}  // namespace

Schedule Schedule::random(std::uint64_t seed) {
  std::mt19937_64 random(seed ^ 0x9e3779b97f4a7c15U);
  const auto pick = [&](std::uint64_t most) { return random() % (most + 1); };
  Schedule schedule;
  schedule.seed = seed;
  schedule.faults = std::array{0.0, 0.01, 0.05, 0.2, 0.5}[pick(4)];
  schedule.foreigners = std::array{0.0, 0.0, 0.02, 0.2}[pick(3)];
  schedule.faulty_runs = static_cast<unsigned>(1 + pick(2));
  if (pick(1) == 0) schedule.crash_at = 1 + pick(pick(1) == 0 ? 30 : 200);
  if (pick(4) == 0) schedule.stall_at = 1 + pick(150);
  if (pick(7) == 0) schedule.interrupt_at = 1 + pick(150);
  if (pick(5) == 0) schedule.ledger_fails_at = 1 + pick(20);
  schedule.fails_after_commit = pick(1) == 0;
  schedule.moves = pick(3) == 0;
  return schedule;
}

std::string Schedule::to_string() const {
  const auto text = [](const std::optional<std::size_t>& at) { return at ? std::to_string(*at) : std::string("-"); };
  return fmt::format(
      "seed {} faults {} foreigners {} runs {} crash {} stall {} interrupt {} rival {} ledger {}{} fault '{}' at "
      "{}{}{}",
      seed, faults, foreigners, faulty_runs, text(crash_at), text(stall_at), text(interrupt_at), text(rival_at),
      text(ledger_fails_at), fails_after_commit ? " after commit" : "", fault_name, text(fault_at),
      moves ? " moves" : "", small ? " small" : "");
}

Verdict simulate(const Schedule& schedule) { return Simulation(schedule).run(); }

}  // namespace cipherform::sim
