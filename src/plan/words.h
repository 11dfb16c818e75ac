// The words that a saved plan has for kinds and causes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "cipherform/plan.h"

namespace cipherform::plan {

/// "create_user", "add_member", "remove_member".
std::string_view kind_word(const Change& change);

// Empty for a value that the type does not have.
std::string_view word(RemovalCause cause);
std::string_view word(BlockCause cause);
std::string_view word(FindingKind kind);
std::string_view word(GuardrailKind kind);

/// The value whose word is `text`.
template <class Enum>
std::optional<Enum> from_word(std::string_view text) {
  for (std::underlying_type_t<Enum> i = 0;; ++i) {
    const std::string_view candidate = word(static_cast<Enum>(i));
    if (candidate.empty()) return std::nullopt;
    if (candidate == text) return static_cast<Enum>(i);
  }
}

}  // namespace cipherform::plan
