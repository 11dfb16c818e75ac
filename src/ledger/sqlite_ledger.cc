// How two applies are kept apart: `epoch` grows with every new holder and never
// shrinks (a released lease keeps its row), and a transaction that records intents
// first checks, under SQLite's write lock, that the holder's epoch is the ledger's and
// has not expired. So an apply that was stopped past its lease cannot start a request,
// however late it wakes up.
#include "ledger/sqlite_ledger.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <utility>

namespace cipherform {
namespace {

std::int64_t to_integer(Time time) { return time.time_since_epoch().count(); }
Time to_time(std::int64_t value) { return Time{std::chrono::milliseconds{value}}; }
/// Times that we write: from 1970 until the last year that RFC 3339 knows.
bool is_time(std::int64_t value) {
  constexpr Time end{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}};
  return value >= 0 && value < to_integer(end);
}

Error damaged(std::string what, const std::string& file) {
  return {.kind = ErrorKind::ledger,
          .what = "the ledger is damaged: " + std::move(what),
          .where = file,
          .hint = "move it away to go on with an empty ledger: the tenant is always read again, only history is lost"};
}

std::string describe(const Holder& holder, Time since) {
  return fmt::format("{}@{} (pid {}) since {}", holder.user, holder.host, holder.pid, format_rfc3339(since));
}

Error lost_lease(std::string what) {
  return {.kind = ErrorKind::locked,
          .what = std::move(what),
          .where = {},
          .hint = "nothing more is sent; apply again to continue from what the tenant has then"};
}

/// The statements, with the members of SqliteLedger that hold them.
constexpr const char* kFindLease = "SELECT epoch, user, host, pid, since, expires FROM leases WHERE environment = ?1";
constexpr const char* kWriteLease =
    "INSERT INTO leases (environment, epoch, user, host, pid, since, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
    "ON CONFLICT (environment) DO UPDATE SET epoch = excluded.epoch, user = excluded.user, host = excluded.host, "
    "pid = excluded.pid, since = excluded.since, expires = excluded.expires";
constexpr const char* kProlongLease = "UPDATE leases SET expires = ?2 WHERE environment = ?1";
constexpr const char* kReleaseLease = "UPDATE leases SET expires = NULL WHERE environment = ?1 AND epoch = ?2";
constexpr const char* kInsertRun =
    "INSERT INTO runs (environment, epoch, user, host, pid, base_url, tool_version, planned_at, declaration_digest, "
    "live_digest, creates, adds, removes, started_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
constexpr const char* kFinishRun = "UPDATE runs SET finished_at = ?2, result = ?3 WHERE id = ?1";
/// An action that has an outcome is open again when it is intended again.
constexpr const char* kInsertAction =
    "INSERT INTO actions (run, action_id, kind, email, group_name, intended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
    "ON CONFLICT (run, action_id) DO UPDATE SET intended_at = excluded.intended_at, outcome = NULL, "
    "outcome_at = NULL, detail = '' WHERE outcome IS NOT NULL";
constexpr const char* kWriteOutcome =
    "UPDATE actions SET outcome = ?3, outcome_at = ?4, detail = ?5 WHERE run = ?1 AND action_id = ?2";
/// Of the run that goes on under the current lease nothing was left open by a crash.
constexpr const char* kOpenActions =
    "SELECT a.action_id, a.kind, a.email, a.group_name, a.run, a.intended_at, a.outcome IS NOT NULL "
    "FROM runs r JOIN leases l USING (environment) JOIN actions a ON a.run = r.id WHERE r.environment = ?1 "
    "AND (a.outcome IS NULL OR (a.outcome = 'ambiguous' AND a.kind = 'create_user')) "
    "AND (r.epoch < l.epoch OR l.expires IS NULL) ORDER BY a.run, a.id";
constexpr const char* kWriteTenant =
    "INSERT INTO tenants (environment, base_url, users, read_at) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT (environment, base_url) DO UPDATE SET users = excluded.users, read_at = excluded.read_at";
constexpr const char* kFindTenant = "SELECT users FROM tenants WHERE environment = ?1 AND base_url = ?2";

}  // namespace

Result<std::optional<std::uint64_t>> read_known_users(const sqlite::Database& database, std::string_view environment,
                                                      std::string_view base_url) {
  auto statement = database.prepare(kFindTenant);
  if (!statement) return tl::unexpected(std::move(statement.error()));
  std::optional<std::int64_t> users;
  auto ran = statement->each([&](const sqlite::Row& row) { users = row.integer(0); }, environment, base_url);
  if (!ran) return tl::unexpected(std::move(ran.error()));
  if (!users) return std::nullopt;
  if (*users < 0) {
    return tl::unexpected(
        damaged(fmt::format("{} has a number of users that cannot be", environment), database.file()));
  }
  return static_cast<std::uint64_t>(*users);
}

