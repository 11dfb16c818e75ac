// How two applies are kept apart: `epoch` grows with every new holder and never
// shrinks (a released lease keeps its row), and a transaction that records intents
// first checks, while nobody else can write, that the holder's epoch is the ledger's and
// has not expired. So an apply that was stopped past its lease cannot start a request,
// however late it wakes up.
#include "ledger/sql_ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace cipherform {
namespace {

using sql::Access;
using sql::Row;
using sql::transact;
using sql::value;

std::string describe(const Holder& holder, Time since) {
  return fmt::format("{}@{} (pid {}) since {}", holder.user, holder.host, holder.pid, format_rfc3339(since));
}

Error lost_lease(std::string what) {
  return {.kind = ErrorKind::locked,
          .what = std::move(what),
          .where = {},
          .hint = "nothing more is sent; apply again to continue from what the tenant has then"};
}

constexpr const char* kFindLease =
    "SELECT epoch, \"user\", host, pid, since, expires, machine FROM leases WHERE environment = ?1";
constexpr const char* kWriteLease =
    "INSERT INTO leases (environment, epoch, \"user\", host, pid, since, expires, machine) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (environment) DO UPDATE SET epoch = excluded.epoch, "
    "\"user\" = excluded.\"user\", host = excluded.host, pid = excluded.pid, since = excluded.since, "
    "expires = excluded.expires, machine = excluded.machine";
constexpr const char* kProlongLease = "UPDATE leases SET expires = ?2 WHERE environment = ?1";
constexpr const char* kReleaseLease =
    "UPDATE leases SET expires = NULL WHERE environment = ?1 AND epoch = ?2 AND expires IS NOT NULL";
constexpr const char* kInsertRun =
    "INSERT INTO runs (environment, epoch, \"user\", host, pid, base_url, tool_version, planned_at, "
    "declaration_digest, live_digest, creates, adds, removes, started_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) RETURNING id";
constexpr const char* kFinishRun = "UPDATE runs SET finished_at = ?2, result = ?3 WHERE id = ?1";
/// An action that is intended again is open again, whatever came of it before.
constexpr const char* kInsertAction =
    "INSERT INTO actions (run, action_id, kind, email, group_name, intended_at, asked_groups) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
    "ON CONFLICT (run, action_id) DO UPDATE SET attempts = actions.attempts + 1, intended_at = excluded.intended_at, "
    "outcome = NULL, outcome_at = NULL, detail = ''";
constexpr const char* kWriteOutcome =
    "UPDATE actions SET outcome = ?3, outcome_at = ?4, detail = ?5 WHERE run = ?1 AND action_id = ?2";
/// Of the run that goes on under the current lease nothing was left open by a crash. The
/// first condition on the outcome is that of the index.
constexpr const char* kOpenActions =
    "SELECT a.action_id, a.kind, a.email, a.group_name, a.run, a.intended_at, a.outcome, r.base_url, a.asked_groups "
    "FROM runs r JOIN leases l ON l.environment = r.environment JOIN actions a ON a.run = r.id "
    "WHERE r.environment = ?1 AND (a.outcome IS NULL OR a.outcome = 'ambiguous') "
    "AND (a.outcome IS NULL OR a.kind = 'create_user') "
    "AND (r.epoch < l.epoch OR l.expires IS NULL) ORDER BY a.run, a.id";
constexpr const char* kWriteTenant =
    "INSERT INTO tenants (environment, base_url, users, read_at) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT (environment, base_url) DO UPDATE SET users = excluded.users, read_at = excluded.read_at";

}  // namespace

SqlLedger::SqlLedger(std::unique_ptr<sql::Database> database, LedgerSeams seams, std::int64_t format)
    : database_(std::move(database)),
      is_alive_(std::move(seams.is_alive)),
      lease_time_(seams.lease_time),
      format_(format) {}

Error SqlLedger::nothing_changed(std::string what) const {
  return {.kind = ErrorKind::ledger, .what = std::move(what), .where = database_->place(), .hint = {}};
}

Error SqlLedger::damaged(std::string what) const {
  return {.kind = ErrorKind::ledger,
          .what = "the ledger is damaged: " + std::move(what),
          .where = database_->place(),
          .hint = "move it away to go on with an empty ledger: the tenant is always read again, only history is lost"};
}

// ------------------------------------------------------------------------ leases

