// What an emulated tenant starts with.
#pragma once

#include <string>
#include <vector>

namespace cipherform {

/// In YAML:
///   groups: [{name: Admins, role: ADMIN, id: <uuid>, description: …, idp_mapping: [...], saml_default: true}, …]
///   users: [{email: ada@example.com, groups: [Admins], status: Active, owner: true}, …]
/// Only a group's name and a user's groups are required.
struct TenantSeed {
  struct Group {
    std::string name;
    std::string id;              ///< a UUID; empty: the sandbox makes one
    std::string role = "BASIC";  ///< a role type of the API reference
    std::string description;
    std::vector<std::string> idp_mapping;
    bool saml_default = false;
  };
  struct User {
    std::string email;                ///< empty: a user without one
    std::vector<std::string> groups;  ///< names; at least one
    std::string status = "Active";
    bool owner = false;
  };
  std::vector<Group> groups;
  std::vector<User> users;
};

}  // namespace cipherform
