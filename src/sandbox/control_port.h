// The sandbox's second port: fault plans in, statistics out. Described in docs/sandbox.md.
#pragma once

#include <functional>
#include <string>

#include "sandbox/connection_server.h"
#include "sandbox/fault_plan.h"
#include "sandbox/tenant_front.h"

namespace cipherform::sandbox {

/// Controls `front`, which must outlive it.
class ControlPort {
 public:
  ControlPort(TenantFront& front, Socket listener);

 private:
  void serve(const Connection& connection);
  WireAnswer answer(const WireRequest& request);
  WireAnswer put_plan(const WireRequest& request);

  TenantFront& front_;
  ConnectionServer server_;
};

}  // namespace cipherform::sandbox
