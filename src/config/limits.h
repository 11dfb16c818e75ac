// What one declaration may cost, however it is written. Each bound has its own error.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cipherform::config {

inline constexpr std::size_t kMaxFileBytes = std::size_t{128} << 20;
inline constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxScalarBytes = std::size_t{4} << 10;
/// Bytes in which the parser may find nothing: more is an unterminated quote or one
/// huge scalar, and need not be read to its end.
inline constexpr std::size_t kMaxQuietBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxFiles = 10'000;
/// Directory entries looked at to expand `include`.
inline constexpr std::size_t kMaxEntriesWalked = 1'000'000;
inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::uint32_t kMaxAnchors = 10'000;
/// Values that the aliases and merge keys of one file may stand for.
inline constexpr std::uint64_t kMaxExpandedValues = 10'000'000;
/// Memory for the values of one file that must be held at once (one user, or one
/// guardrail list; never all users).
inline constexpr std::size_t kMaxHeldBytes = std::size_t{256} << 20;
/// A set of environments is one 64-bit mask.
inline constexpr std::size_t kMaxEnvironments = 64;
inline constexpr std::size_t kMaxGroupNameBytes = 256;
inline constexpr std::uint64_t kMaxMembershipSources = 20'000'000;
inline constexpr std::size_t kMaxDiagnostics = 1000;
/// Beyond this many candidates no "did you mean" is looked for.
inline constexpr std::size_t kMaxHintCandidates = 10'000;

}  // namespace cipherform::config
