// The words and the class of a request that has no usable answer.
//
// Whether a change may be sent again hangs on `stage`, so it rests on what we count ourselves
// (LostRequest::sent), never on cpprestsdk's messages or codes: those choose only the words.
// A request is not_sent where its last byte was never handed to the kernel: a server cannot
// execute a request whose header block or declared length is incomplete (RFC 9112 section 8).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "cipherform/tenant.h"

namespace cipherform {

/// Who is spoken to, for the words.
struct PeerName {
  std::string address;               ///< "host:port" of the tenant
  std::optional<std::string> proxy;  ///< "host:port" of the proxy between
  bool loopback = false;
};

/// What is known of a request that ended without an answer.
struct LostRequest {
  bool sent = true;  ///< its last byte was handed to the kernel, or may have been
  bool timed_out = false;
  bool too_late = false;  ///< it was held back, by HttpRequest::not_after
  std::chrono::milliseconds timeout{};
  std::optional<std::size_t> answer_longer_than;
  std::string message;        ///< cpprestsdk's
  int code = 0;               ///< cpprestsdk's; misleading (a refused connection is EHOSTUNREACH)
  int certificate_error = 0;  ///< X509_V_ERR_*; 0: none
  bool certificate_of_another_host = false;
};

TransportFailure to_failure(const LostRequest& lost, const PeerName& peer);

}  // namespace cipherform
