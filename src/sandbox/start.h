// Starting a sandbox, with the seam for time that tests need.
#pragma once

#include <memory>

#include "cipherform/sandbox.h"
#include "sandbox/tenant_api.h"

namespace cipherform::sandbox {

/// As cipherform::start_sandbox, which passes the machine's clocks.
Result<std::unique_ptr<Sandbox>> start(SandboxOptions options, Clocks clocks);

}  // namespace cipherform::sandbox
