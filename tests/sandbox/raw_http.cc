#include "raw_http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cerrno>
#include <utility>

namespace cipherform::sandbox::testing {
namespace {

constexpr std::string_view kScheme = "http://";

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

std::uint16_t port_of(const std::string& base_url) {
  return static_cast<std::uint16_t>(std::stoi(base_url.substr(base_url.find(':', kScheme.size()) + 1)));
}

RawConnection::RawConnection(const std::string& base_url) {
  const auto slash = base_url.find('/', kScheme.size());
  base_path_ = slash == std::string::npos ? "" : base_url.substr(slash);
  const std::string host = base_url.substr(kScheme.size(), base_url.find(':', kScheme.size()) - kScheme.size());
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_of(base_url));
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 20, .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(socket_, std::bit_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    socket_ = -1;
  }
}

RawConnection::~RawConnection() {
  if (socket_ >= 0) ::close(socket_);
}

void RawConnection::send_bytes(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void RawConnection::send_request(std::string_view method, std::string_view path, std::string_view body,
                                 std::string_view headers) const {
  std::string text = std::string(method) + ' ' + base_path_ + std::string(path) + " HTTP/1.1\r\nHost: sandbox\r\n";
  text += headers;
  if (!body.empty()) {
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  send_bytes(text + "\r\n" + std::string(body));
}

bool RawConnection::read_more() {
  std::array<char, 65536> bytes{};
  const ssize_t size = ::recv(socket_, bytes.data(), bytes.size(), 0);
  reset_ = size < 0 && errno == ECONNRESET;
  if (size <= 0) return false;
  unread_.append(bytes.data(), static_cast<std::size_t>(size));
  return true;
}

RawAnswer RawConnection::read_answer() {
  std::size_t head_end = 0;
  while ((head_end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return {};
  }
  RawAnswer answer;
  answer.status = std::stoi(unread_.substr(9, 3));
  std::size_t at = unread_.find("\r\n") + 2;
  while (at < head_end) {
    const auto end = unread_.find("\r\n", at);
    const auto colon = unread_.find(": ", at);
    answer.headers[lower(unread_.substr(at, colon - at))] = unread_.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  unread_.erase(0, head_end + 4);
  const std::size_t length = std::stoul(answer.headers["content-length"]);
  while (unread_.size() < length) {
    if (!read_more()) return {};
  }
  answer.body = unread_.substr(0, length);
  unread_.erase(0, length);
  return answer;
}

std::string RawConnection::read_to_end() {
  while (read_more()) {
  }
  return std::exchange(unread_, {});
}

RawAnswer RawConnection::request(std::string_view method, std::string_view path, std::string_view body,
                                 std::string_view headers) {
  if (!connected()) return {};
  send_request(method, path, body, headers);
  return read_answer();
}

RawAnswer request(const std::string& base_url, std::string_view method, std::string_view path, std::string_view body,
                  std::string_view headers) {
  return RawConnection(base_url).request(method, path, body, headers);
}

}  // namespace cipherform::sandbox::testing
