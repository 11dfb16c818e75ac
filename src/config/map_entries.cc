// Works on the list of children in place: an entry is dropped by relinking, and merged
// entries are copies of two list cells that share everything below them.
#include "config/map_entries.h"

#include <limits>
#include <string>

namespace cipherform::config {

std::optional<LineColumn> SeenKeys::note(std::string_view key, LineColumn at) {
  if (many_.empty()) {
    for (const auto& [seen, where] : few_) {
      if (seen == key) return where;
    }
    few_.emplace_back(key, at);
    if (few_.size() > kFew) many_.insert(few_.begin(), few_.end());
    return std::nullopt;
  }
  const auto [entry, added] = many_.emplace(key, at);
  return added ? std::nullopt : std::optional{entry->second};
}

void SeenKeys::clear() {
  few_.clear();
  if (!many_.empty()) many_.clear();
}

void Expansion::charge(std::uint64_t values, LineColumn at) {
  values_ += values;
  if (values_ <= kMaxExpandedValues) return;
  errors_->error(at, "aliases expand to more than " + std::to_string(kMaxExpandedValues) + " values");
  throw ReadingStopped{};
}

bool check_key(const Value& key, const FileDiagnostics& errors) {
  if (key.kind == Value::Kind::invalid) return false;
  if (key.kind == Value::Kind::scalar && scalar_type(key) != ScalarType::null) return true;
  errors.error(key.at, "a key must be a string, but is " + std::string(describe(key)));
  return false;
}

bool check_unique(const Value& key, SeenKeys& seen, const FileDiagnostics& errors) {
  const auto before = seen.note(key.text, key.at);
  if (!before) return true;
  errors.error(key.at, "duplicate key " + in_quotes(key.text),
               "first at " + std::to_string(before->line) + ":" + std::to_string(before->column));
  return false;
}

bool is_merge_key(const Value& key) { return key.plain && key.text == "<<"; }

std::vector<const Value*> merged_maps(const Value& value, const FileDiagnostics& errors) {
  std::vector<const Value*> maps;
  const auto take = [&](const Value& node) {
    if (node.kind == Value::Kind::map) {
      maps.push_back(&node);
    } else if (node.kind != Value::Kind::invalid) {
      errors.error(node.at, "<< takes a map or a list of maps, but this is " + std::string(describe(node)));
    }
  };
  if (value.kind == Value::Kind::sequence) {
    for (const Value& element : Elements(value)) take(element);
  } else {
    take(value);
  }
  return maps;
}

namespace {

void count_values(Value& map) {
  std::uint64_t values = 1;
  for (const auto& [key, value] : Entries(map)) values += std::uint64_t{1} + value.values;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  map.values = static_cast<std::uint32_t>(values < kMost ? values : kMost);
}

}  // namespace

void finish_map(Value& map, ValueArena& arena, Expansion& expansion, SeenKeys& scratch, const FileDiagnostics& errors) {
  scratch.clear();
  std::vector<const Value*> merges;
  Value** link = &map.first;
  while (Value* const key = *link) {
    Value* const value = key->next;
    const bool unique = check_key(*key, errors) && check_unique(*key, scratch, errors);
    const bool merge = unique && is_merge_key(*key);
    if (merge) merges = merged_maps(*value, errors);
    if (unique && !merge) {
      link = &value->next;
    } else {
      *link = value->next;
    }
  }
  for (const Value* const source : merges) {
    for (const auto& [key, value] : Entries(*source)) {
      expansion.charge(std::uint64_t{1} + value.values, key.at);
      if (scratch.note(key.text, key.at)) continue;
      Value* const key_copy = arena.copy(key);
      Value* const value_copy = arena.copy(value);
      key_copy->next = value_copy;
      *link = key_copy;
      link = &value_copy->next;
    }
  }
  count_values(map);
}

}  // namespace cipherform::config
