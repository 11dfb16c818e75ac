// A tenant's base URL taken apart, and the rule which URLs may carry the API key.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cipherform/error.h"

namespace cipherform {

struct BaseUrl {
  bool https = true;
  std::string host;  ///< lower case: a name or an IPv4 address
  std::uint16_t port = 443;
  std::string prefix;  ///< "/qa", or empty; without a final slash
  bool loopback = false;
};

/// "host:port"
std::string address(const BaseUrl& url);
/// Whether `host` is this machine: localhost, 127.0.0.0/8, ::1.
bool is_loopback(std::string_view host);
/// https, or http to loopback only unless `insecure_http`; no user, query or fragment.
/// Errors never repeat the URL: it may hold a password.
Result<BaseUrl> parse_base_url(std::string_view text, bool insecure_http);

}  // namespace cipherform