Result<std::unique_ptr<Ledger>> SqliteLedger::attach(std::unique_ptr<sqlite::Database> database, LedgerSeams seams) {
  std::unique_ptr<SqliteLedger> ledger(new SqliteLedger(std::move(database), std::move(seams)));
  if (auto prepared = ledger->prepare(); !prepared) return tl::unexpected(std::move(prepared.error()));
  return ledger;
}

Result<void> SqliteLedger::prepare() {
  const std::array<std::pair<sqlite::Statement*, const char*>, 10> statements{{
      {&find_lease_, kFindLease},
      {&write_lease_, kWriteLease},
      {&prolong_lease_, kProlongLease},
      {&release_lease_, kReleaseLease},
      {&insert_run_, kInsertRun},
      {&finish_run_, kFinishRun},
      {&insert_action_, kInsertAction},
      {&write_outcome_, kWriteOutcome},
      {&open_actions_, kOpenActions},
      {&write_tenant_, kWriteTenant},
  }};
  for (const auto& [member, sql] : statements) {
    auto statement = database_->prepare(sql);
    if (!statement) return tl::unexpected(std::move(statement.error()));
    *member = std::move(*statement);
  }
  return {};
}

Result<void> SqliteLedger::require_change(const std::string& otherwise) const {
  if (database_->changes() > 0) return {};
  return tl::unexpected(Error{.kind = ErrorKind::ledger, .what = otherwise, .where = database_->file(), .hint = {}});
}

// ------------------------------------------------------------------------ leases

Result<std::optional<SqliteLedger::LeaseRow>> SqliteLedger::find_lease(std::string_view environment) {
  std::optional<LeaseRow> found;
  bool possible = true;
  auto ran = find_lease_.each(
      [&](const sqlite::Row& row) {
        possible = row.integer(0) >= 0 && row.integer(0) < std::numeric_limits<std::int64_t>::max() &&
                   is_time(row.integer(4)) && (row.is_null(5) || is_time(row.integer(5)));
        found = LeaseRow{.epoch = row.integer(0),
                         .holder = {std::string(row.text(1)), std::string(row.text(2)), row.integer(3)},
                         .since = to_time(row.integer(4)),
                         .expires = row.is_null(5) ? std::nullopt : std::optional(to_time(row.integer(5)))};
      },
      environment);
  if (!ran) return tl::unexpected(std::move(ran.error()));
  if (!possible) {
    return tl::unexpected(
        damaged(fmt::format("the lease of {} has a number that cannot be", environment), database_->file()));
  }
  return found;
}

bool SqliteLedger::may_take_over(const LeaseRow& row, const Holder& holder, Time now) const {
  if (!row.expires || *row.expires <= now) return true;
  return row.holder.host == holder.host && !is_alive_(row.holder.pid);
}

Result<Lease> SqliteLedger::acquire(std::string_view environment, const Holder& holder, Time now) {
  return sqlite::transact(*database_, [&]() -> Result<Lease> {
    auto found = find_lease(environment);
    if (!found) return tl::unexpected(std::move(found.error()));
    const std::optional<LeaseRow>& row = *found;
    if (row && !may_take_over(*row, holder, now)) {
      return tl::unexpected(
          Error{.kind = ErrorKind::locked,
                .what = fmt::format("{} is being applied by {}", environment, describe(row->holder, row->since)),
                .where = {},
                .hint = fmt::format("wait until it ends, or let cipherform wait with --lock-timeout; if that process "
                                    "is gone, its lock ends by itself at {}",
                                    format_rfc3339(*row->expires))});
    }
    const Lease lease{std::string(environment), row ? row->epoch + 1 : 1, lease_time_};
    auto written = write_lease_.run(environment, lease.epoch, holder.user, holder.host, holder.pid, to_integer(now),
                                    to_integer(now + lease_time_));
    if (!written) return tl::unexpected(std::move(written.error()));
    return lease;
  });
}

