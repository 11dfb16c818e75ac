// What YAML leaves to the reader of a map: that no key comes twice, and what `<<` means.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/diagnostics.h"
#include "config/yaml_tree.h"

namespace cipherform::config {

/// Thrown to end the reading of a file whose bounds are exceeded. The error has been
/// reported; thrown by what the parser calls and caught where the parser is called.
struct ReadingStopped {};

/// The keys of one map. Linear while there are few, which is nearly always.
class SeenKeys {
 public:
  /// The place where `key` was seen before, or nothing, and then it is noted.
  std::optional<LineColumn> note(std::string_view key, LineColumn at);
  void clear();

 private:
  static constexpr std::size_t kFew = 16;
  std::vector<std::pair<std::string_view, LineColumn>> few_;
  std::unordered_map<std::string_view, LineColumn> many_;
};

/// What the aliases and merge keys of a file have been expanded to so far.
class Expansion {
 public:
  explicit Expansion(const FileDiagnostics& errors) : errors_(&errors) {}
  /// Throws ReadingStopped once the file's bound is exceeded.
  void charge(std::uint64_t values, LineColumn at);

 private:
  const FileDiagnostics* errors_;
  std::uint64_t values_ = 0;
};

/// Whether `key` can be a key; if not, says so.
bool check_key(const Value& key, const FileDiagnostics& errors);
/// Whether `key` is new in `seen`; if not, says so.
bool check_unique(const Value& key, SeenKeys& seen, const FileDiagnostics& errors);
bool is_merge_key(const Value& key);
/// The maps that the value of a `<<` merges, the first with precedence.
std::vector<const Value*> merged_maps(const Value& value, const FileDiagnostics& errors);

/// Takes duplicates and merge keys out of a map as it was written, and puts in what is
/// merged: explicit keys win, then the map named first.
void finish_map(Value& map, ValueArena& arena, Expansion& expansion, SeenKeys& scratch, const FileDiagnostics& errors);

}  // namespace cipherform::config
