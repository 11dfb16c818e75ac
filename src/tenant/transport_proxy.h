// Which HTTP proxy the environment asks for. cpprestsdk ignores these variables.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cipherform/error.h"
#include "tenant/url.h"

namespace cipherform {

struct Proxy {
  std::string host;
  std::uint16_t port = 1080;
  std::string user;      ///< empty: none
  std::string password;  ///< secret
};

/// A variable's value, or nothing where it is not set.
using EnvironmentVariable = std::function<std::optional<std::string>(const char* name)>;

/// What curl would choose: https_proxy or HTTPS_PROXY for https, only http_proxy for http (a CGI
/// server sets HTTP_PROXY from a request's header), except where no_proxy or NO_PROXY names the
/// host, one of its parent domains, or everything ("*"). Loopback never goes through a proxy.
Result<std::optional<Proxy>> choose_proxy(const BaseUrl& url, const EnvironmentVariable& variable);

}  // namespace cipherform
