// An HTTP client of a few lines over a socket, so that the sandbox's tests do not
// depend on the client that the sandbox exists to test.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace cipherform::sandbox::testing {

struct RawAnswer {
  int status = 0;                              ///< 0: the connection ended before an answer
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// One connection, kept alive between requests. Reads give up after 20 s.
class RawConnection {
 public:
  /// `base_url` as Sandbox::base_url() has it.
  explicit RawConnection(const std::string& base_url);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  bool connected() const { return socket_ >= 0; }
  /// `path` is below the base URL. With the key "sandbox", unless `headers` has another.
  RawAnswer request(std::string_view method, std::string_view path, std::string_view body = {},
                    std::string_view headers = "apikey: sandbox\r\n");
  void send_bytes(std::string_view bytes) const;
  /// Sends a request without waiting for its answer.
  void send_request(std::string_view method, std::string_view path, std::string_view body = {},
                    std::string_view headers = "apikey: sandbox\r\n") const;
  RawAnswer read_answer();
  /// Everything until the server ends the connection, or has sent nothing for 20 s.
  std::string read_to_end();
  /// The connection ended with a reset.
  bool was_reset() const { return reset_; }

 private:
  bool read_more();

  int socket_ = -1;
  bool reset_ = false;
  std::string base_path_;
  std::string unread_;
};

/// One request on a connection of its own.
RawAnswer request(const std::string& base_url, std::string_view method, std::string_view path,
                  std::string_view body = {}, std::string_view headers = "apikey: sandbox\r\n");

std::uint16_t port_of(const std::string& base_url);

}  // namespace cipherform::sandbox::testing
