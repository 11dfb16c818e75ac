// `group_ids`, `group_names` and `email_domains`. No value may stand twice in one of them:
// two declared groups, or two declared domains, would then be one in the tenant.
#include "config/environment_words.h"

#include <map>
#include <string>
#include <string_view>

#include "config/values.h"

namespace cipherform::config {
namespace {

constexpr std::string_view kExampleDomain = "qa.example.com";

/// The values of one map, each with the key that has it.
class Targets {
 public:
  Targets(std::string_view what, const FileDiagnostics& errors) : what_(what), errors_(&errors) {}

  /// False, and reported, where another key has `value` already.
  bool take(const Value& at, std::string_view key, const std::string& value) {
    const auto [first, added] = key_of_.emplace(value, key);
    if (added) return true;
    errors_->error(at.at, std::string(what_) + " of " + in_quotes(key) + " is also the " + std::string(what_) + " of " +
                              in_quotes(first->second));
    return false;
  }

 private:
  std::string_view what_;
  const FileDiagnostics* errors_;
  std::map<std::string, std::string> key_of_;
};

}  // namespace

void read_group_ids(const Value& value, RawRoot::Tenant& tenant, const FileDiagnostics& errors) {
  if (!is_map(value, "group_ids", errors)) return;
  Targets ids("id", errors);
  for (const auto& [key, id] : Entries(value)) {
    const auto name = name_value(key, "a group name", errors);
    const auto text = string_value(id, "a group id", errors);
    if (!name || !text) continue;
    if (!is_uuid(*text)) {
      errors.error(id.at, in_quotes(*text) + " is not a UUID", "such as 550e8400-e29b-41d4-a716-446655440000");
      continue;
    }
    const std::string uuid = email_key(*text);  // UUIDs compare without case
    if (!ids.take(id, *name, uuid)) continue;
    tenant.environment.group_ids.emplace(*name, uuid);
    tenant.group_ids.push_back({.name = std::string(*name), .at = key.at});
  }
}

void read_group_names(const Value& value, RawRoot::Tenant& tenant, const FileDiagnostics& errors) {
  if (!is_map(value, "group_names", errors)) return;
  Targets names("name", errors);
  for (const auto& [key, word] : Entries(value)) {
    const auto name = name_value(key, "a group name", errors);
    const auto own = name_value(word, "a group name", errors);
    if (!name || !own || !names.take(word, *name, std::string(*own))) continue;
    tenant.environment.mapping.group_names.emplace(*name, *own);
    tenant.group_names.push_back({.name = std::string(*name), .at = key.at});
  }
}

void read_email_domains(const Value& value, RawRoot::Tenant& tenant, const FileDiagnostics& errors) {
  if (!is_map(value, "email_domains", errors)) return;
  Targets domains("domain", errors);
  for (const auto& [key, word] : Entries(value)) {
    const auto declared = domain_value(key, kExampleDomain, errors);
    const auto own = domain_value(word, kExampleDomain, errors);
    if (!declared || !own || !domains.take(word, *declared, *own)) continue;
    if (!tenant.environment.mapping.email_domains.emplace(*declared, *own).second) {
      errors.error(key.at, "duplicate domain " + in_quotes(*declared), "domains compare without case");
    }
  }
}

void check_environment_words(const RawRoot::Tenant& tenant, const FileDiagnostics& errors) {
  for (const NamedAt& name : tenant.group_names) {
    if (!tenant.environment.group_ids.contains(name.name)) continue;
    errors.error(name.at, "group " + in_quotes(name.name) + " stands in group_ids and in group_names",
                 "the id says which group it is, whatever its name: remove one of them");
  }
}

}  // namespace cipherform::config
