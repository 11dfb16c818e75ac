#include "tenant/transport_certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cctype>
#include <cstdio>
#include <stdexcept>

namespace cipherform::tests {
namespace {

std::shared_ptr<EVP_PKEY> new_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

std::shared_ptr<X509> new_certificate(const std::string& subject, EVP_PKEY* key, long seconds, long serial) {
  std::shared_ptr<X509> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(subject.c_str()), -1, -1, 0);
  return certificate;
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (extension == nullptr) throw std::runtime_error("no extension " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

TestCertificate::TestCertificate(const std::string& name, long seconds) {
  const auto authority_key = new_key();
  authority_ = new_certificate("test authority", authority_key.get(), 7200, 1);
  X509_set_issuer_name(authority_.get(), X509_get_subject_name(authority_.get()));
  add_extension(authority_.get(), NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(authority_.get(), authority_key.get(), EVP_sha256());

  const auto key = new_key();
  const auto certificate = new_certificate(name, key.get(), seconds, 2);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority_.get()));
  const bool is_address = std::isdigit(static_cast<unsigned char>(name.front())) != 0;
  add_extension(certificate.get(), NID_subject_alt_name, (is_address ? "IP:" : "DNS:") + name);
  X509_sign(certificate.get(), authority_key.get(), EVP_sha256());

  context_ = {SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  if (SSL_CTX_use_certificate(context_.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1) {
    throw std::runtime_error("the test's certificate cannot be used");
  }
}

void TestCertificate::write_authority(const std::filesystem::path& file) const {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(file.c_str(), "we"), std::fclose);
  if (!out || PEM_write_X509(out.get(), authority_.get()) != 1)
    throw std::runtime_error("cannot write " + file.string());
}

}  // namespace cipherform::tests
