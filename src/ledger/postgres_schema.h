// The ledger's tables in PostgreSQL: the schema `cipherform`, as docs/ledger-format.md
// describes it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "ledger/postgres.h"

namespace cipherform {

struct PostgresLedger {
  std::unique_ptr<postgres::Database> database;  ///< null: there are no tables
  std::int64_t format = 0;                       ///< of the tables
};

/// Connects, and makes the tables where there are none, or brings them to the newest format.
/// For Access::read it makes and changes nothing.
Result<PostgresLedger> open_postgres(const std::string& url, postgres::Options options);

}  // namespace cipherform
