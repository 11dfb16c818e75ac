// HTTP for the tenant's API: http_listener behind a seam that knows nothing of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "cipherform/error.h"
#include "sandbox/delay_line.h"
#include "sandbox/tenant_api.h"

namespace cipherform::sandbox {

/// Serves `api`, which must outlive it. The destructor answers what is in flight (for
/// at most kLongestDrain) and then closes every connection.
class HttpServer {
 public:
  HttpServer(TenantApi& api, std::chrono::milliseconds latency);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// May be called once. Port 0: any free one.
  Result<void> listen(const std::string& address, std::uint16_t port);
  /// "http://127.0.0.1:40123"
  const std::string& origin() const { return origin_; }

 private:
  struct Service;
  struct Exchange;
  struct Listener;
  std::string origin_;
  std::unique_ptr<DelayLine> delays_;  ///< nothing without latency
  std::shared_ptr<Service> service_;   ///< shared with requests in flight
  std::unique_ptr<Listener> listener_;
};

inline constexpr std::chrono::seconds kLongestDrain{5};

}  // namespace cipherform::sandbox
