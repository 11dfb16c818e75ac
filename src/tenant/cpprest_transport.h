// The transport over cpprestsdk, as connect() builds it from checked options.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "cipherform/tenant.h"
#include "tenant/tls_trust.h"
#include "tenant/transport_proxy.h"
#include "tenant/url.h"

namespace cipherform {

struct CpprestSettings {
  BaseUrl base;
  std::string api_key;     ///< printable ASCII
  std::string user_agent;  ///< printable ASCII
  unsigned lanes = 32;     ///< at least 1
  std::optional<Proxy> proxy;
  CertificateStore trust;  ///< for https
  /// A connection idle for longer is not used again. Below the 5 s after which Node.js, the
  /// shortest-lived of the usual servers, closes it: a request that meets the closing is ambiguous.
  std::chrono::milliseconds max_idle{4000};
};

std::unique_ptr<Transport> make_cpprest_transport(CpprestSettings settings);

}  // namespace cipherform
