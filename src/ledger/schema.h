// The ledger's file format: docs/ledger-format.md is its description.
#pragma once

#include <cstdint>

#include "cipherform/error.h"
#include "ledger/sqlite.h"

namespace cipherform {

/// PRAGMA application_id of a ledger: "CPFL".
inline constexpr std::int64_t kLedgerApplicationId = 0x4350464c;
/// PRAGMA user_version: grows with every change that an older cipherform would misread.
inline constexpr std::int64_t kLedgerFormatVersion = 1;

enum class LedgerFile : std::uint8_t {
  fresh,    ///< holds nothing yet
  current,  ///< a ledger of this format
};

/// What the file is; an error where it is somebody else's, or from a newer cipherform.
Result<LedgerFile> identify(const sqlite::Database& database);
/// Makes the tables, unless another process was faster.
Result<void> create_tables(const sqlite::Database& database);

}  // namespace cipherform
