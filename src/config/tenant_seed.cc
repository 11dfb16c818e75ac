// The seed of an emulated tenant: a small sibling of a declaration, with the same reader
// and so the same bounds and errors.
#include <array>
#include <string>
#include <unordered_map>
#include <vector>

#include "cipherform/config.h"
#include "config/diagnostics.h"
#include "config/source_text.h"
#include "config/values.h"
#include "config/yaml_stream.h"

namespace cipherform {
namespace config {
namespace {

constexpr std::array<std::string_view, 2> kRootKeys{"groups", "users"};
constexpr std::array<std::string_view, 6> kGroupKeys{"name",        "id",          "role",
                                                     "description", "idp_mapping", "saml_default"};
constexpr std::array<std::string_view, 4> kUserKeys{"email", "groups", "status", "owner"};
constexpr std::array<std::string_view, 7> kRoles{"OWNER", "ADMIN", "DEFAULT", "BASIC", "BILLING", "AUDITOR", "SUPPORT"};

std::string line_of(LineColumn at) { return std::to_string(at.line) + ":" + std::to_string(at.column); }

class SeedFile : public DocumentSink {
 public:
  SeedFile(TenantSeed& seed, const FileDiagnostics& errors) : seed_(&seed), errors_(&errors) {}

  Place child(Place parent, std::string_view key) const override {
    if (parent != Place::root) return Place::whole;
    if (key == "groups") return Place::seed_groups;
    return key == "users" ? Place::users : Place::whole;
  }
  void begin(Place /*place*/, const Value* /*key*/) override {}
  void end(Place /*place*/) override {}

  void item(Place parent, const Value* key, const Value& value) override {
    if (parent == Place::seed_groups) return group(value);
    if (parent == Place::users) return user(value);
    if (key->text == "groups" || key->text == "users") return wrong_type(value, key->text, "a list", *errors_);
    unknown_key(*key, "a seed", kRootKeys, *errors_);
  }

  /// A user may stand before the groups, so that names are looked up at the end.
  void check_group_names() const {
    std::vector<std::string_view> names;
    for (const TenantSeed::Group& group : seed_->groups) names.emplace_back(group.name);
    for (const auto& [name, at] : named_) {
      if (!groups_.contains(name)) errors_->error(at, "unknown group " + in_quotes(name), meant(name, names));
    }
  }

 private:
  void group(const Value& value) {
    if (!is_map(value, "a group", *errors_)) return;
    TenantSeed::Group group;
    for (const auto& [key, element] : Entries(value)) group_key(key, element, group);
    if (value.first == nullptr || !has_key(value, "name")) errors_->error(value.at, "a group without a name");
    if (group.name.empty()) return;
    note_unique(groups_, group.name, "group", value.at);
    if (!group.id.empty()) note_unique(ids_, email_key(group.id), "group id", value.at);
    seed_->groups.push_back(std::move(group));
  }

  void group_key(const Value& key, const Value& value, TenantSeed::Group& group) {
    if (key.text == "name") {
      group.name = name_value(value, "a group name", *errors_).value_or("");
    } else if (key.text == "id") {
      group.id = string_value(value, "id", *errors_).value_or("");
      if (!group.id.empty() && !is_uuid(group.id)) errors_->error(value.at, in_quotes(group.id) + " is not a UUID");
    } else if (key.text == "role") {
      role(value, group);
    } else if (key.text == "description") {
      group.description = string_value(value, "description", *errors_).value_or("");
    } else if (key.text == "idp_mapping") {
      strings(value, "idp_mapping", group.idp_mapping);
    } else if (key.text == "saml_default") {
      group.saml_default = bool_value(value, "saml_default", *errors_).value_or(false);
    } else {
      unknown_key(key, "a group", kGroupKeys, *errors_);
    }
  }

