// A tenant, a network and time, for whole applies without either: events in the order of
// their time, and oracles that watch every request.
//
// Who reads a trace: "12.345 s  run 2  DELETE …  lost after" is a request with its fault.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/ledger.h"
#include "cipherform/plan.h"
#include "cipherform/tenant.h"
#include "fakes/fake_tenant.h"
#include "fakes/memory_ledger.h"
#include "fakes/scripted_transport.h"
#include "sim/faults.h"

namespace cipherform::sim {

/// kill -9.
struct Crash {};

/// The changes that a plan allows: "add ada@example.com <group id>".
using Allowed = std::set<std::string>;
Allowed allowed_by(const Plan& plan);

class World {
 public:
  explicit World(std::uint64_t seed) : random(seed) {}

  fakes::VirtualClock clock;
  fakes::FakeTenant tenant;
  fakes::MemoryLedger ledger;
  std::mt19937_64 random;

  /// What happens, until then; the clock is at `until` afterwards.
  void advance_to(SteadyTime until);
  /// What happens next, if it happens by `until`.
  bool step(std::optional<SteadyTime> until = {});
  void at(SteadyTime time, std::function<void()> what) { events_.emplace(time, std::move(what)); }

  /// Uniform in [least, most].
  std::uint64_t pick(std::uint64_t least, std::uint64_t most);
  bool chance(double p);

  // ---- oracles
  void violation(std::string what);
  const std::vector<std::string>& violations() const { return violations_; }
  /// A change of ours is carried out, of a create the first `most`; the answer.
  HttpAnswer carry_out(const HttpRequest& request, const Allowed& allowed, std::size_t most);
  /// An administrator who is not us changes something.
  void foreign_change();
  /// … creates somebody whom we are about to create.
  void rival_creates(const std::string& email, const std::string& group);
  /// A crash, a stop or a ledger call that fails may come here.
  void boundary(std::string_view where);

  std::function<void(std::string_view where)> at_boundary;
  std::int64_t epoch = 0;           ///< of the lease that holds now
  bool crashed = false;             ///< a process is being unwound
  std::vector<std::string> emails;  ///< whom foreigners meddle with

  bool is_meddled_with(std::string_view email) const { return meddled_with_.contains(email_key(email)); }

  void note(std::string line);
  /// Ends a schedule that would go on for ever.
  [[noreturn]] void give_up(const char* why);
  const std::vector<std::string>& trace() const { return trace_; }

 private:
  using Memberships = std::map<std::string, std::set<std::string>>;
  Memberships memberships() const;

  std::multimap<SteadyTime, std::function<void()>> events_;
  std::set<std::string> meddled_with_;  ///< by foreigners, by email key
  std::vector<std::string> violations_;
  std::vector<std::string> trace_;
};

/// One process's connections to the world's tenant.
class SimTransport final : public Transport {
 public:
  struct Options {
    /// The fault of the nth request of this world, from 1.
    std::function<const Fault&(std::size_t nth)> fault;
    std::chrono::milliseconds latest{59'000};  ///< within the settle time
  };
  SimTransport(World& world, Options options, std::size_t& requests)
      : world_(world), options_(std::move(options)), requests_(requests) {}

  /// What the run's plan allows, and under which lease it holds.
  void allow(std::shared_ptr<const Allowed> allowed) { allowed_ = std::move(allowed); }
  void hold(std::int64_t epoch) { epoch_ = epoch; }

  void start(std::uint64_t ticket, HttpRequest request) override;
  std::optional<Completion> wait(std::optional<SteadyTime> until) override;
  void wake() noexcept override {}

 private:
  /// Outlives the transport: what is under way arrives, whoever is gone.
  struct Line {
    explicit Line(World& of) : world(of) {}
    /// What reaches us of the tenant's answer.
    HttpAnswer seen(const HttpAnswer& truly, const Fault& fault, const HttpRequest& request);

    World& world;
    std::deque<Completion> completions;
    std::optional<HttpAnswer> before;  ///< the answer to the request before
    bool shifted = false;              ///< the next request gets that one's answer
    SteadyTime not_before{};           ///< by the last Retry-After that was delivered
  };

  void check(const HttpRequest& request);
  void deliver(SteadyTime when, std::uint64_t ticket, tl::expected<HttpAnswer, TransportFailure> result);

  World& world_;
  Options options_;
  std::size_t& requests_;
  std::shared_ptr<const Allowed> allowed_ = std::make_shared<Allowed>();
  std::int64_t epoch_ = 0;
  std::shared_ptr<Line> line_ = std::make_shared<Line>(world_);
  std::vector<std::uint64_t> tickets_;  ///< started, and not delivered
  std::size_t waits_ = 0;
};

/// The world's ledger as one process sees it: it may be killed before or after each commit,
/// and a call may fail before its commit, or after it.
class SimLedger final : public Ledger {
 public:
  explicit SimLedger(World& world) : world_(world) {}

  Result<Lease> acquire(std::string_view environment, const Holder& holder, Time now) override;
  Result<void> renew(const Lease& lease, Time now) override;
  Result<void> release(const Lease& lease) override;
  Result<RunId> begin_run(const Lease& lease, const Plan& plan, Time now) override;
  Result<void> record_intents(RunId run, const Lease& lease, std::span<const Intent> intents, Time now) override;
  Result<void> record_outcomes(RunId run, std::span<const OutcomeRecord> outcomes, Time now) override;
  Result<void> finish_run(RunId run, RunResult result, Time now) override;
  Result<std::vector<Intent>> open_intents(std::string_view environment) override;
  Result<void> remember_users(std::string_view environment, std::string_view base_url, std::uint64_t users,
                              Time now) override;
  Result<std::optional<std::uint64_t>> known_users(std::string_view environment, std::string_view base_url) override;
  Result<void> remember_identity(std::string_view environment, const TenantIdentity& identity) override;
  Result<void> record_receipt(const Receipt& receipt, const Roster& roster) override;
  Result<std::optional<TenantIdentity>> identity(std::string_view environment) override;
  Result<std::vector<Receipt>> receipts(std::string_view environment, std::size_t most) override;
  Result<std::optional<Roster>> roster(std::string_view environment, std::string_view base_url) override;

  // Not what a run does.
  Result<void> break_lease(std::string_view environment, std::int64_t epoch) override {
    return world_.ledger.break_lease(environment, epoch);
  }
  Result<std::vector<RunRecord>> runs(std::string_view environment, std::size_t most) override {
    return world_.ledger.runs(environment, most);
  }
  Result<std::optional<RunRecord>> find_run(RunId id) override { return world_.ledger.find_run(id); }
  Result<std::vector<ActionRecord>> actions(RunId run) override { return world_.ledger.actions(run); }
  Result<std::optional<LeaseHolder>> holder_of(std::string_view environment, Time now) override {
    return world_.ledger.holder_of(environment, now);
  }

  enum class Failure : std::uint8_t { none, before_commit, after_commit };
  /// Of the call that begins.
  std::function<Failure()> failure = [] { return Failure::none; };

 private:
  template <class Call>
  auto call(std::string_view name, Call call) -> decltype(call());

  World& world_;
};

}  // namespace cipherform::sim
