// What checks for drift came to, for Prometheus.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "cipherform/plan.h"

namespace cipherform {

/// One check of one environment.
struct DriftCheck {
  std::string environment;   ///< empty: not even that is known
  Time at{};                 ///< when it was made
  std::optional<Plan> plan;  ///< of add_drift(); nothing: there is none, because the check failed
};

/// Prometheus's text exposition format, version 0.0.4: gauges, in a fixed order; what is not
/// known is left out. docs/metrics.md has the names. No two checks may be of one environment.
std::string render_metrics(std::span<const DriftCheck> checks);

}  // namespace cipherform
