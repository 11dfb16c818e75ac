// A tenant from nothing: the seed's groups and users, and generated ones.
#pragma once

#include <cstdint>

#include "cipherform/error.h"
#include "cipherform/tenant_seed.h"
#include "sandbox/emulated_tenant.h"

namespace cipherform::sandbox {

/// The same arguments make the same tenant, ids and times included. Fails on a seed
/// that breaks a rule of the tenant (ErrorKind::declaration).
Result<EmulatedTenant> make_tenant(const TenantSeed& seed, std::uint64_t generated_users);

}  // namespace cipherform::sandbox
