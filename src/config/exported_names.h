// What the groups of a tenant are called in a declaration.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cipherform/model.h"

namespace cipherform::config {

struct ExportedNames {
  /// By the index of the live group; empty: it cannot be declared.
  std::vector<std::string> of_live;
  /// By the index of the live group: why it has another name, or none; may be empty.
  std::vector<std::string> remarks;
  /// Name → UUID: those given, and those that the names need.
  std::map<std::string, std::string> group_ids;
};

/// Each group keeps its own name where a declaration can hold it and no other group could be
/// meant by it; one that is pinned by `group_ids` has the name there. With `may_pin` every other
/// group whose id is a UUID gets a name that its id pins.
ExportedNames exported_names(const LiveState& live, const std::map<std::string, std::string>& group_ids, bool may_pin);

}  // namespace cipherform::config
