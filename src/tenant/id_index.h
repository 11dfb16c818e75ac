// From an id to its row: one flat table of eight bytes a slot, because a million users
// are looked up twice each while the listing is read. The ids stay where the rows are.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherform {

class IdIndex {
 public:
  static std::uint64_t hash(std::string_view id) { return std::hash<std::string_view>{}(id); }

  /// The row whose id it is; `id_of(row)` gives the id of a row.
  template <class IdOf>
  std::optional<std::uint32_t> find(std::string_view id, std::uint64_t hash, IdOf id_of) const {
    if (slots_.empty()) return std::nullopt;
    for (std::size_t at = hash & mask(); slots_[at].row_plus_1 != 0; at = (at + 1) & mask()) {
      if (slots_[at].tag == tag_of(hash) && id_of(slots_[at].row_plus_1 - 1) == id) return slots_[at].row_plus_1 - 1;
    }
    return std::nullopt;
  }

  /// Must not be there yet. `hash_of(row)` gives the hash of a row's id, to grow.
  template <class HashOf>
  void insert(std::uint64_t hash, std::uint32_t row, HashOf hash_of) {
    if (2 * (count_ + 1) > slots_.size()) grow(hash_of);
    place(hash, row);
    ++count_;
  }

  void clear() {
    slots_.clear();
    count_ = 0;
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t row_plus_1 = 0;  ///< 0: free
  };

  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32U); }
  std::size_t mask() const { return slots_.size() - 1; }

  void place(std::uint64_t hash, std::uint32_t row) {
    std::size_t at = hash & mask();
    while (slots_[at].row_plus_1 != 0) at = (at + 1) & mask();
    slots_[at] = {tag_of(hash), row + 1};
  }

  template <class HashOf>
  void grow(HashOf hash_of) {
    constexpr std::size_t kLeast = 64;
    const std::vector<Slot> old = std::exchange(slots_, {});
    slots_.resize(old.empty() ? kLeast : 2 * old.size());
    for (const Slot& slot : old) {
      if (slot.row_plus_1 != 0) place(hash_of(slot.row_plus_1 - 1), slot.row_plus_1 - 1);
    }
  }

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace cipherform
