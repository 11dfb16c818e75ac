// A descriptor of a TCP socket, closed with its owner.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace cipherform::sandbox {

class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket();
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int descriptor() const { return descriptor_; }  ///< -1: none

  /// False: the peer has gone.
  bool send(std::string_view bytes) const;
  /// Appends what has come to `buffer`, waiting for at least a byte; false: there will be no more.
  bool receive(std::string& buffer) const;
  /// From now on receive() finds the end, also where it waits already.
  void stop_receiving() const;
  /// Ends both directions, also for whoever waits in send() or receive().
  void shut_down() const;
  /// Makes the close a reset instead of an orderly end.
  void reset_when_closed() const;
  /// Sends what is written at once, and does not wait to fill a packet.
  void send_without_delay() const;

 private:
  int descriptor_ = -1;
};

}  // namespace cipherform::sandbox
