#include "ledger/postgres_schema.h"

#include <fmt/format.h>

#include <utility>

#include "ledger/schema.h"

namespace cipherform {
namespace {

constexpr const char* kTables = R"sql(
CREATE SCHEMA IF NOT EXISTS cipherform;

CREATE TABLE format (
  version BIGINT NOT NULL
);

CREATE TABLE leases (
  environment TEXT NOT NULL PRIMARY KEY,
  epoch BIGINT NOT NULL,
  "user" TEXT NOT NULL,
  host TEXT NOT NULL,
  pid BIGINT NOT NULL,
  since BIGINT NOT NULL,
  expires BIGINT
);

CREATE TABLE runs (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  environment TEXT NOT NULL REFERENCES leases (environment),
  epoch BIGINT NOT NULL,
  "user" TEXT NOT NULL,
  host TEXT NOT NULL,
  pid BIGINT NOT NULL,
  base_url TEXT NOT NULL,
  tool_version TEXT NOT NULL,
  planned_at BIGINT NOT NULL,
  declaration_digest TEXT NOT NULL,
  live_digest TEXT NOT NULL,
  creates BIGINT NOT NULL,
  adds BIGINT NOT NULL,
  removes BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT,
  result TEXT CHECK (result IN ('converged', 'partial', 'failed', 'interrupted'))
);
CREATE INDEX runs_by_environment ON runs (environment, id);

CREATE TABLE actions (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run BIGINT NOT NULL REFERENCES runs (id),
  action_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('create_user', 'add_member', 'remove_member')),
  email TEXT NOT NULL,
  group_name TEXT NOT NULL,
  intended_at BIGINT NOT NULL,
  outcome TEXT CHECK (outcome IN ('done', 'refused', 'throttled', 'not_sent', 'ambiguous', 'absent', 'skipped')),
  outcome_at BIGINT,
  detail TEXT NOT NULL DEFAULT '',
  attempts BIGINT NOT NULL DEFAULT 1,
  UNIQUE (run, action_id)
);
CREATE INDEX open_actions ON actions (run, id) WHERE outcome IS NULL OR outcome = 'ambiguous';

CREATE TABLE tenants (
  environment TEXT NOT NULL,
  base_url TEXT NOT NULL,
  users BIGINT NOT NULL,
  read_at BIGINT NOT NULL,
  PRIMARY KEY (environment, base_url)
);
)sql";

Error foreign_schema(const std::string& place) {
  return {.kind = ErrorKind::ledger,
          .what = "the schema cipherform is not a cipherform ledger",
          .where = place,
          .hint = "name another database with --ledger"};
}

/// The format of the ledger's tables, or kNoLedger; an error where they are somebody else's, or
/// from a newer cipherform. Inside a transaction.
Result<std::int64_t> identify(postgres::Database& database) {
  std::int64_t tables = 0;
  std::int64_t formats = 0;
  const auto counted = database.each(
      "SELECT count(*), count(*) FILTER (WHERE tablename = 'format') FROM pg_catalog.pg_tables "
      "WHERE schemaname = 'cipherform'",
      [&](const sql::Row& row) {
        tables = row.integer(0);
        formats = row.integer(1);
      });
  if (!counted) return tl::unexpected(counted.error());
  if (tables == 0) return kNoLedger;
  if (formats == 0) return tl::unexpected(foreign_schema(database.place()));
  std::int64_t version = 0;
  const auto read = database.each("SELECT version FROM format", [&](const sql::Row& row) { version = row.integer(0); });
  if (!read) return tl::unexpected(read.error());
  if (version > kLedgerFormatVersion) {
    return tl::unexpected(newer_format(version, database.place(), "database with --ledger"));
  }
  // Format 1 was never in PostgreSQL.
  if (version < 2) return tl::unexpected(foreign_schema(database.place()));
  return version;
}

/// Makes the tables, or brings those of an older format to this one, if no other process was faster.
Result<void> update_tables(postgres::Database& database) {
  return sql::transact(database, sql::Access::write, [&]() -> Result<void> {
    const auto found = identify(database);
    if (!found) return tl::unexpected(found.error());
    if (*found == kLedgerFormatVersion) return {};
    std::string script;
    if (*found == kNoLedger) script = fmt::format("{}INSERT INTO format (version) VALUES (0);", kTables);
    if (*found < 3) script += kFormat3;
    if (*found < 4) {
      script += format_4(
          {.integer = "BIGINT", .growing_key = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", .table_options = ""});
    }
    return database.execute(fmt::format("{}UPDATE format SET version = {};", script, kLedgerFormatVersion));
  });
}

}  // namespace

Result<PostgresLedger> open_postgres(const std::string& url, postgres::Options options) {
  const sql::Access access = options.access;
  auto opened = postgres::Database::connect(url, std::move(options));
  if (!opened) return tl::unexpected(std::move(opened.error()));
  postgres::Database& database = **opened;
  const auto found = sql::transact(database, sql::Access::read, [&] { return identify(database); });
  if (!found) return tl::unexpected(found.error());
  if (access == sql::Access::read && *found == kNoLedger) return PostgresLedger{};
  if (access == sql::Access::read || *found == kLedgerFormatVersion) return PostgresLedger{std::move(*opened), *found};
  if (auto made = update_tables(database); !made) return tl::unexpected(std::move(made.error()));
  return PostgresLedger{std::move(*opened), kLedgerFormatVersion};
}

}  // namespace cipherform
