// From what each file says to what the declaration says: users, groups and teams of all
// files united, with every source of every membership.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cipherform/config.h"
#include "cipherform/model.h"
#include "config/diagnostics.h"
#include "config/raw_file.h"

namespace cipherform {

/// The declaration for all environments at once. Where something holds in some
/// environments only, a bit mask says in which: bit i is environments[i].
struct Declaration::Data {
  std::vector<Environment> environments;
  /// Columns as in DesiredState, of which `environment` and `base_url` are not set.
  DesiredState all;
  std::vector<std::uint64_t> users_in;    ///< parallel to all.users
  std::vector<std::uint64_t> groups_in;   ///< parallel to all.groups
  std::vector<std::uint64_t> details_in;  ///< parallel to all.details
  std::vector<bool> group_is_declared;    ///< parallel to all.groups
  std::vector<Guardrails> guardrails;     ///< parallel to environments
};

namespace config {

inline constexpr std::uint64_t kEverywhere = ~std::uint64_t{0};

/// The mask of all environments that there are.
inline std::uint64_t existing_environments(const Declaration::Data& data) {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < data.environments.size(); ++i) mask |= std::uint64_t{1} << i;
  return mask;
}

/// One file, read.
struct LoadedFile {
  std::string name;
  /// Where what it says holds: an overlay is included by some environments only.
  std::uint64_t environments = kEverywhere;
  RawFile raw;
  bool is_overlay() const { return environments != kEverywhere; }
  /// False where an error ended it early, or it could not be read: then what seems to
  /// be missing elsewhere is not reported as missing.
  bool complete = false;
};

/// A user's own entry, or what an overlay adds to it.
struct UserEntry {
  std::uint32_t user = 0;  ///< indexes DesiredState::users
  SourcePosition at;
  std::uint64_t environments = 0;
  bool faulty = false;
};

/// A declared group's limit.
struct GroupLimit {
  std::uint32_t group = 0;
  SourcePosition at;
};

struct Resolved {
  Declaration::Data data;  ///< its `guardrails` are not set
  std::vector<UserEntry> entries;
  std::vector<GroupLimit> limits;  ///< of groups with max_members
};

/// Consumes the files, those for all environments first. Names that refer to nothing, duplicates and team cycles go to
/// `errors`; what is returned is then still consistent, so that checks can go on.
Resolved resolve(std::vector<LoadedFile>& files, const RawRoot& root, Diagnostics& errors);

}  // namespace config
}  // namespace cipherform
