// http_listener neither tells which port it got nor says well why it got none, so a
// socket of our own asks first.
#include "sandbox/loopback.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <bit>
#include <cerrno>
#include <system_error>
#include <utility>

namespace cipherform::sandbox {
namespace {

constexpr std::uint32_t kLoopbackNetwork = 127;

tl::unexpected<Error> cannot_bind(const std::string& address, std::uint16_t port, int code) {
  if (code == EADDRINUSE) {
    return tl::unexpected(Error{ErrorKind::usage,
                                fmt::format("port {} on {} is in use", port, address),
                                {},
                                "choose another port, or 0 for any free one"});
  }
  return tl::unexpected(Error{
      ErrorKind::usage,
      fmt::format("port {} on {} cannot be listened on: {}", port, address, std::generic_category().message(code)),
      {},
      {}});
}

Result<BoundSocket> bind_to(const std::string& address, std::uint16_t port) {
  sockaddr_in wanted{};
  wanted.sin_family = AF_INET;
  wanted.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &wanted.sin_addr);
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.descriptor() < 0) return cannot_bind(address, port, errno);
  // As http_listener does it: connections that linger in TIME_WAIT are no obstacle.
  const int on = 1;
  ::setsockopt(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  socklen_t size = sizeof wanted;
  auto* const raw = std::bit_cast<sockaddr*>(&wanted);
  if (::bind(socket.descriptor(), raw, size) != 0 || ::getsockname(socket.descriptor(), raw, &size) != 0) {
    return cannot_bind(address, port, errno);
  }
  return BoundSocket{std::move(socket), ntohs(wanted.sin_port)};
}

}  // namespace

Result<std::string> loopback_address(std::string_view host) {
  if (host == "localhost") return "127.0.0.1";
  in_addr parsed{};
  std::string text(host);
  if (::inet_pton(AF_INET, text.c_str(), &parsed) == 1 && ntohl(parsed.s_addr) >> 24 == kLoopbackNetwork) return text;
  return tl::unexpected(Error{
      ErrorKind::usage, fmt::format("the sandbox listens on loopback only, not on '{}'", host), {}, "use 127.0.0.1"});
}

Result<BoundSocket> listen_on(const std::string& address, std::uint16_t port) {
  auto bound = bind_to(address, port);
  if (bound && ::listen(bound->socket.descriptor(), SOMAXCONN) != 0) return cannot_bind(address, bound->port, errno);
  return bound;
}

Result<std::uint16_t> find_free_port(const std::string& address, std::uint16_t port) {
  const auto bound = bind_to(address, port);
  if (!bound) return tl::unexpected(bound.error());
  return bound->port;
}

}  // namespace cipherform::sandbox