Result<SqliteLedger::LeaseRow> SqliteLedger::check_lease(const Lease& lease, Time now) {
  auto found = find_lease(lease.environment);
  if (!found) return tl::unexpected(std::move(found.error()));
  const std::optional<LeaseRow>& row = *found;
  if (!row) return tl::unexpected(lost_lease(fmt::format("nobody holds the lock of {}", lease.environment)));
  if (row->epoch != lease.epoch) {
    return tl::unexpected(lost_lease(
        fmt::format("the lock of {} was taken over by {}", lease.environment, describe(row->holder, row->since))));
  }
  if (!row->expires) return tl::unexpected(lost_lease(fmt::format("the lock of {} was released", lease.environment)));
  if (*row->expires <= now) {
    return tl::unexpected(lost_lease(fmt::format("the lock of {} expired at {}, before it was prolonged",
                                                 lease.environment, format_rfc3339(*row->expires))));
  }
  return *row;
}

Result<void> SqliteLedger::prolong(const Lease& lease, Time now) {
  if (auto row = check_lease(lease, now); !row) return tl::unexpected(std::move(row.error()));
  return prolong_lease_.run(lease.environment, to_integer(now + lease_time_));
}

Result<void> SqliteLedger::renew(const Lease& lease, Time now) {
  return sqlite::transact(*database_, [&] { return prolong(lease, now); });
}

Result<void> SqliteLedger::release(const Lease& lease) {
  // A lease that another took over is not ours to release, and needs no releasing.
  return sqlite::transact(*database_, [&] { return release_lease_.run(lease.environment, lease.epoch); });
}

// -------------------------------------------------------------------------- runs

Result<RunId> SqliteLedger::begin_run(const Lease& lease, const Plan& plan, Time now) {
  return sqlite::transact(*database_, [&]() -> Result<RunId> {
    auto row = check_lease(lease, now);
    if (!row) return tl::unexpected(std::move(row.error()));
    const PlanCounts counts = plan.counts();
    auto inserted =
        insert_run_.run(lease.environment, lease.epoch, row->holder.user, row->holder.host, row->holder.pid,
                        plan.base_url, plan.tool_version, to_integer(plan.created_at), plan.declaration_digest,
                        plan.live_digest, counts.create, counts.add, counts.remove, to_integer(now));
    if (!inserted) return tl::unexpected(std::move(inserted.error()));
    return database_->last_insert_id();
  });
}

Result<void> SqliteLedger::record_intents(RunId run, const Lease& lease, std::span<const Intent> intents, Time now) {
  return sqlite::transact(*database_, [&]() -> Result<void> {
    if (auto prolonged = prolong(lease, now); !prolonged) return prolonged;
    for (const Intent& intent : intents) {
      auto inserted =
          insert_action_.run(run, intent.action_id, intent.kind, intent.email, intent.group, to_integer(now));
      if (!inserted) return inserted;
    }
    return {};
  });
}

Result<void> SqliteLedger::record_outcomes(RunId run, std::span<const OutcomeRecord> outcomes, Time now) {
  return sqlite::transact(*database_, [&]() -> Result<void> {
    for (const OutcomeRecord& record : outcomes) {
      auto written =
          write_outcome_.run(run, record.action_id, to_string(record.outcome), to_integer(now), record.detail);
      if (!written) return written;
      auto known = require_change(fmt::format("no intent of action {} is recorded in run {}", record.action_id, run));
      if (!known) return known;
    }
    return {};
  });
}

Result<void> SqliteLedger::finish_run(RunId run, RunResult result, Time now) {
  return sqlite::transact(*database_, [&]() -> Result<void> {
    if (auto written = finish_run_.run(run, to_integer(now), to_string(result)); !written) return written;
    return require_change(fmt::format("run {} was never begun", run));
  });
}

Result<std::vector<Intent>> SqliteLedger::open_intents(std::string_view environment) {
  std::vector<Intent> intents;
  auto ran = open_actions_.each(
      [&](const sqlite::Row& row) {
        intents.push_back({.action_id = std::string(row.text(0)),
                           .kind = std::string(row.text(1)),
                           .email = std::string(row.text(2)),
                           .group = std::string(row.text(3)),
                           .run = row.integer(4),
                           .at = to_time(row.integer(5)),
                           .outcome = row.integer(6) == 0 ? std::nullopt : std::optional(ActionOutcome::ambiguous)});
      },
      environment);
  if (!ran) return tl::unexpected(std::move(ran.error()));
  return intents;
}

// ----------------------------------------------------------------------- tenants

Result<void> SqliteLedger::remember_users(std::string_view environment, std::string_view base_url, std::uint64_t users,
                                          Time now) {
  return sqlite::transact(*database_, [&] { return write_tenant_.run(environment, base_url, users, to_integer(now)); });
}

Result<std::optional<std::uint64_t>> SqliteLedger::known_users(std::string_view environment,
                                                               std::string_view base_url) {
  return read_known_users(*database_, environment, base_url);
}

}  // namespace cipherform
