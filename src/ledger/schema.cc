#include "ledger/schema.h"

#include <fmt/format.h>

#include <utility>

namespace cipherform {
namespace {

constexpr const char* kTables = R"sql(
CREATE TABLE leases (
  environment TEXT NOT NULL PRIMARY KEY,
  epoch INTEGER NOT NULL,
  user TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  since INTEGER NOT NULL,
  expires INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  environment TEXT NOT NULL REFERENCES leases (environment),
  epoch INTEGER NOT NULL,
  user TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  base_url TEXT NOT NULL,
  tool_version TEXT NOT NULL,
  planned_at INTEGER NOT NULL,
  declaration_digest TEXT NOT NULL,
  live_digest TEXT NOT NULL,
  creates INTEGER NOT NULL,
  adds INTEGER NOT NULL,
  removes INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  result TEXT CHECK (result IN ('converged', 'partial', 'failed', 'interrupted'))
) STRICT;
CREATE INDEX runs_by_environment ON runs (environment, id);

CREATE TABLE tenants (
  environment TEXT NOT NULL,
  base_url TEXT NOT NULL,
  users INTEGER NOT NULL,
  read_at INTEGER NOT NULL,
  PRIMARY KEY (environment, base_url)
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* kActionsAndReserve = R"sql(
CREATE TABLE actions (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (id),
  action_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('create_user', 'add_member', 'remove_member')),
  email TEXT NOT NULL,
  group_name TEXT NOT NULL,
  intended_at INTEGER NOT NULL,
  outcome TEXT CHECK (outcome IN ('done', 'refused', 'throttled', 'not_sent', 'ambiguous', 'absent', 'skipped')),
  outcome_at INTEGER,
  detail TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 1,
  UNIQUE (run, action_id)
) STRICT;
CREATE INDEX open_actions ON actions (run, id) WHERE outcome IS NULL OR outcome = 'ambiguous';

CREATE TABLE reserve (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  bytes BLOB NOT NULL
) STRICT;
)sql";

constexpr const char* kFormat4 = R"sql(
CREATE TABLE identities (
  environment TEXT NOT NULL PRIMARY KEY,
  base_url TEXT NOT NULL,
  owners TEXT NOT NULL,
  recorded_at {integer} NOT NULL
){options};

CREATE TABLE receipts (
  id {key},
  environment TEXT NOT NULL,
  base_url TEXT NOT NULL,
  declaration_digest TEXT NOT NULL,
  live_digest TEXT NOT NULL,
  converged_at {integer} NOT NULL,
  run {integer} REFERENCES runs (id)
){options};
CREATE INDEX receipts_by_environment ON receipts (environment, id);

CREATE TABLE rosters (
  environment TEXT NOT NULL,
  base_url TEXT NOT NULL,
  converged_at {integer} NOT NULL,
  people TEXT NOT NULL,
  PRIMARY KEY (environment, base_url)
){options};
)sql";

/// A CHECK cannot be altered, so version 1's actions move to a new table.
constexpr const char* kActionsOfVersion1 = R"sql(
DROP INDEX open_actions;
ALTER TABLE actions RENAME TO actions_1;
)sql";
constexpr const char* kMoveActions = R"sql(
INSERT INTO actions (id, run, action_id, kind, email, group_name, intended_at, outcome, outcome_at, detail)
  SELECT id, run, action_id, kind, email, group_name, intended_at, outcome, outcome_at, detail FROM actions_1;
DROP TABLE actions_1;
)sql";

Error foreign_file(const std::string& file) {
  return {.kind = ErrorKind::ledger,
          .what = "the file is not a cipherform ledger",
          .where = file,
          .hint = "name another state directory with --state-dir, or move the file away"};
}

}  // namespace

std::string format_4(const SqlDialect& dialect) {
  return fmt::format(kFormat4, fmt::arg("integer", dialect.integer), fmt::arg("key", dialect.growing_key),
                     fmt::arg("options", dialect.table_options));
}

Error newer_format(std::int64_t version, const std::string& place, std::string_view elsewhere) {
  return {.kind = ErrorKind::ledger,
          .what = fmt::format("the ledger was written by a newer cipherform: it has format {}, this one reads up to {}",
                              version, kLedgerFormatVersion),
          .where = place,
          .hint = fmt::format("update cipherform, or name another {}", elsewhere)};
}

Result<std::int64_t> identify(sqlite::Database& database) {
  std::int64_t application = 0;
  std::int64_t version = 0;
  std::int64_t tables = 0;
  // One statement: another process may be making the tables right now.
  auto ran = database.each(
      "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), "
      "(SELECT count(*) FROM sqlite_schema)",
      [&](const sql::Row& row) {
        application = row.integer(0);
        version = row.integer(1);
        tables = row.integer(2);
      });
  if (!ran) return tl::unexpected(std::move(ran.error()));
  if (application == 0 && version == 0 && tables == 0) return kNoLedger;
  if (application != kLedgerApplicationId || version < 1) return tl::unexpected(foreign_file(database.place()));
  if (version > kLedgerFormatVersion) {
    return tl::unexpected(newer_format(version, database.place(), "state directory with --state-dir"));
  }
  return version;
}

Result<void> update_tables(sqlite::Database& database) {
  return sql::transact(database, sql::Access::write, [&]() -> Result<void> {
    const auto found = identify(database);
    if (!found) return tl::unexpected(found.error());
    std::string script;
    if (*found == kNoLedger) script = fmt::format("{}{}", kTables, kActionsAndReserve);
    if (*found == 1) script = fmt::format("{}{}{}", kActionsOfVersion1, kActionsAndReserve, kMoveActions);
    if (*found < 3) script += kFormat3;
    if (*found < 4) {
      script += format_4(
          {.integer = "INTEGER", .growing_key = "INTEGER PRIMARY KEY AUTOINCREMENT", .table_options = " STRICT"});
    }
    if (script.empty()) return {};
    script += fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", kLedgerApplicationId,
                          kLedgerFormatVersion);
    return database.execute(script);
  });
}

}  // namespace cipherform