Result<std::optional<SqlLedger::LeaseRow>> SqlLedger::find_lease(std::string_view environment) {
  std::optional<LeaseRow> found;
  bool possible = true;
  const auto is_time = [](std::int64_t value) { return value >= 0 && value <= kLastTime; };
  auto ran = database_->each(
      kFindLease,
      [&](const Row& row) {
        possible = row.integer(0) >= 0 && row.integer(0) < std::numeric_limits<std::int64_t>::max() &&
                   is_time(row.integer(4)) && (row.is_null(5) || is_time(row.integer(5)));
        found = LeaseRow{
            .epoch = row.integer(0),
            .holder = {std::string(row.text(1)), std::string(row.text(2)), row.integer(3), std::string(row.text(6))},
            .since = time_of(row.integer(4)),
            .expires = time_in(row, 5)};
      },
      environment);
  if (!ran) return tl::unexpected(std::move(ran.error()));
  if (!possible) {
    return tl::unexpected(damaged(fmt::format("the lease of {} has a number that cannot be", environment)));
  }
  return found;
}

bool SqlLedger::may_take_over(const LeaseRow& row, const Holder& holder, Time now) const {
  return !row.expires || *row.expires <= now || is_gone(row, holder);
}

bool SqlLedger::is_gone(const LeaseRow& row, const Holder& holder) const {
  return !holder.machine.empty() && row.holder.machine == holder.machine && !is_alive_(row.holder.pid);
}

Result<Lease> SqlLedger::acquire(std::string_view environment, const Holder& holder, Time now) {
  // What follows a lease are requests, so a full disk must be found before it.
  if (auto room = database_->reserve(); !room) return tl::unexpected(std::move(room.error()));
  return transact(*database_, Access::write, [&]() -> Result<Lease> {
    auto found = find_lease(environment);
    if (!found) return tl::unexpected(std::move(found.error()));
    const std::optional<LeaseRow>& row = *found;
    if (row && !may_take_over(*row, holder, now)) {
      return tl::unexpected(
          Error{.kind = ErrorKind::locked,
                .what = fmt::format("{} is being applied by {}", environment, describe(row->holder, row->since)),
                .where = {},
                .hint = fmt::format("wait until it ends, or let cipherform wait with --lock-timeout; if that process "
                                    "is gone, its lock ends by itself at {}, or now with `cipherform unlock`",
                                    format_rfc3339(*row->expires))});
    }
    Lease lease{std::string(environment), row ? row->epoch + 1 : 1, lease_time_};
    if (row && !is_gone(*row, holder)) lease.before = row->expires ? Lease::Before::expired : Lease::Before::released;
    auto written = database_->change(kWriteLease, environment, lease.epoch, holder.user, holder.host, holder.pid,
                                     stored(now), stored(now + lease_time_), holder.machine);
    if (!written) return tl::unexpected(std::move(written.error()));
    return lease;
  });
}

Result<SqlLedger::LeaseRow> SqlLedger::check_lease(const Lease& lease, Time now) {
  auto found = find_lease(lease.environment);
  if (!found) return tl::unexpected(std::move(found.error()));
  const std::optional<LeaseRow>& row = *found;
  if (!row) return tl::unexpected(lost_lease(fmt::format("nobody holds the lock of {}", lease.environment)));
  if (row->epoch != lease.epoch) {
    return tl::unexpected(lost_lease(
        fmt::format("the lock of {} was taken over by {}", lease.environment, describe(row->holder, row->since))));
  }
  if (!row->expires) {
    return tl::unexpected(lost_lease(
        fmt::format("the lock of {} was released, by `cipherform unlock` or by its holder", lease.environment)));
  }
  if (*row->expires <= now) {
    return tl::unexpected(lost_lease(fmt::format("the lock of {} expired at {}, before it was prolonged",
                                                 lease.environment, format_rfc3339(*row->expires))));
  }
  return *row;
}

Result<void> SqlLedger::prolong(const Lease& lease, Time now) {
  if (auto row = check_lease(lease, now); !row) return tl::unexpected(std::move(row.error()));
  const auto prolonged = database_->change(kProlongLease, lease.environment, stored(now + lease_time_));
  if (!prolonged) return tl::unexpected(prolonged.error());
  return {};
}

Result<void> SqlLedger::renew(const Lease& lease, Time now) {
  return transact(*database_, Access::write, [&] { return prolong(lease, now); });
}

Result<void> SqlLedger::release(const Lease& lease) {
  // A lease that another took over is not ours to release, and needs no releasing.
  return transact(*database_, Access::write, [&]() -> Result<void> {
    const auto released = database_->change(kReleaseLease, lease.environment, lease.epoch);
    if (!released) return tl::unexpected(released.error());
    return {};
  });
}

