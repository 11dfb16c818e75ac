// Ids are drawn from SplitMix64 (Steele, Lea, Flood 2014), which can be asked for its
// n-th number at once: no generator state has to survive a restart.
#include "sandbox/uuid.h"

#include "cipherform/model.h"

namespace cipherform::sandbox {
namespace {

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;

std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

unsigned hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  return static_cast<unsigned>((c | 0x20) - 'a') + 10;
}

}  // namespace

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (!is_uuid(text)) return std::nullopt;
  Uuid uuid;
  std::size_t at = 0;
  for (auto& byte : uuid.bytes) {
    if (text[at] == '-') ++at;
    byte = static_cast<std::uint8_t>(hex_value(text[at]) << 4 | hex_value(text[at + 1]));
    at += 2;
  }
  return uuid;
}

void append_uuid(std::string& out, const Uuid& uuid) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::array<char, 36> text{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
    text[at++] = digits[uuid.bytes[i] >> 4];
    text[at++] = digits[uuid.bytes[i] & 0xF];
  }
  out.append(text.data(), text.size());
}

std::string to_string(const Uuid& uuid) {
  std::string text;
  append_uuid(text, uuid);
  return text;
}

Uuid make_uuid(IdKind kind, std::uint64_t ordinal) {
  const std::uint64_t stream = mix(static_cast<std::uint64_t>(kind) * kGolden);
  Uuid uuid;
  for (std::size_t half = 0; half < 2; ++half) {
    const std::uint64_t word = mix(stream + (2 * ordinal + half + 1) * kGolden);
    for (std::size_t i = 0; i < 8; ++i) uuid.bytes[half * 8 + i] = static_cast<std::uint8_t>(word >> (8 * i));
  }
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | 0x40);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);
  return uuid;
}

}  // namespace cipherform::sandbox
