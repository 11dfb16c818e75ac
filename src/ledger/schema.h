// The ledger's file format: docs/ledger-format.md is its description.
#pragma once

#include <cstdint>

#include "cipherform/error.h"
#include "ledger/sqlite.h"

namespace cipherform {

/// PRAGMA application_id of a ledger: "CPFL".
inline constexpr std::int64_t kLedgerApplicationId = 0x4350464c;
/// PRAGMA user_version, or format.version in PostgreSQL: grows with every change that an older cipherform would
/// misread.
inline constexpr std::int64_t kLedgerFormatVersion = 2;

enum class LedgerFile : std::uint8_t {
  fresh,      ///< holds nothing yet
  version_1,  ///< a ledger of the first format
  current,    ///< a ledger of this format
};

/// That the ledger is for a later cipherform; `elsewhere` says how to name another one.
Error newer_format(std::int64_t version, const std::string& place, std::string_view elsewhere);

/// What the file is; an error where it is somebody else's, or from a newer cipherform.
Result<LedgerFile> identify(sqlite::Database& database);
/// Makes the tables, or brings those of version 1 to this format, in one transaction;
/// nothing to do where another process was faster.
Result<void> update_tables(sqlite::Database& database);

}  // namespace cipherform
