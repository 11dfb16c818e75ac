// Who of a tenant can be declared, and which groups may then be authoritative.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cipherform/model.h"

namespace cipherform::config {

struct ExportedGroup {
  std::uint32_t live = 0;  ///< indexes LiveState::groups
  std::string name;
  bool authoritative = true;
  std::vector<std::uint32_t> members;  ///< LiveState::users, by email key; one of those with one email
  std::vector<std::string> remarks;    ///< safe in a comment
};

struct ExportedTenant {
  std::vector<ExportedGroup> groups;  ///< by name
  std::vector<std::string> remarks;   ///< about who and what is in no declaration; safe in a comment
  std::size_t people = 0;             ///< who are declared
};

/// `names` by the index of the live group; a group without a name is left out.
ExportedTenant exported_tenant(const LiveState& live, const std::vector<std::string>& names);

}  // namespace cipherform::config
