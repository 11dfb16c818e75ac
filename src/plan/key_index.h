// Which of many keys is this text? Open addressing over indexes: the keys stay where
// they are, a slot is 32 bits of the key's hash and an index, and a probe that misses
// seldom reads a key. A million keys cost 16 MB and not one allocation each.
//
// std::hash has no secret seed. The tables are built from the declaration or the plan,
// and only probed with what the tenant says, so a hostile tenant cannot fill a bucket.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherform::plan {

inline constexpr std::uint32_t kNone = UINT32_MAX;

/// `key_of(i)` is the i-th key. Of equal keys the first counts.
template <class KeyOf>
class KeyIndex {
 public:
  KeyIndex(std::size_t count, KeyOf key_of)
      : key_of_(std::move(key_of)), slots_(std::bit_ceil(count + count / 2 + 4)), mask_(slots_.size() - 1) {
    for (std::uint32_t i = 0; i < count; ++i) insert(i);
  }

  /// The index of `key`, or kNone.
  std::uint32_t find(std::string_view key) const { return slots_[slot_of(key)].index; }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t index = kNone;
  };

  /// Where `key` is, or the free slot where it would be.
  std::size_t slot_of(std::string_view key) const {
    const std::uint64_t hash = std::hash<std::string_view>{}(key);
    const auto tag = static_cast<std::uint32_t>(hash >> 32U);
    std::size_t at = hash & mask_;
    while (slots_[at].index != kNone && (slots_[at].tag != tag || key_of_(slots_[at].index) != key)) {
      at = (at + 1) & mask_;
    }
    return at;
  }

  void insert(std::uint32_t index) {
    const std::string_view key = key_of_(index);
    Slot& slot = slots_[slot_of(key)];
    if (slot.index == kNone) slot = {static_cast<std::uint32_t>(std::hash<std::string_view>{}(key) >> 32U), index};
  }

  KeyOf key_of_;
  std::vector<Slot> slots_;
  std::size_t mask_;
};

}  // namespace cipherform::plan
