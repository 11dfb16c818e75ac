// The ledger as it is read: runs, their actions, and who holds a lease.
#include <fmt/format.h>

#include <utility>

#include "ledger/sql_ledger.h"

namespace cipherform {
namespace {

using sql::Access;
using sql::Row;
using sql::transact;

/// Of one environment or all (''), of one id or all (0). A lease is shown with the run
/// that has no end and still holds it.
constexpr const char* kRuns =
    "SELECT r.id, r.environment, r.epoch, r.\"user\", r.host, r.pid, r.base_url, r.tool_version, r.planned_at, "
    "r.declaration_digest, r.live_digest, r.creates, r.adds, r.removes, "
    "(SELECT count(*) FROM actions a WHERE a.run = r.id), "
    "(SELECT count(*) FROM actions a WHERE a.run = r.id AND a.outcome = 'done'), "
    "r.started_at, r.finished_at, r.result, "
    "CASE WHEN r.finished_at IS NULL AND l.epoch = r.epoch THEN l.expires END "
    "FROM runs r JOIN leases l ON l.environment = r.environment "
    "WHERE (r.environment = ?1 OR ?1 = '') AND (r.id = ?2 OR ?2 = 0) ORDER BY r.id DESC LIMIT ?3";

constexpr const char* kActions =
    "SELECT action_id, kind, email, group_name, intended_at, attempts, outcome, outcome_at, detail "
    "FROM actions WHERE run = ?1 ORDER BY id";
/// Format 1 did not count.
constexpr const char* kActionsOfVersion1 =
    "SELECT action_id, kind, email, group_name, intended_at, 1, outcome, outcome_at, detail "
    "FROM actions WHERE run = ?1 ORDER BY id";
constexpr const char* kFindHolder =
    "SELECT \"user\", host, pid, since, expires, epoch FROM leases WHERE environment = ?1 AND expires > ?2";
constexpr const char* kFindTenant = "SELECT users FROM tenants WHERE environment = ?1 AND base_url = ?2";

}  // namespace

RunRecord SqlLedger::run_in(const Row& row) const {
  RunRecord run;
  run.id = row.integer(0);
  run.environment = row.text(1);
  run.epoch = row.integer(2);
  run.holder = {std::string(row.text(3)), std::string(row.text(4)), row.integer(5)};
  run.base_url = row.text(6);
  run.tool_version = row.text(7);
  run.planned_at = time_of(row.integer(8));
  run.declaration_digest = row.text(9);
  run.live_digest = row.text(10);
  run.creates = static_cast<std::uint64_t>(row.integer(11));
  run.adds = static_cast<std::uint64_t>(row.integer(12));
  run.removes = static_cast<std::uint64_t>(row.integer(13));
  run.intended = static_cast<std::uint64_t>(row.integer(14));
  run.done = static_cast<std::uint64_t>(row.integer(15));
  run.started_at = time_of(row.integer(16));
  run.finished_at = time_in(row, 17);
  run.result = run_result_of(row.text(18));
  run.lease_until = time_in(row, 19);
  return run;
}

Result<std::vector<RunRecord>> SqlLedger::runs(std::string_view environment, std::size_t most) {
  return transact(*database_, Access::read, [&]() -> Result<std::vector<RunRecord>> {
    std::vector<RunRecord> runs;
    const auto read = [&](const Row& row) { runs.push_back(run_in(row)); };
    const auto ran = database_->each(kRuns, read, environment, 0, most);
    if (!ran) return tl::unexpected(ran.error());
    return runs;
  });
}

Result<std::optional<RunRecord>> SqlLedger::find_run(RunId id) {
  if (id <= 0) return std::nullopt;
  return transact(*database_, Access::read, [&]() -> Result<std::optional<RunRecord>> {
    std::optional<RunRecord> run;
    const auto ran = database_->each(
        kRuns, [&](const Row& row) { run = run_in(row); }, std::string_view{}, id, 1);
    if (!ran) return tl::unexpected(ran.error());
    return run;
  });
}

std::optional<ActionRecord> SqlLedger::action_in(const Row& row) const {
  ActionRecord action;
  action.action_id = row.text(0);
  action.kind = row.text(1);
  action.email = row.text(2);
  action.group = row.text(3);
  action.intended_at = time_of(row.integer(4));
  action.attempts = row.integer(5);
  if (!row.is_null(6)) {
    action.outcome = action_outcome_of(row.text(6));
    if (!action.outcome) return std::nullopt;
  }
  action.outcome_at = time_in(row, 7);
  action.detail = row.text(8);
  return action;
}

Result<std::vector<ActionRecord>> SqlLedger::actions(RunId run) {
  return transact(*database_, Access::read, [&]() -> Result<std::vector<ActionRecord>> {
    std::vector<ActionRecord> actions;
    bool readable = true;
    const auto read = [&](const Row& row) {
      auto action = action_in(row);
      readable = readable && action;
      if (action) actions.push_back(std::move(*action));
    };
    const auto ran = database_->each(format_ == 1 ? kActionsOfVersion1 : kActions, read, run);
    if (!ran) return tl::unexpected(ran.error());
    if (!readable) return tl::unexpected(nothing_changed("the ledger holds an outcome that it cannot hold"));
    return actions;
  });
}

Result<std::optional<LeaseHolder>> SqlLedger::holder_of(std::string_view environment, Time now) {
  return transact(*database_, Access::read, [&]() -> Result<std::optional<LeaseHolder>> {
    std::optional<LeaseHolder> found;
    const auto read = [&](const Row& row) {
      found = LeaseHolder{.holder = {std::string(row.text(0)), std::string(row.text(1)), row.integer(2)},
                          .since = time_of(row.integer(3)),
                          .until = time_of(row.integer(4)),
                          .epoch = row.integer(5)};
    };
    const auto ran = database_->each(kFindHolder, read, environment, stored(now));
    if (!ran) return tl::unexpected(ran.error());
    return found;
  });
}

Result<std::optional<std::uint64_t>> SqlLedger::known_users(std::string_view environment, std::string_view base_url) {
  return transact(*database_, Access::read, [&]() -> Result<std::optional<std::uint64_t>> {
    std::optional<std::int64_t> users;
    const auto read = [&](const Row& row) { users = row.integer(0); };
    const auto ran = database_->each(kFindTenant, read, environment, base_url);
    if (!ran) return tl::unexpected(ran.error());
    if (!users) return std::nullopt;
    if (*users < 0) return tl::unexpected(damaged(fmt::format("{} has a number of users that cannot be", environment)));
    return static_cast<std::uint64_t>(*users);
  });
}

}  // namespace cipherform
