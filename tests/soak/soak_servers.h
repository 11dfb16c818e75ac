// The servers of the soak, in a process of their own, so that memory and descriptors of the
// client's are the transport's. Both processes share a record of what was executed.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace cipherform::soak {

/// How a server treats its connections.
enum class Manners : std::uint8_t {
  keep_alive,  ///< answers everything
  tls,         ///< the same over TLS, with an authority of its own
  proxy,       ///< relays plain HTTP
  tunnel,      ///< tunnels TLS
  renew,       ///< says Connection: close in every 10th answer, and closes
  close,       ///< closes after every 20th answer without a word
  idle,        ///< closes a connection that was silent for 20 ms
  die,         ///< dies on every 101st request, before or within the answer
};
inline constexpr std::size_t kManners = 8;
inline constexpr std::array<std::string_view, kManners> kNames{"keep-alive", "TLS",   "proxy", "tunnel",
                                                               "renew",      "close", "idle",  "die"};

/// Which requests the dying server dies on, and whether within the answer.
constexpr bool is_fatal(std::uint64_t id) { return id % 101 == 50; }

/// Shared between the processes.
struct Record {
  std::array<std::atomic<std::uint32_t>, kManners> port;
  std::array<std::atomic<std::uint64_t>, kManners> closed;  ///< connections that the server ended of itself
  std::atomic<std::uint64_t> unknown;                       ///< requests that are none of ours
  /// How often the request of that id was executed: as many as there are requests.
  std::atomic<std::uint8_t>* executed;
};

/// Started before this process has threads; ended with the object.
class Servers {
 public:
  /// For requests with ids below `requests`; writes the authorities of `tls` and `tunnel`
  /// to `directory`/tls.pem and tunnel.pem.
  Servers(std::uint64_t requests, const std::filesystem::path& directory);
  ~Servers();
  Servers(const Servers&) = delete;
  Servers& operator=(const Servers&) = delete;

  const Record& record() const { return *record_; }
  std::uint32_t port(Manners manners) const { return record_->port[static_cast<std::size_t>(manners)]; }

 private:
  std::uint64_t requests_;
  Record* record_;
  ::pid_t child_;
};

}  // namespace cipherform::soak
