#include "sandbox/connection_server.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace cipherform::sandbox {
namespace {

/// Until there are descriptors again.
constexpr std::chrono::milliseconds kPauseWithoutDescriptors{10};

}  // namespace

void Connection::wait_until_gone() const {
  std::string unread;
  while (receive(unread)) unread.clear();
}

void Connection::pause(std::chrono::milliseconds time) const { server_.pause(time); }

ConnectionServer::ConnectionServer(Socket listener, Serve serve)
    : listener_(std::move(listener)), serve_(std::move(serve)), acceptor_([this] { accept_all(); }) {}

ConnectionServer::~ConnectionServer() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  listener_.shut_down();
  acceptor_.join();
  {
    std::unique_lock lock(mutex_);
    for (const Served& served : served_) served.socket.stop_receiving();
    changed_.wait_for(lock, kLongestWait, [&] { return open_ == 0; });
    for (const Served& served : served_) served.socket.shut_down();
  }
  for (Served& served : served_) served.thread.join();
}

bool ConnectionServer::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [&] { return stopping_; });
}

void ConnectionServer::accept_all() {
  while (true) {
    Socket accepted(::accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
    const int code = errno;
    join_ended();
    if (accepted.descriptor() >= 0) {
      start(std::move(accepted));
    } else if (code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM) {
      pause(kPauseWithoutDescriptors);
    } else if (code != EINTR && code != ECONNABORTED) {
      return;  // shut down
    }
  }
}

void ConnectionServer::start(Socket accepted) {
  accepted.send_without_delay();
  const std::scoped_lock lock(mutex_);
  if (stopping_) return;
  Served& served = served_.emplace_back();
  served.socket = std::move(accepted);
  ++open_;
  served.thread = std::thread([this, &served, number = ++accepted_] {
    Connection connection(*this, served.socket, number);
    serve_(connection);
    end(served);
  });
}

/// Closes under the lock: the destructor must not shut down a descriptor that has been
/// given to somebody else meanwhile.
void ConnectionServer::end(Served& served) {
  const std::scoped_lock lock(mutex_);
  served.socket = Socket();
  served.ended = true;
  --open_;
  changed_.notify_all();
}

void ConnectionServer::join_ended() {
  std::list<Served> ended;
  {
    const std::scoped_lock lock(mutex_);
    for (auto served = served_.begin(); served != served_.end();) {
      const auto next = std::next(served);
      if (served->ended) ended.splice(ended.end(), served_, served);
      served = next;
    }
  }
  for (Served& served : ended) served.thread.join();
}

}  // namespace cipherform::sandbox
