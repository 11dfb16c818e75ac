#include "tenant/transport_tls_watch.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace cipherform {
namespace {

/// Called for every message; the headers of received records carry their length.
void on_message(int written, int /*version*/, int content_type, const void* bytes, std::size_t size, SSL* /*ssl*/,
                void* watch) {
  if (written != 0 || content_type != SSL3_RT_HEADER || size < SSL3_RT_HEADER_LENGTH) return;
  const auto* header = static_cast<const unsigned char*>(bytes);
  static_cast<TlsWatch*>(watch)->count(SSL3_RT_HEADER_LENGTH + (std::uint64_t{header[3]} << 8U) + header[4]);
}

int on_verify(X509_STORE_CTX* chain, void* watch) { return static_cast<TlsWatch*>(watch)->verify(chain); }

}  // namespace

void TlsWatch::begin(std::uint64_t limit) {
  limit_ = limit;
  received_ = 0;
  exceeded_ = false;
  certificate_error_ = X509_V_OK;
  another_host_ = false;
}

void TlsWatch::attach(SSL_CTX* context, X509_STORE* trust) {
  SSL_CTX_set1_cert_store(context, trust);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_msg_callback(context, on_message);
  SSL_CTX_set_msg_callback_arg(context, this);
  SSL_CTX_set_cert_verify_callback(context, on_verify, this);
}

void TlsWatch::count(std::uint64_t bytes) {
  if (received_ += bytes; received_ > limit_ && !exceeded_.exchange(true)) too_much_();
}

/// Verifies as OpenSSL would without us, and keeps the reason of a refusal. The library checks the
/// host's name in a callback of that verification, which refuses without setting an error.
int TlsWatch::verify(X509_STORE_CTX* chain) {
  const int verified = X509_verify_cert(chain);
  if (verified <= 0) {
    const int error = X509_STORE_CTX_get_error(chain);
    certificate_error_ = error;
    another_host_ = error == X509_V_OK || error == X509_V_ERR_UNSPECIFIED;
  }
  return verified;
}

}  // namespace cipherform
