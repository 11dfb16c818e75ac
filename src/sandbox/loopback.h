// Where the sandbox may listen: loopback only, on a port that is free.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cipherform/error.h"
#include "sandbox/socket.h"

namespace cipherform::sandbox {

/// The IPv4 loopback address that `host` means ("localhost", "127.…"); anything else is
/// an error. http_listener cannot parse an IPv6 address with a port.
Result<std::string> loopback_address(std::string_view host);

struct BoundSocket {
  Socket socket;
  std::uint16_t port = 0;
};

/// A socket that listens on `port`; with 0, on any free one.
Result<BoundSocket> listen_on(const std::string& address, std::uint16_t port);

/// `port`, if it can be bound now; with 0, one that can. Another process may still be
/// quicker: the listener's own bind decides.
Result<std::uint16_t> find_free_port(const std::string& address, std::uint16_t port);

}  // namespace cipherform::sandbox
