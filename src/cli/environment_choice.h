// Which environment a command works on, and the way into its tenant.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "cipherform/config.h"
#include "cipherform/ledger.h"
#include "cipherform/tenant.h"
#include "cli/options.h"

namespace cipherform::cli {

/// The one named; without a name the only one. Else ErrorKind::usage, which lists them.
Result<Environment> choose_environment(const std::vector<Environment>& environments,
                                       const std::optional<std::string>& name);

/// `error` of one of several environments, saying which.
Error of_environment(std::string_view name, Error error);

/// `--state-dir`, or .cipherform in the project.
std::filesystem::path state_directory(const Invocation& invocation);
/// `--ledger`, the environment's `ledger`, or the file in the state directory.
LedgerPlace ledger_place(const Environment& environment, const Invocation& invocation);

/// What a command needs to talk to a tenant.
struct TenantAccess {
  Environment environment;
  std::unique_ptr<Clock> clock;
  std::unique_ptr<Transport> transport;
  std::unique_ptr<std::mt19937_64> random;
  std::unique_ptr<TenantLink> link;
  ReadOptions read;
  std::optional<KnownTenant> known_tenant;  ///< what the ledger says is behind the environment
};

/// Finds the key and connects. Sends nothing.
Result<TenantAccess> open_tenant(const Environment& environment, const Invocation& invocation,
                                 const Variables& variables);

}  // namespace cipherform::cli
