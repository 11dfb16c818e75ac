// What OpenSSL tells about a connection that cpprestsdk does not: how many bytes came in,
// and why a certificate was refused.
#pragma once

#include <openssl/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>

namespace cipherform {

/// Watches the TLS connections of one lane, which has one request at a time. The TLS layer
/// writes from the library's threads; the transport reads when the request has ended.
class TlsWatch {
 public:
  /// `too_much` is called once for each request, from a library's thread.
  explicit TlsWatch(std::function<void()> too_much) : too_much_(std::move(too_much)) {}

  /// A new request begins, whose answer may take `limit` bytes on the wire. cpprestsdk collects
  /// headers and single chunks without a limit, so this is the only one that they have.
  void begin(std::uint64_t limit);
  bool exceeded() const { return exceeded_; }
  int certificate_error() const { return certificate_error_; }  ///< X509_V_ERR_*, or X509_V_OK
  bool certificate_of_another_host() const { return another_host_; }

  /// Prepares `context`, whose connections the watch must outlive: our authorities, TLS 1.2 or
  /// newer, and this watch.
  void attach(SSL_CTX* context, X509_STORE* trust);

  void count(std::uint64_t bytes);
  int verify(X509_STORE_CTX* chain);

 private:
  std::function<void()> too_much_;
  std::atomic<std::uint64_t> limit_{0};
  std::atomic<std::uint64_t> received_{0};
  std::atomic<bool> exceeded_{false};
  std::atomic<int> certificate_error_{0};
  std::atomic<bool> another_host_{false};
};

}  // namespace cipherform