  void role(const Value& value, TenantSeed::Group& group) const {
    const auto role = string_value(value, "role", *errors_);
    if (!role) return;
    group.role = *role;
    for (const std::string_view known : kRoles) {
      if (known == *role) return;
    }
    std::string hint = meant(*role, kRoles);
    if (hint.empty()) hint = "OWNER, ADMIN, DEFAULT, BASIC, BILLING, AUDITOR or SUPPORT";
    errors_->error(value.at, in_quotes(*role) + " is not a role", std::move(hint));
  }

  void user(const Value& value) {
    if (!is_map(value, "a user", *errors_)) return;
    TenantSeed::User user;
    bool groups_readable = false;
    for (const auto& [key, element] : Entries(value)) {
      if (key.text == "email") {
        user.email = email_value(element, *errors_).value_or("");
      } else if (key.text == "groups") {
        groups_readable = element.kind == Value::Kind::sequence && element.first != nullptr;
        user_groups(element, user);
      } else if (key.text == "status") {
        user.status = string_value(element, "status", *errors_).value_or("");
      } else if (key.text == "owner") {
        user.owner = bool_value(element, "owner", *errors_).value_or(false);
      } else {
        unknown_key(key, "a user", kUserKeys, *errors_);
      }
    }
    if (!groups_readable) errors_->error(value.at, "a user without groups", "every user is in at least one group");
    if (!user.email.empty()) note_unique(emails_, email_key(user.email), "user", value.at);
    seed_->users.push_back(std::move(user));
  }

  void user_groups(const Value& value, TenantSeed::User& user) {
    if (!is_list(value, "groups", *errors_)) return;
    for (const Value& element : Elements(value)) {
      const auto name = name_value(element, "a group name", *errors_);
      if (!name) continue;
      user.groups.emplace_back(*name);
      // One note for each name is enough where it is known already.
      if (!groups_.contains(user.groups.back())) named_.emplace_back(*name, element.at);
    }
  }

  void strings(const Value& value, std::string_view what, std::vector<std::string>& texts) const {
    if (!is_list(value, what, *errors_)) return;
    for (const Value& element : Elements(value)) {
      if (const auto text = string_value(element, what, *errors_)) texts.emplace_back(*text);
    }
  }

  static bool has_key(const Value& map, std::string_view name) {
    for (const auto& [key, value] : Entries(map)) {
      if (key.text == name) return true;
    }
    return false;
  }

  using Places = std::unordered_map<std::string, LineColumn>;
  void note_unique(Places& places, const std::string& name, std::string_view what, LineColumn at) const {
    const auto [first, added] = places.emplace(name, at);
    if (!added) {
      errors_->error(at, "duplicate " + std::string(what) + " " + in_quotes(name),
                     "first at " + line_of(first->second));
    }
  }

  TenantSeed* seed_;
  const FileDiagnostics* errors_;
  Places groups_;
  Places ids_;
  Places emails_;
  std::vector<std::pair<std::string, LineColumn>> named_;
};

void read_seed(const std::filesystem::path& file, TenantSeed& seed, const FileDiagnostics& errors) {
  const auto bytes = read_regular_file(file);
  if (!bytes) return errors.error({}, bytes.error());
  if (!check_text(*bytes, errors)) return;
  SeedFile sink(seed, errors);
  const Reading reading = read_document(*bytes, sink, errors);
  if (reading == Reading::empty) errors.error({}, "the file is empty");
  if (reading == Reading::complete) sink.check_group_names();
}

}  // namespace
}  // namespace config

tl::expected<TenantSeed, std::vector<Diagnostic>> load_tenant_seed(const std::filesystem::path& file) {
  TenantSeed seed;
  config::Diagnostics errors;
  const std::vector<std::string> names{file.string()};
  config::read_seed(file, seed, config::FileDiagnostics(errors, 0));
  if (!errors.empty()) return tl::unexpected(std::move(errors).take(names));
  return seed;
}

}  // namespace cipherform
