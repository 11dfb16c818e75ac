// One declaration, many tenants: how an environment spells what the declaration names
// (`group_names` and `email_domains` of an environment). Everything in a declaration,
// guardrails too, is in the declaration's own words; a plan is in the tenant's emails and
// the declaration's group names.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cipherform {

/// What is not in it is spelled the same on both sides. No two entries of a map have the
/// same value.
struct Mapping {
  std::map<std::string, std::string, std::less<>> group_names;    ///< declared name → the tenant's own
  std::map<std::string, std::string, std::less<>> email_domains;  ///< declared domain → the tenant's; lower case
  friend bool operator==(const Mapping&, const Mapping&) = default;
};

/// What the tenant calls the group that is declared as `name`.
std::string_view tenant_group(const Mapping& mapping, std::string_view name);
/// The declared name of the group that the tenant calls `name`; nothing where the
/// declaration has no word for it, because what it calls so is another group.
std::optional<std::string_view> declared_group(const Mapping& mapping, std::string_view name);

/// The email that the tenant has for the person declared as `email`. The local part keeps its
/// spelling; a domain is compared without case.
std::string tenant_email(const Mapping& mapping, std::string_view email);
/// The other way; nothing where the declaration has no word for it, because its domain is
/// another one in this tenant.
std::optional<std::string> declared_email(const Mapping& mapping, std::string_view email);

}  // namespace cipherform
