// Names and emails, each once, with the place of their first mention. Open addressing
// over dense entries: no allocation for each name, and ids in the order first met.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cipherform/model.h"

namespace cipherform::config {

class NameTable {
 public:
  struct Entry {
    std::string_view key;      ///< what is compared
    std::string_view spelled;  ///< as first spelled
    SourcePosition at;
    std::uint32_t hash = 0;
  };

  /// The id of `key`; a key that is new is copied to `strings`, with its spelling.
  std::uint32_t intern(std::string_view key, std::string_view spelled, SourcePosition at, StringArena& strings);
  std::uint32_t intern(std::string_view name, SourcePosition at, StringArena& strings) {
    return intern(name, name, at, strings);
  }
  /// The id of another table's entry, whose strings outlive this table.
  std::uint32_t adopt(const Entry& entry);
  std::optional<std::uint32_t> find(std::string_view key) const;

  const Entry& operator[](std::uint32_t id) const { return entries_[id]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  /// The slot that holds `key`, or the empty one where it belongs.
  std::size_t slot_of(std::string_view key, std::uint32_t hash) const;
  std::uint32_t append(Entry entry, std::size_t slot);
  void grow();

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  ///< id + 1; 0 is empty; a power of two of them, at most half full
};

}  // namespace cipherform::config
