// Which of many keys is this text? Open addressing over indexes: the keys stay where
// they are, a slot is 32 bits of the key's hash and an index, and a probe that misses
// seldom reads a key. A million keys cost 16 MB and not one allocation each.
//
// Such a table does not fit a cache, so what costs is waiting for memory. Hashing,
// warming and finding are separate calls: who looks many keys up does each step for a
// few dozen of them before the next, and waits once instead of a few dozen times.
//
// std::hash has no secret seed. The tables are built from the declaration or the plan,
// and only probed with what the tenant says, so a hostile tenant cannot fill a bucket.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherform::plan {

inline constexpr std::uint32_t kNone = UINT32_MAX;

/// How many look-ups to interleave.
inline constexpr std::size_t kBlock = 32;

/// Asks for the memory at `address`, which is going to be read.
inline void warm(const void* address) { __builtin_prefetch(address); }

/// `key_of(i)` is the i-th key. Of equal keys the first counts.
template <class KeyOf>
class KeyIndex {
 public:
  KeyIndex(std::size_t count, KeyOf key_of)
      : key_of_(std::move(key_of)), slots_(std::bit_ceil(count + count / 2 + 4)), mask_(slots_.size() - 1) {
    std::array<std::uint64_t, kBlock> hashes{};
    for (std::size_t first = 0; first < count; first += kBlock) {
      const std::size_t size = std::min(kBlock, count - first);
      for (std::size_t i = 0; i < size; ++i) {
        hashes[i] = hash_of(key_of_(static_cast<std::uint32_t>(first + i)));
        warm_slot(hashes[i]);
      }
      for (std::size_t i = 0; i < size; ++i) insert(static_cast<std::uint32_t>(first + i), hashes[i]);
    }
  }

  static std::uint64_t hash_of(std::string_view key) { return std::hash<std::string_view>{}(key); }

  void warm_slot(std::uint64_t hash) const { warm(&slots_[hash & mask_]); }

  /// An index whose key very likely has this hash, or kNone; reads no key.
  std::uint32_t guess(std::uint64_t hash) const {
    std::size_t at = hash & mask_;
    while (slots_[at].index != kNone && slots_[at].tag != tag_of(hash)) at = (at + 1) & mask_;
    return slots_[at].index;
  }

  /// The index of `key`, or kNone.
  std::uint32_t find(std::string_view key, std::uint64_t hash) const { return slots_[slot_of(key, hash)].index; }
  std::uint32_t find(std::string_view key) const { return find(key, hash_of(key)); }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t index = kNone;
  };

  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32U); }

  /// Where `key` is, or the free slot where it would be.
  std::size_t slot_of(std::string_view key, std::uint64_t hash) const {
    std::size_t at = hash & mask_;
    while (slots_[at].index != kNone && (slots_[at].tag != tag_of(hash) || key_of_(slots_[at].index) != key)) {
      at = (at + 1) & mask_;
    }
    return at;
  }

  void insert(std::uint32_t index, std::uint64_t hash) {
    Slot& slot = slots_[slot_of(key_of_(index), hash)];
    if (slot.index == kNone) slot = {tag_of(hash), index};
  }

  KeyOf key_of_;
  std::vector<Slot> slots_;
  std::size_t mask_;
};

}  // namespace cipherform::plan
