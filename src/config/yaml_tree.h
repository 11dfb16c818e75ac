// One value of a YAML file with its positions, and the storage of such values. Values
// are read-only once built; an alias shares the children of its anchor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"

namespace cipherform::config {

struct Value {
  enum class Kind : std::uint8_t {
    invalid,  ///< an error has been reported; nothing more is to be said about it
    null,
    scalar,
    sequence,  ///< children: the elements
    map,       ///< children: key, value, key, value …; keys are scalars and unique, merges are done
  };
  Kind kind = Kind::invalid;
  bool plain = false;  ///< a scalar without quotes
  LineColumn at;
  std::uint32_t values = 1;  ///< how many values this stands for, aliases expanded; saturates
  std::string_view text;     ///< of a scalar
  Value* first = nullptr;
  Value* next = nullptr;
};

/// The types of YAML 1.2's core schema.
enum class ScalarType : std::uint8_t { string, integer, number, boolean, null };
ScalarType scalar_type(const Value& scalar);
/// "a list", "a map", "a number", "null" …, for messages.
std::string_view describe(const Value& node);

/// The elements of a sequence.
class Elements {
 public:
  explicit Elements(const Value& sequence) : first_(sequence.first) {}
  class Iterator {
   public:
    explicit Iterator(const Value* node) : node_(node) {}
    const Value& operator*() const { return *node_; }
    Iterator& operator++() {
      node_ = node_->next;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return node_ != other.node_; }

   private:
    const Value* node_;
  };
  Iterator begin() const { return Iterator(first_); }
  static Iterator end() { return Iterator(nullptr); }

 private:
  const Value* first_;
};

/// The entries of a map.
class Entries {
 public:
  struct Entry {
    const Value& key;
    const Value& value;
  };
  explicit Entries(const Value& map) : first_(map.first) {}
  class Iterator {
   public:
    explicit Iterator(const Value* key) : key_(key) {}
    Entry operator*() const { return {*key_, *key_->next}; }
    Iterator& operator++() {
      key_ = key_->next->next;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return key_ != other.key_; }

   private:
    const Value* key_;
  };
  Iterator begin() const { return Iterator(first_); }
  static Iterator end() { return Iterator(nullptr); }

 private:
  const Value* first_;
};

/// Bump storage that can be wound back: what one user needs is given back before the
/// next user is read.
class ValueArena {
 public:
  struct Mark {
    std::size_t chunk = 0;
    std::size_t used = 0;
  };

  Value* node();
  /// A copy of `node` that stands alone: same children, no successor.
  Value* copy(const Value& node);
  std::string_view store(std::string_view text);
  Mark mark() const { return {.chunk = chunk_, .used = used_}; }
  /// Everything made since `mark` is gone.
  void rewind(Mark mark);
  std::size_t bytes_held() const { return chunk_ * kChunk + used_; }

 private:
  static constexpr std::size_t kChunk = std::size_t{64} << 10;
  std::byte* allocate(std::size_t size);

  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::size_t chunk_ = 0;  ///< the one being filled
  std::size_t used_ = kChunk;
};

}  // namespace cipherform::config
