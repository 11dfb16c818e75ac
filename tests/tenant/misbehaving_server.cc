#include "tenant/misbehaving_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <stdexcept>
#include <utility>

namespace cipherform::tests {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";

/// How long the body is that belongs to `head`.
std::size_t body_length(std::string head) {
  std::ranges::transform(head, head.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string name = "\r\ncontent-length:";
  const std::size_t at = head.find(name);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + name.size()));
}

}  // namespace

Peer::Peer(int descriptor, SSL_CTX* tls) : descriptor_(descriptor) {
  if (tls != nullptr) start_tls(tls);
}

Peer::~Peer() {
  if (ssl_ != nullptr) {
    SSL_shutdown(ssl_);
    SSL_free(ssl_);
  }
  ::shutdown(descriptor_, SHUT_RDWR);
}

bool Peer::start_tls(SSL_CTX* tls) {
  ssl_ = SSL_new(tls);
  SSL_set_fd(ssl_, descriptor_);
  return SSL_accept(ssl_) == 1;
}

std::size_t Peer::read(char* bytes, std::size_t size) {
  if (ssl_ != nullptr) {
    std::size_t got = 0;
    return SSL_read_ex(ssl_, bytes, size, &got) == 1 ? got : 0;
  }
  const ssize_t got = ::recv(descriptor_, bytes, size, 0);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

std::optional<std::string> Peer::request() {
  std::array<char, 65536> buffer{};
  while (true) {
    if (const std::size_t end = unread_.find(kHeadEnd); end != std::string::npos) {
      const std::size_t head = end + kHeadEnd.size();
      const std::size_t size = head + body_length(unread_.substr(0, head));
      if (unread_.size() >= size) {
        std::string whole = unread_.substr(0, size);
        unread_.erase(0, size);
        return whole;
      }
    }
    const std::size_t got = read(buffer.data(), buffer.size());
    if (got == 0) return std::nullopt;
    unread_.append(buffer.data(), got);
  }
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    if (ssl_ != nullptr) {
      if (SSL_write_ex(ssl_, bytes.data(), bytes.size(), &sent) != 1) return false;
    } else {
      const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      sent = static_cast<std::size_t>(count);
    }
    bytes.remove_prefix(sent);
  }
  return true;
}

void Peer::wait_until_gone() {
  std::array<char, 65536> buffer{};
  while (read(buffer.data(), buffer.size()) > 0) {
  }
}

void Peer::lose_patience_after(std::chrono::milliseconds silence) {
  const timeval time{silence.count() / 1000, 1000 * (silence.count() % 1000)};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
}

void Peer::reset() {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  // A reset is sent by close(), which is the server's; disconnecting does it as well.
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  ::connect(descriptor_, &nobody, sizeof nobody);
}

MisbehavingServer::MisbehavingServer(std::vector<Script> scripts, SSL_CTX* tls)
    : scripts_(std::move(scripts)), tls_(tls), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 128) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("no loopback socket");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

void MisbehavingServer::accept_all() {
  while (true) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    join_ended();
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      ::close(descriptor);
      return;
    }
    const std::size_t number = open_.size();
    open_.push_back(descriptor);
    peers_.emplace_back([this, number, descriptor] {
      {
        Peer peer(descriptor, tls_);
        scripts_[std::min(number, scripts_.size() - 1)](peer);
      }
      const std::lock_guard ended(mutex_);
      open_[number] = -1;
      ended_.push_back(number);
      ::close(descriptor);
      closed_.notify_all();
    });
  }
}

/// A thread that has ended keeps its stack until it is joined.
void MisbehavingServer::join_ended() {
  std::vector<std::size_t> ended;
  {
    const std::lock_guard lock(mutex_);
    ended.swap(ended_);
  }
  for (const std::size_t number : ended) peers_[number].join();
}

MisbehavingServer::~MisbehavingServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int descriptor : open_) {
      if (descriptor >= 0) ::shutdown(descriptor, SHUT_RDWR);
    }
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& peer : peers_) {
    if (peer.joinable()) peer.join();
  }
  ::close(listener_);
}

std::string MisbehavingServer::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::size_t MisbehavingServer::connections() const {
  const std::lock_guard lock(mutex_);
  return open_.size();
}

void MisbehavingServer::wait_until_closed(std::size_t number) {
  std::unique_lock lock(mutex_);
  closed_.wait(lock, [&] { return open_.size() > number && open_[number] < 0; });
}

std::string answer(int status, std::string_view body, std::string_view more_headers) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string(more_headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

MisbehavingServer::Script answering(std::string body) {
  return [body = std::move(body)](Peer& peer) {
    while (peer.request()) {
      if (!peer.send(answer(200, body))) return;
    }
  };
}

}  // namespace cipherform::tests
