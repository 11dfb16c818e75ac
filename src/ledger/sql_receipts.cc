// What the ledger knows of the tenants behind the environments: which they are, which
// declarations they were seen to match, and who was in them then.
#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "ledger/lines.h"
#include "ledger/sql_ledger.h"

namespace cipherform {
namespace {

using sql::Access;
using sql::Row;
using sql::transact;

/// A LIMIT that both databases take.
constexpr std::size_t kMost = std::numeric_limits<std::int64_t>::max();
/// Older formats have no table for any of this.
constexpr std::int64_t kSinceFormat = 4;

constexpr const char* kWriteIdentity =
    "INSERT INTO identities (environment, base_url, owners, recorded_at) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT (environment) DO UPDATE SET base_url = excluded.base_url, owners = excluded.owners, "
    "recorded_at = excluded.recorded_at";
constexpr const char* kFindIdentity = "SELECT base_url, owners, recorded_at FROM identities WHERE environment = ?1";
constexpr const char* kInsertReceipt =
    "INSERT INTO receipts (environment, base_url, declaration_digest, live_digest, converged_at, run) "
    "VALUES (?1, ?2, ?3, ?4, ?5, NULLIF(?6, 0))";
constexpr const char* kReceipts =
    "SELECT environment, base_url, declaration_digest, live_digest, converged_at, run FROM receipts "
    "WHERE environment = ?1 ORDER BY id DESC LIMIT ?2";
constexpr const char* kWriteRoster =
    "INSERT INTO rosters (environment, base_url, converged_at, people) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT (environment, base_url) DO UPDATE SET converged_at = excluded.converged_at, people = excluded.people";
constexpr const char* kFindRoster = "SELECT converged_at, people FROM rosters WHERE environment = ?1 AND base_url = ?2";

}  // namespace

Result<void> SqlLedger::remember_identity(std::string_view environment, const TenantIdentity& identity) {
  const std::string owners = lines_of(identity.owners);
  return transact(*database_, Access::write, [&]() -> Result<void> {
    const auto written =
        database_->change(kWriteIdentity, environment, identity.base_url, owners, stored(identity.recorded_at));
    if (!written) return tl::unexpected(written.error());
    return {};
  });
}

Result<std::optional<TenantIdentity>> SqlLedger::identity(std::string_view environment) {
  if (format_ < kSinceFormat) return std::nullopt;
  return transact(*database_, Access::read, [&]() -> Result<std::optional<TenantIdentity>> {
    std::optional<TenantIdentity> found;
    const auto read = [&](const Row& row) {
      found = TenantIdentity{.base_url = std::string(row.text(0)),
                             .owners = texts_of(row.text(1)),
                             .recorded_at = time_of(row.integer(2))};
    };
    const auto ran = database_->each(kFindIdentity, read, environment);
    if (!ran) return tl::unexpected(ran.error());
    return found;
  });
}

Result<void> SqlLedger::record_receipt(const Receipt& receipt, const Roster& roster) {
  const std::string people = lines_of(roster.people);
  return transact(*database_, Access::write, [&]() -> Result<void> {
    const auto inserted =
        database_->change(kInsertReceipt, receipt.environment, receipt.base_url, receipt.declaration_digest,
                          receipt.live_digest, stored(receipt.converged_at), receipt.run.value_or(0));
    if (!inserted) return tl::unexpected(inserted.error());
    const auto written =
        database_->change(kWriteRoster, receipt.environment, receipt.base_url, stored(roster.converged_at), people);
    if (!written) return tl::unexpected(written.error());
    return {};
  });
}

Result<std::vector<Receipt>> SqlLedger::receipts(std::string_view environment, std::size_t most) {
  if (format_ < kSinceFormat) return std::vector<Receipt>{};
  return transact(*database_, Access::read, [&]() -> Result<std::vector<Receipt>> {
    std::vector<Receipt> receipts;
    const auto read = [&](const Row& row) {
      receipts.push_back({.environment = std::string(row.text(0)),
                          .base_url = std::string(row.text(1)),
                          .declaration_digest = std::string(row.text(2)),
                          .live_digest = std::string(row.text(3)),
                          .converged_at = time_of(row.integer(4)),
                          .run = row.is_null(5) ? std::nullopt : std::optional<RunId>(row.integer(5))});
    };
    const auto ran = database_->each(kReceipts, read, environment, std::min(most, kMost));
    if (!ran) return tl::unexpected(ran.error());
    return receipts;
  });
}

Result<std::optional<Roster>> SqlLedger::roster(std::string_view environment, std::string_view base_url) {
  if (format_ < kSinceFormat) return std::nullopt;
  // A million names take a while to tell apart: not within a transaction, which a server ends that waits.
  std::string people;
  auto found = transact(*database_, Access::read, [&]() -> Result<std::optional<Roster>> {
    std::optional<Roster> roster;
    const auto read = [&](const Row& row) {
      roster = Roster{.converged_at = time_of(row.integer(0)), .people = {}};
      people = row.text(1);
    };
    const auto ran = database_->each(kFindRoster, read, environment, base_url);
    if (!ran) return tl::unexpected(ran.error());
    return roster;
  });
  if (found && *found) (*found)->people = texts_of(people);
  return found;
}

}  // namespace cipherform
