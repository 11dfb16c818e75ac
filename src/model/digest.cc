// Digests: SHA-256 of bytes, and an order-independent fingerprint of a live state.
//
// A tenant is listed in an order that is not ours to rely on, so the fingerprint is
// the sum of one 128-bit hash for each user: equal sets give equal sums in any order,
// and the cost is one pass without sorting.
#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "cipherform/model.h"

namespace cipherform {
namespace {

template <class Byte>
std::string to_hex(std::span<const Byte> bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const Byte byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

/// One user's part: every field with its length before it, so that no two users
/// serialise alike.
class UserHash {
 public:
  void field(std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    buffer_.append(reinterpret_cast<const char*>(&size), sizeof size);
    buffer_.append(text);
  }
  XXH128_hash_t take() {
    const XXH128_hash_t hash = XXH3_128bits(buffer_.data(), buffer_.size());
    buffer_.clear();
    return hash;
  }

 private:
  std::string buffer_;
};

}  // namespace

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (state_->context == nullptr || EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-256");
  }
}

Sha256::~Sha256() { EVP_MD_CTX_free(state_->context); }

void Sha256::update(std::string_view bytes) {
  if (EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) != 1) {
    throw std::runtime_error("SHA-256 failed");
  }
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(state_->context, digest.data(), &size) != 1) throw std::runtime_error("SHA-256 failed");
  return to_hex(std::span<const unsigned char>{digest.data(), size});
}

std::string digest(const LiveState& live) {
  std::uint64_t low = live.users.size();
  std::uint64_t high = 0;
  UserHash hash;
  std::vector<std::string_view> groups;
  for (const LiveUser& user : live.users) {
    hash.field(user.id);
    hash.field(user.email);
    hash.field(user.status_text);
    hash.field(user.is_owner ? "owner" : "");
    groups.clear();
    for (const std::uint32_t group : live.memberships_of(user)) groups.push_back(live.groups[group].id);
    std::sort(groups.begin(), groups.end());
    for (const std::string_view id : groups) hash.field(id);
    const XXH128_hash_t part = hash.take();
    const std::uint64_t sum = low + part.low64;
    high += part.high64 + (sum < low ? 1 : 0);
    low = sum;
  }
  std::array<unsigned char, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<unsigned char>(high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<unsigned char>(low >> (56 - 8 * i));
  }
  return to_hex(std::span<const unsigned char>{bytes});
}

}  // namespace cipherform