Result<void> SqlLedger::break_lease(std::string_view environment, std::int64_t epoch) {
  return transact(*database_, Access::write, [&]() -> Result<void> {
    const auto broken = database_->change(kReleaseLease, environment, epoch);
    if (!broken) return tl::unexpected(broken.error());
    if (*broken > 0) return {};
    return tl::unexpected(Error{.kind = ErrorKind::locked,
                                .what = fmt::format("the lock of {} is another one by now", environment),
                                .where = {},
                                .hint = "nothing was changed; look again who holds it"});
  });
}

// -------------------------------------------------------------------------- runs

Result<RunId> SqlLedger::begin_run(const Lease& lease, const Plan& plan, Time now) {
  return transact(*database_, Access::write, [&]() -> Result<RunId> {
    auto row = check_lease(lease, now);
    if (!row) return tl::unexpected(std::move(row.error()));
    const PlanCounts counts = plan.counts();
    RunId run = 0;
    const auto inserted = database_->each(
        kInsertRun, [&](const Row& inserted_row) { run = inserted_row.integer(0); }, lease.environment, lease.epoch,
        row->holder.user, row->holder.host, row->holder.pid, plan.base_url, plan.tool_version, stored(plan.created_at),
        plan.declaration_digest, plan.live_digest, counts.create, counts.add, counts.remove, stored(now));
    if (!inserted) return tl::unexpected(inserted.error());
    return run;
  });
}

Result<void> SqlLedger::record_intents(RunId run, const Lease& lease, std::span<const Intent> intents, Time now) {
  return transact(*database_, Access::write, [&]() -> Result<void> {
    if (auto prolonged = prolong(lease, now); !prolonged) return prolonged;
    std::vector<sql::Value> values;
    values.reserve(intents.size() * 7);
    for (const Intent& intent : intents) {
      for (const sql::Value& bound : {value(run), value(intent.action_id), value(intent.kind), value(intent.email),
                                      value(intent.group), value(stored(now)), value(intent.groups)}) {
        values.push_back(bound);
      }
    }
    const auto inserted = database_->run_each(kInsertAction, 7, values);
    if (!inserted) return tl::unexpected(inserted.error());
    return {};
  });
}

Result<void> SqlLedger::record_outcomes(RunId run, std::span<const OutcomeRecord> outcomes, Time now) {
  return transact(*database_, Access::write, [&]() -> Result<void> {
    std::vector<sql::Value> values;
    values.reserve(outcomes.size() * 5);
    for (const OutcomeRecord& record : outcomes) {
      for (const sql::Value& bound : {value(run), value(record.action_id), value(to_string(record.outcome)),
                                      value(stored(now)), value(record.detail)}) {
        values.push_back(bound);
      }
    }
    const auto changed = database_->run_each(kWriteOutcome, 5, values);
    if (!changed) return tl::unexpected(changed.error());
    const auto unknown = std::ranges::find(*changed, 0);
    if (unknown == changed->end()) return {};
    const OutcomeRecord& record = outcomes[static_cast<std::size_t>(unknown - changed->begin())];
    return tl::unexpected(
        nothing_changed(fmt::format("no intent of action {} is recorded in run {}", record.action_id, run)));
  });
}

Result<void> SqlLedger::finish_run(RunId run, RunResult result, Time now) {
  return transact(*database_, Access::write, [&]() -> Result<void> {
    const auto written = database_->change(kFinishRun, run, stored(now), to_string(result));
    if (!written) return tl::unexpected(written.error());
    if (*written > 0) return {};
    return tl::unexpected(nothing_changed(fmt::format("run {} was never begun", run)));
  });
}

Result<std::vector<Intent>> SqlLedger::open_intents(std::string_view environment) {
  return transact(*database_, Access::read, [&]() -> Result<std::vector<Intent>> {
    std::vector<Intent> intents;
    const auto read = [&](const Row& row) {
      intents.push_back({.action_id = std::string(row.text(0)),
                         .kind = std::string(row.text(1)),
                         .email = std::string(row.text(2)),
                         .group = std::string(row.text(3)),
                         .groups = std::string(row.text(8)),
                         .run = row.integer(4),
                         .at = time_of(row.integer(5)),
                         .base_url = std::string(row.text(7)),
                         .outcome = row.is_null(6) ? std::nullopt : std::optional(ActionOutcome::ambiguous)});
    };
    const auto ran = database_->each(kOpenActions, read, environment);
    if (!ran) return tl::unexpected(ran.error());
    return intents;
  });
}

// ----------------------------------------------------------------------- tenants

Result<void> SqlLedger::remember_users(std::string_view environment, std::string_view base_url, std::uint64_t users,
                                       Time now) {
  return transact(*database_, Access::write, [&]() -> Result<void> {
    const auto written = database_->change(kWriteTenant, environment, base_url, users, stored(now));
    if (!written) return tl::unexpected(written.error());
    return {};
  });
}

}  // namespace cipherform
