// A server on loopback that does to each connection what its test says, byte by byte, with or
// without TLS. It has no HTTP beyond finding the end of a request.
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace cipherform::tests {

/// One accepted connection, in its script's hands. It is closed when the script ends.
class Peer {
 public:
  Peer(int descriptor, SSL_CTX* tls);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// The next request, head and body; nothing if the client has gone.
  std::optional<std::string> request();
  /// False: the client has gone.
  bool send(std::string_view bytes);
  /// Reads until the client has gone.
  void wait_until_gone();
  /// From here on a client that is silent for so long has gone.
  void lose_patience_after(std::chrono::milliseconds silence);
  /// Ends the connection with a reset.
  void reset();
  /// From here on TLS (after a CONNECT).
  bool start_tls(SSL_CTX* tls);

 private:
  std::size_t read(char* bytes, std::size_t size);

  int descriptor_;
  SSL* ssl_ = nullptr;
  std::string unread_;
};

class MisbehavingServer {
 public:
  using Script = std::function<void(Peer&)>;

  /// The first connection gets the first script, and so on; the last script serves all others.
  explicit MisbehavingServer(std::vector<Script> scripts, SSL_CTX* tls = nullptr);
  ~MisbehavingServer();
  MisbehavingServer(const MisbehavingServer&) = delete;
  MisbehavingServer& operator=(const MisbehavingServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const;  ///< "http://127.0.0.1:PORT"
  std::size_t connections() const;
  /// Waits until the connection with that number is closed.
  void wait_until_closed(std::size_t number);

 private:
  void accept_all();
  void join_ended();

  std::vector<Script> scripts_;
  SSL_CTX* tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable closed_;
  std::vector<int> open_;  // -1: closed
  std::vector<std::thread> peers_;
  std::vector<std::size_t> ended_;  // connections whose thread is to be joined
  bool stopping_ = false;
  std::thread acceptor_;
};

/// "HTTP/1.1 STATUS X" with a Content-Length and the body.
std::string answer(int status, std::string_view body, std::string_view more_headers = {});
/// Answers every request with 200 and `body`.
MisbehavingServer::Script answering(std::string body);

}  // namespace cipherform::tests
