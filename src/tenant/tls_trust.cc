#include "tenant/tls_trust.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

namespace cipherform {
namespace {

constexpr long kLongestCaFile = 16L << 20;  // many times the size of the system's bundle

Error unusable(const std::filesystem::path& file, const std::string& why) {
  return Error{ErrorKind::file, "cannot use the CA file: " + why, file.string(),
               "ca_file names a file of certificates in PEM form", false};
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// OpenSSL's own loader does not say what is wrong with a file.
std::optional<Error> add_ca_file(X509_STORE& store, const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return unusable(path, std::strerror(error ? error.value() : ENOENT));
  if (!std::filesystem::is_regular_file(status)) return unusable(path, "it is not a regular file");
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "re"));
  if (!file) return unusable(path, std::strerror(errno));
  if (std::filesystem::file_size(path, error) > static_cast<std::uintmax_t>(kLongestCaFile)) {
    return unusable(path, "it is longer than 16 MiB");
  }
  unsigned certificates = 0;
  while (X509* certificate = PEM_read_X509_AUX(file.get(), nullptr, nullptr, nullptr)) {
    const int added = X509_STORE_add_cert(&store, certificate);
    X509_free(certificate);
    if (added != 1) return unusable(path, "a certificate in it cannot be added to the store");
    ++certificates;
  }
  // After the last certificate there is no start line; anything else is a broken certificate.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) return unusable(path, "a certificate in it cannot be read");
  if (certificates == 0) return unusable(path, "it holds no certificate");
  return std::nullopt;
}

/// Where OpenSSL looks for the system's authorities: read before we change the environment.
struct SystemPlaces {
  std::string file;
  std::string directory;
  bool chosen_by_user = false;
};

const SystemPlaces& system_places() {
  static const SystemPlaces places = [] {
    const char* file = std::getenv(X509_get_default_cert_file_env());
    const char* directory = std::getenv(X509_get_default_cert_dir_env());
    return SystemPlaces{file != nullptr ? file : X509_get_default_cert_file(),
                        directory != nullptr ? directory : X509_get_default_cert_dir(),
                        file != nullptr || directory != nullptr};
  }();
  return places;
}

/// The first "0123abcd.0" of a directory prepared by `openssl rehash`; empty if there is none.
std::filesystem::path a_hashed_certificate(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (name.size() == 10 && name.ends_with(".0") && std::all_of(name.begin(), name.begin() + 8, is_hex)) {
      found.push_back(entry->path());
    }
  }
  return found.empty() ? std::filesystem::path{} : *std::ranges::min_element(found);
}

}  // namespace

Result<CertificateStore> load_certificate_store(const std::optional<std::filesystem::path>& ca_file) {
  CertificateStore store(X509_STORE_new(), X509_STORE_free);
  if (!store) return tl::unexpected(Error{ErrorKind::transport, "OpenSSL has no memory", {}, {}, false});
  // Where either is missing the other may do; where both are, no server is trusted and the failure says so.
  X509_STORE_load_file(store.get(), system_places().file.c_str());
  X509_STORE_load_path(store.get(), system_places().directory.c_str());
  ERR_clear_error();
  if (ca_file) {
    if (auto error = add_ca_file(*store, *ca_file)) return tl::unexpected(std::move(*error));
  }
  return store;
}

void avoid_parsing_the_bundle() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (system_places().chosen_by_user) return;
    const std::filesystem::path certificate = a_hashed_certificate(system_places().directory);
    if (certificate.empty()) return;
    ::setenv(X509_get_default_cert_file_env(), certificate.c_str(), 1);
    ::setenv(X509_get_default_cert_dir_env(), system_places().directory.c_str(), 1);
  });
}

}  // namespace cipherform
