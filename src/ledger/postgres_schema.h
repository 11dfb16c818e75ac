// The ledger's tables in PostgreSQL: the schema `cipherform`, as docs/ledger-format.md
// describes it.
#pragma once

#include <memory>
#include <string>

#include "ledger/postgres.h"

namespace cipherform {

/// Connects, and makes the tables where there are none. For Access::read it makes nothing,
/// and gives null where there are none.
Result<std::unique_ptr<postgres::Database>> open_postgres(const std::string& url, postgres::Options options);

}  // namespace cipherform
