// The tenant's API over sockets of our own, so that a fault plan can break what
// http_listener insists on doing right. In the way only where a sandbox has a fault plan
// or a control port.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sandbox/connection_server.h"
#include "sandbox/delay_line.h"
#include "sandbox/fault_plan.h"
#include "sandbox/statistics.h"
#include "sandbox/tenant_api.h"
#include "sandbox/wire_http.h"

namespace cipherform::sandbox {

/// Serves `api`, which must outlive it. The destructor answers what is in flight, and
/// executes at once what was to be executed later.
class TenantFront {
 public:
  TenantFront(TenantApi& api, Socket listener, std::chrono::milliseconds latency, Clocks clocks);

  FaultSchedule& faults() { return faults_; }
  std::string statistics() const { return statistics_.json(faults_.counts()); }

 private:
  class InFlight;

  void serve(const Connection& connection);
  bool exchange(const Connection& connection, const WireRequest& request);
  bool exchange_badly(const Connection& connection, const WireRequest& request, std::string_view operation,
                      const Fault& fault, InFlight& in_flight);
  ApiAnswer execute(const WireRequest& request, std::string_view operation);
  ApiAnswer execute_as_told(const Connection& connection, WireRequest request, std::string_view operation,
                            const Fault& fault);
  /// Counts what is about to be sent, which asks to wait for so long.
  void note_answer(const Connection& connection, unsigned status, std::optional<std::chrono::milliseconds> wait);

  TenantApi& api_;
  std::chrono::milliseconds latency_;
  Clocks clocks_;
  FaultSchedule faults_;
  Statistics statistics_;
  DelayLine later_;
  ConnectionServer server_;  // last: its threads use all the others
};

/// Sends `answer` as the fault wants it; false: the connection is over.
bool deliver(const Connection& connection, const WireAnswer& answer, const Fault& fault);

}  // namespace cipherform::sandbox
