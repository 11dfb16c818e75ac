#include "cli/convergence.h"

#include <utility>

namespace cipherform::cli {

std::optional<TenantIdentity> identity_of(const Environment& environment, const LiveState& live, Time now) {
  if (!live.proof.complete) return std::nullopt;
  return TenantIdentity{.base_url = environment.url, .owners = owner_ids(live), .recorded_at = now};
}

Result<void> remember_tenant(Ledger& ledger, const TenantAccess& access, const std::optional<TenantIdentity>& seen) {
  if (!seen) return {};
  const auto& known = access.known_tenant;
  const bool same_place = known && known->base_url == seen->base_url;
  if (same_place && known->owners == seen->owners) return {};
  return ledger.remember_identity(access.environment.name, *seen);
}

Result<void> record_convergence(Ledger& ledger, const TenantAccess& access, const Plan& left, const LiveState& live,
                                std::optional<RunId> run) {
  const bool whole = left.selection.everything() && !left.as_of;
  if (!whole || !left.empty() || !left.blocked.empty() || !live.proof.complete) return {};
  const Time now = access.clock->now();
  return ledger.record_receipt({.environment = access.environment.name,
                                .base_url = access.environment.url,
                                .declaration_digest = left.declaration_digest,
                                .live_digest = digest(live),
                                .converged_at = now,
                                .run = run},
                               roster_of(live, now));
}

}  // namespace cipherform::cli
