// When the next request of a tenant may leave: one gate for all conversations with it.
#pragma once

#include <chrono>

#include "cipherform/tenant.h"

namespace cipherform {

class RequestGate {
 public:
  explicit RequestGate(SteadyTime now) : opens_(now) {}

  /// Nothing starts before.
  SteadyTime opens() const { return opens_; }
  /// The answer that closed the gate.
  const HttpAnswer& closed_by() const { return closed_by_; }
  /// Closes the gate until `until`, if that is later than it opens now.
  void close(SteadyTime until, const HttpAnswer& answer) {
    if (until <= opens_) return;
    opens_ = until;
    closed_by_ = answer;
  }

 private:
  SteadyTime opens_;
  HttpAnswer closed_by_;
};

}  // namespace cipherform
