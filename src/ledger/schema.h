// The ledger's file format: docs/ledger-format.md is its description.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cipherform/error.h"
#include "ledger/sqlite.h"

namespace cipherform {

/// PRAGMA application_id of a ledger: "CPFL".
inline constexpr std::int64_t kLedgerApplicationId = 0x4350464c;
/// PRAGMA user_version, or format.version in PostgreSQL: grows with every change that an older cipherform would
/// misread.
inline constexpr std::int64_t kLedgerFormatVersion = 4;
/// Of a file that holds nothing yet.
inline constexpr std::int64_t kNoLedger = 0;

/// What brings format 2 to 3, in both databases.
inline constexpr const char* kFormat3 =
    "ALTER TABLE leases ADD COLUMN machine TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE actions ADD COLUMN asked_groups TEXT NOT NULL DEFAULT '';";

/// What brings format 3 to 4. The databases differ in how they spell a 64-bit integer, a key
/// that grows by itself, and what they put after a table.
struct SqlDialect {
  std::string_view integer;
  std::string_view growing_key;
  std::string_view table_options;
};
std::string format_4(const SqlDialect& dialect);

/// That the ledger is for a later cipherform; `elsewhere` says how to name another one.
Error newer_format(std::int64_t version, const std::string& place, std::string_view elsewhere);

/// The file's format, or kNoLedger; an error where it is somebody else's, or from a newer cipherform.
Result<std::int64_t> identify(sqlite::Database& database);
/// Makes the tables, or brings those of an older format to this one, in one transaction;
/// nothing to do where another process was faster.
Result<void> update_tables(sqlite::Database& database);

}  // namespace cipherform
