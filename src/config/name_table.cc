// Linear probing; the hash is kept beside each entry, so that growing compares no text.
#include "config/name_table.h"

#include <functional>

namespace cipherform::config {
namespace {

std::uint32_t hash_of(std::string_view key) {
  const std::uint64_t hash = std::hash<std::string_view>{}(key);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32U));
}

}  // namespace

std::size_t NameTable::slot_of(std::string_view key, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (slots_[slot] != 0) {
    const Entry& entry = entries_[slots_[slot] - 1];
    if (entry.hash == hash && entry.key == key) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

void NameTable::grow() {
  const std::size_t size = slots_.empty() ? 16 : slots_.size() * 2;
  slots_.assign(size, 0);
  for (std::uint32_t id = 0; id < entries_.size(); ++id) {
    std::size_t slot = entries_[id].hash & (size - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (size - 1);
    slots_[slot] = id + 1;
  }
}

std::uint32_t NameTable::append(Entry entry, std::size_t slot) {
  const auto id = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back(entry);
  slots_[slot] = id + 1;
  return id;
}

std::uint32_t NameTable::intern(std::string_view key, std::string_view spelled, SourcePosition at,
                                StringArena& strings) {
  if (2 * (entries_.size() + 1) > slots_.size()) grow();
  const std::uint32_t hash = hash_of(key);
  const std::size_t slot = slot_of(key, hash);
  if (slots_[slot] != 0) return slots_[slot] - 1;
  const std::string_view stored = strings.store(spelled);
  return append({.key = key == spelled ? stored : strings.store(key), .spelled = stored, .at = at, .hash = hash}, slot);
}

std::uint32_t NameTable::adopt(const Entry& entry) {
  if (2 * (entries_.size() + 1) > slots_.size()) grow();
  const std::size_t slot = slot_of(entry.key, entry.hash);
  return slots_[slot] != 0 ? slots_[slot] - 1 : append(entry, slot);
}

std::optional<std::uint32_t> NameTable::find(std::string_view key) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint32_t found = slots_[slot_of(key, hash_of(key))];
  return found == 0 ? std::nullopt : std::optional{found - 1};
}

}  // namespace cipherform::config
