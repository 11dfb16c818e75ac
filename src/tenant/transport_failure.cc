#include "tenant/transport_failure.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace cipherform {
namespace {

using Stage = TransportFailure::Stage;

bool says(const LostRequest& lost, std::string_view words) { return lost.message.find(words) != std::string::npos; }

TransportFailure not_sent(bool retryable, std::string what, std::string hint = {}) {
  return TransportFailure{Stage::not_sent, retryable, std::move(what), std::move(hint)};
}

std::string seconds(std::chrono::milliseconds time) {
  return fmt::format("{:g} s", std::chrono::duration<double>(time).count());
}

TransportFailure certificate_refused(const LostRequest& lost, const PeerName& peer) {
  if (lost.certificate_of_another_host) {
    return not_sent(false, fmt::format("the certificate of {} is for another host", peer.address),
                    "check the environment's url");
  }
  if (lost.certificate_error == X509_V_ERR_CERT_HAS_EXPIRED) {
    return not_sent(
        false, fmt::format("the certificate of {} is not trusted: it or its authority's has expired", peer.address),
        "renew it on the server; check this machine's clock");
  }
  return not_sent(false,
                  fmt::format("the certificate of {} is not trusted: {}", peer.address,
                              X509_verify_cert_error_string(lost.certificate_error)),
                  "if its authority is your own, name that certificate as the environment's ca_file");
}

TransportFailure handshake_failed(const LostRequest& lost, const PeerName& peer) {
  if (lost.certificate_of_another_host || lost.certificate_error != X509_V_OK) return certificate_refused(lost, peer);
  // OpenSSL's errors carry the library's number above the reason; errno and asio's codes are small.
  const auto code = static_cast<unsigned long>(static_cast<unsigned int>(lost.code));
  const bool protocol = ERR_GET_LIB(code) == ERR_LIB_SSL;
  const char* reason = protocol ? ERR_reason_error_string(code) : nullptr;
  return not_sent(!protocol,
                  fmt::format("no TLS connection to {}: {}", peer.address,
                              reason != nullptr ? reason : "it was closed during the handshake"),
                  protocol ? "is the port right, and does the server speak TLS 1.2 or newer?" : "");
}

TransportFailure not_connected(const LostRequest& lost, const std::string& address, bool loopback) {
  if (lost.code != EHOSTUNREACH) {
    return not_sent(true, fmt::format("cannot connect to {}: {}", address, std::generic_category().message(lost.code)));
  }
  // cpprestsdk gives "refused" and "no route" the same code; loopback always has a route.
  return not_sent(true,
                  loopback ? fmt::format("connection refused by {}", address)
                           : fmt::format("connection refused by {}, or no route to it", address),
                  "is the port right, and is the server running?");
}

TransportFailure not_resolved(const LostRequest& lost, const std::string& address) {
  constexpr int kHostNotFound = 1;  // boost::asio::error::host_not_found
  const std::string host = address.substr(0, address.rfind(':'));
  return lost.code == kHostNotFound
             ? not_sent(false, fmt::format("there is no host named {}", host), "check the environment's url")
             : not_sent(true, fmt::format("cannot resolve the host name {}", host),
                        "is there a network and a DNS server?");
}

TransportFailure proxy_failed(const LostRequest& lost, const PeerName& peer) {
  const std::string& proxy = *peer.proxy;
  const std::string_view expected = "Expected a 200 response from proxy, received: ";
  if (const std::size_t at = lost.message.find(expected); at != std::string::npos) {
    const std::string status = lost.message.substr(at + expected.size(), 3);
    return not_sent(status.starts_with('5'),
                    fmt::format("the proxy {} refused a tunnel to {}: status {}", proxy, peer.address, status),
                    "check the environment variables HTTPS_PROXY and NO_PROXY");
  }
  return not_sent(true, fmt::format("the proxy {} gave no tunnel to {}", proxy, peer.address),
                  "check the environment variables HTTPS_PROXY and NO_PROXY");
}

TransportFailure before_sending(const LostRequest& lost, const PeerName& peer) {
  const std::string& first_hop = peer.proxy ? *peer.proxy : peer.address;
  if (lost.too_late) return not_sent(true, "the time in which it might be sent had passed");
  if (lost.timed_out) {
    return not_sent(true,
                    fmt::format("timed out after {} without a connection to {}", seconds(lost.timeout), first_hop));
  }
  if (says(lost, "SSL handshake")) return handshake_failed(lost, peer);
  if (says(lost, "Error resolving") || says(lost, "Failed to resolve")) return not_resolved(lost, first_hop);
  if (says(lost, "Failed to connect")) return not_connected(lost, first_hop, peer.loopback && !peer.proxy);
  if (peer.proxy && says(lost, "proxy")) return proxy_failed(lost, peer);
  if (says(lost, "Failed to write request")) {
    return not_sent(true, fmt::format("{} closed the connection before the whole request was written", peer.address));
  }
  return not_sent(false, fmt::format("the request could not be sent to {}: {}", peer.address, lost.message));
}

std::string after_sending(const LostRequest& lost, const PeerName& peer) {
  if (says(lost, "status line") && !says(lost, "Invalid")) {
    return fmt::format("{} closed the connection without an answer", peer.address);
  }
  if (says(lost, "cannot rewind")) return fmt::format("{} closed the connection without an answer", peer.address);
  if (says(lost, "Invalid HTTP status line")) return fmt::format("what {} answers is not HTTP", peer.address);
  if (says(lost, "chunk")) return fmt::format("the answer of {} is cut off, or its chunks are malformed", peer.address);
  if (says(lost, "response body")) return fmt::format("the answer of {} is cut off", peer.address);
  return fmt::format("no usable answer from {}: {}", peer.address, lost.message);
}

}  // namespace

TransportFailure to_failure(const LostRequest& lost, const PeerName& peer) {
  if (!lost.sent) return before_sending(lost, peer);
  if (lost.answer_longer_than) {
    return TransportFailure{
        Stage::ambiguous, false, fmt::format("the answer is longer than {} bytes", *lost.answer_longer_than), {}};
  }
  if (lost.timed_out) {
    return TransportFailure{Stage::ambiguous, true, fmt::format("timed out after {}", seconds(lost.timeout)), {}};
  }
  return TransportFailure{Stage::ambiguous, true, after_sending(lost, peer), {}};
}

}  // namespace cipherform
