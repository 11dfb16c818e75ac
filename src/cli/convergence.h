// What an apply leaves in the ledger beside its run: which tenant it was, and that it
// converged.
#pragma once

#include <optional>

#include "cipherform/ledger.h"
#include "cli/environment_choice.h"

namespace cipherform::cli {

/// Which tenant was read; nothing where the read was not proved complete.
std::optional<TenantIdentity> identity_of(const Environment& environment, const LiveState& live, Time now);
/// Keeps `seen` in place of what the ledger has, so that owners who come and go one by one are
/// followed. To be called once another tenant is acknowledged, and before anything is sent.
Result<void> remember_tenant(Ledger& ledger, const TenantAccess& access, const std::optional<TenantIdentity>& seen);

/// Records a receipt and the roster, where `left`, the plan for `live`, is of everything, as of
/// now, and empty, with nothing blocked, and `live` is proved.
Result<void> record_convergence(Ledger& ledger, const TenantAccess& access, const Plan& left, const LiveState& live,
                                std::optional<RunId> run);

}  // namespace cipherform::cli
