// The machine's clocks behind the Clock seam.
#include <chrono>
#include <memory>

#include "cipherform/tenant.h"

namespace cipherform {
namespace {

class SystemClock final : public Clock {
 public:
  Time now() const override { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }
  SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace

std::unique_ptr<Clock> system_clock() { return std::make_unique<SystemClock>(); }

}  // namespace cipherform
