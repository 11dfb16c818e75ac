#include "sandbox/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

namespace cipherform::sandbox {
namespace {

constexpr std::size_t kPiece = std::size_t{16} << 10;

}  // namespace

Socket::~Socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool Socket::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Socket::receive(std::string& buffer) const {
  std::array<char, kPiece> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): recv fills it
  ssize_t size = 0;
  do {
    size = ::recv(descriptor_, piece.data(), piece.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size <= 0) return false;
  buffer.append(piece.data(), static_cast<std::size_t>(size));
  return true;
}

void Socket::stop_receiving() const { ::shutdown(descriptor_, SHUT_RD); }

void Socket::shut_down() const { ::shutdown(descriptor_, SHUT_RDWR); }

void Socket::reset_when_closed() const {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Socket::send_without_delay() const {
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace cipherform::sandbox
