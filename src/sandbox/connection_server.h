// Accepts connections and gives each a thread of its own, so that whoever serves one may
// wait, hang and write slowly without holding up another. For tens of connections, not
// for thousands.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "sandbox/socket.h"

namespace cipherform::sandbox {

class ConnectionServer;

/// One accepted connection, in the hands of its thread.
class Connection {
 public:
  Connection(ConnectionServer& server, const Socket& socket, std::uint64_t number)
      : server_(server), socket_(socket), number_(number) {}

  /// 1, 2, … in the order of acceptance.
  std::uint64_t number() const { return number_; }
  /// False: the client has gone.
  bool send(std::string_view bytes) const { return socket_.send(bytes); }
  /// Appends to `buffer`; false: the client has gone, or the server stops.
  bool receive(std::string& buffer) const { return socket_.receive(buffer); }
  /// Reads until the client has gone, or the server stops.
  void wait_until_gone() const;
  void reset_when_closed() const { socket_.reset_when_closed(); }
  /// Waits, unless the server stops.
  void pause(std::chrono::milliseconds time) const;

 private:
  ConnectionServer& server_;
  const Socket& socket_;
  std::uint64_t number_;
};

class ConnectionServer {
 public:
  /// Called on the connection's thread; the connection is closed when it returns.
  using Serve = std::function<void(Connection&)>;

  ConnectionServer(Socket listener, Serve serve);
  /// Lets requests in flight be answered, for at most `kLongestWait`, and closes what is left.
  ~ConnectionServer();
  ConnectionServer(const ConnectionServer&) = delete;
  ConnectionServer& operator=(const ConnectionServer&) = delete;

 private:
  friend class Connection;
  struct Served {
    Socket socket;
    std::thread thread;
    bool ended = false;
  };
  static constexpr std::chrono::seconds kLongestWait{5};

  void accept_all();
  void start(Socket accepted);
  void end(Served& served);
  void join_ended();
  bool pause(std::chrono::milliseconds time);

  Socket listener_;
  Serve serve_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::size_t open_ = 0;
  std::uint64_t accepted_ = 0;
  std::list<Served> served_;
  std::thread acceptor_;
};

}  // namespace cipherform::sandbox
