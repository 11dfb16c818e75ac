#include <algorithm>

#include "cipherform/tenant.h"
#include "tenant/request_gate.h"

namespace cipherform {

TenantLink::TenantLink(Transport& transport, const Clock& clock, std::mt19937_64& random, Options options)
    : transport_(&transport),
      clock_(&clock),
      random_(&random),
      options_(options),
      gate_(std::make_unique<RequestGate>(
          clock.steady(), RequestGate::Limits{options.retry, options.parallelism, options.requests_per_second})) {
  options_.parallelism = std::max(1U, options_.parallelism);
}

TenantLink::~TenantLink() = default;
TenantLink::TenantLink(TenantLink&&) noexcept = default;

}  // namespace cipherform
