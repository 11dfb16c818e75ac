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
  UNIQUE (run, action_id)
) STRICT;
CREATE INDEX open_actions ON actions (run, id) WHERE outcome IS NULL OR outcome = 'ambiguous';

CREATE TABLE tenants (
  environment TEXT NOT NULL,
  base_url TEXT NOT NULL,
  users INTEGER NOT NULL,
  read_at INTEGER NOT NULL,
  PRIMARY KEY (environment, base_url)
) STRICT, WITHOUT ROWID;
)sql";

Error foreign_file(const std::string& file) {
  return {.kind = ErrorKind::ledger,
          .what = "the file is not a cipherform ledger",
          .where = file,
          .hint = "name another state directory with --state-dir, or move the file away"};
}

}  // namespace

Result<LedgerFile> identify(const sqlite::Database& database) {
  std::int64_t application = 0;
  std::int64_t version = 0;
  std::int64_t tables = 0;
  // One statement: another process may be making the tables right now.
  auto statement = database.prepare(
      "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), "
      "(SELECT count(*) FROM sqlite_schema)");
  if (!statement) return tl::unexpected(std::move(statement.error()));
  auto ran = statement->each([&](const sqlite::Row& row) {
    application = row.integer(0);
    version = row.integer(1);
    tables = row.integer(2);
  });
  if (!ran) return tl::unexpected(std::move(ran.error()));
  if (application == 0 && version == 0 && tables == 0) return LedgerFile::fresh;
  if (application != kLedgerApplicationId || version < 1) return tl::unexpected(foreign_file(database.file()));
  if (version > kLedgerFormatVersion) {
    return tl::unexpected(Error{
        .kind = ErrorKind::ledger,
        .what = fmt::format("the ledger was written by a newer cipherform: it has format {}, this one reads up to {}",
                            version, kLedgerFormatVersion),
        .where = database.file(),
        .hint = "update cipherform, or name another state directory with --state-dir"});
  }
  return LedgerFile::current;
}

Result<void> create_tables(const sqlite::Database& database) {
  return sqlite::transact(database, [&]() -> Result<void> {
    const auto found = identify(database);
    if (!found) return tl::unexpected(found.error());
    if (*found == LedgerFile::current) return {};
    if (auto made = database.execute(kTables); !made) return made;
    return database.execute(
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", kLedgerApplicationId, kLedgerFormatVersion)
            .c_str());
  });
}

}  // namespace cipherform
