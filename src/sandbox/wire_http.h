// HTTP/1.1 as bytes, for a server that has to be able to get it wrong.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sandbox/connection_server.h"
#include "sandbox/tenant_api.h"

namespace cipherform::sandbox {

struct WireRequest {
  std::string method;
  std::string path;
  std::string query;    ///< without '?'
  std::string api_key;  ///< of the header `apikey`; several are joined by ", "
  std::string body;     ///< whole and unchunked
  bool close = false;   ///< the client wants the connection closed after the answer
};

struct WireAnswer {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  ///< without Content-Length
  std::string body;
};

/// Takes a whole request off the front of `unread`; nothing: more bytes are needed. The
/// error is how to answer what is no request (400) or too long (413, 431).
tl::expected<std::optional<WireRequest>, Refusal> take_request(std::string& unread);

/// The next request of a connection; nothing: it has ended.
std::optional<tl::expected<WireRequest, Refusal>> read_request(const Connection& connection, std::string& unread);

/// Status line and headers with the empty line. `length` is what Content-Length says.
std::string head_of(const WireAnswer& answer, std::string_view length);
/// The whole answer.
std::string bytes_of(const WireAnswer& answer);

/// The API's answer as HTTP.
WireAnswer to_wire(ApiAnswer answer);
ApiRequest api_request(const WireRequest& request);

/// Visible ASCII and blanks only: nothing that ends a line.
bool is_header_value(std::string_view value);
bool is_header_name(std::string_view name);

}  // namespace cipherform::sandbox
