// Certificates for tests: an authority, and servers that it has signed.
#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <memory>
#include <string>

namespace cipherform::tests {

/// An authority of its own with one server's certificate.
class TestCertificate {
 public:
  /// `name` is a DNS name or an IPv4 address; valid from an hour ago until `seconds` from now.
  explicit TestCertificate(const std::string& name, long seconds = 3600);
  /// For the server.
  SSL_CTX* context() const { return context_.get(); }
  /// The authority's certificate.
  void write_authority(const std::filesystem::path& file) const;

 private:
  std::shared_ptr<X509> authority_;
  std::shared_ptr<SSL_CTX> context_;
};

}  // namespace cipherform::tests
