// Which authorities are trusted, and what a refused certificate is refused for.
#pragma once

#include <openssl/x509_vfy.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "cipherform/error.h"

namespace cipherform {

/// Parsed once and shared by all connections, which the library's threads make.
using CertificateStore = std::shared_ptr<X509_STORE>;

/// The system's authorities (SSL_CERT_FILE and SSL_CERT_DIR are obeyed) and those of `ca_file`.
Result<CertificateStore> load_certificate_store(const std::optional<std::filesystem::path>& ca_file);

/// cpprestsdk makes OpenSSL parse the system's whole bundle for every connection (16 ms, 1 MB),
/// to throw it away for our store. Points SSL_CERT_FILE at a single certificate instead, unless the
/// user has set it or SSL_CERT_DIR, or the system has no hashed directory. Both variables name trusted
/// roots of the system, so that a program started later that reads them still trusts all of those.
/// Changes the environment: call it while no other thread reads that. Acts once in a process.
void avoid_parsing_the_bundle();

}  // namespace cipherform
