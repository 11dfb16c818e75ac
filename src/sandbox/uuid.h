// UUIDs as the 16 bytes that a million users can afford, and where the sandbox's own
// ones come from: a function of kind and ordinal, so that the same options make the
// same tenant and a restart goes on where the last run ended.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherform::sandbox {

/// Compares as its canonical text does.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  friend bool operator==(const Uuid&, const Uuid&) = default;
  friend bool operator<(const Uuid& a, const Uuid& b) { return a.bytes < b.bytes; }
};

/// The canonical 8-4-4-4-12 form, or nothing.
std::optional<Uuid> parse_uuid(std::string_view text);
void append_uuid(std::string& out, const Uuid& uuid);
std::string to_string(const Uuid& uuid);

enum class IdKind : std::uint8_t { user = 1, group = 2, role = 3 };
/// The `ordinal`-th id of a kind: a version 4 UUID from a counter-based generator.
Uuid make_uuid(IdKind kind, std::uint64_t ordinal);

}  // namespace cipherform::sandbox
