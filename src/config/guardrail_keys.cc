// `guardrails`: names and limits as they are written. Whether they contradict the
// declaration is checked once all files are known (declaration_checks.cc).
#include <array>
#include <set>
#include <string>
#include <vector>

#include "config/root_keys.h"
#include "config/values.h"

namespace cipherform::config {
namespace {

void read_max_removals(const Value& value, Guardrails& guardrails, const FileDiagnostics& errors) {
  static constexpr std::array<std::string_view, 2> kKeys{"percent", "count"};
  if (!is_map(value, "max_removals", errors)) return;
  if (value.first == nullptr) {
    errors.error(value.at, "max_removals must have percent, count or both");
    return;
  }
  // A limit that is left out is no limit: whoever writes one of the two means it.
  guardrails.max_removals_percent.reset();
  guardrails.max_removals_count.reset();
  for (const auto& [key, limit] : Entries(value)) {
    if (key.text == "percent") {
      guardrails.max_removals_percent = percent_value(limit, "percent", errors);
    } else if (key.text == "count") {
      guardrails.max_removals_count = count_value(limit, "count", errors);
    } else {
      unknown_key(key, "max_removals", kKeys, errors);
    }
  }
}

void read_protected_users(const Value& value, Guardrails& guardrails, const FileDiagnostics& errors) {
  if (!is_list(value, "protected_users", errors)) return;
  for (const Value& element : Elements(value)) {
    if (const auto email = email_value(element, errors)) guardrails.protected_users.push_back(email_key(*email));
  }
}

void read_group_names(const Value& value, std::string_view what, std::vector<std::string>& names,
                      std::vector<LineColumn>& places, const FileDiagnostics& errors) {
  if (!is_list(value, what, errors)) return;
  for (const Value& element : Elements(value)) {
    if (const auto name = name_value(element, "a group name", errors)) {
      names.emplace_back(*name);
      places.push_back(element.at);
    }
  }
}

void read_separate_duties(const Value& value, RawGuardrails& guardrails, const FileDiagnostics& errors) {
  if (!is_list(value, "separate_duties", errors)) return;
  for (const Value& element : Elements(value)) {
    std::vector<std::string> names;
    std::vector<LineColumn> places;
    read_group_names(element, "a set of separate_duties", names, places, errors);
    if (element.kind != Value::Kind::sequence) continue;
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (seen.insert(names[i]).second) continue;
      errors.error(places[i], "group " + in_quotes(names[i]) + " stands twice in one set of separate_duties");
    }
    const bool several = element.first != nullptr && element.first->next != nullptr;
    if (!several) errors.error(element.at, "a set of separate_duties needs at least two groups");
    guardrails.values.separate_duties.push_back(std::move(names));
    guardrails.separate_duties_at.push_back(std::move(places));
  }
}

void read_allowed_domains(const Value& value, Guardrails& guardrails, const FileDiagnostics& errors) {
  if (!is_list(value, "allowed_domains", errors)) return;
  if (value.first == nullptr) {
    errors.error(value.at, "allowed_domains must not be empty", "without the key every domain is allowed");
  }
  for (const Value& element : Elements(value)) {
    if (auto domain = domain_value(element, "example.com", errors)) guardrails.allowed_domains.push_back(*domain);
  }
}

constexpr std::array<std::string_view, 8> kGuardrailKeys{"max_removals",     "max_creates",       "protected_users",
                                                         "protected_groups", "privileged_groups", "separate_duties",
                                                         "allowed_domains",  "fallback_group"};

void read_guardrail(const Value& key, const Value& value, RawGuardrails& raw, const FileDiagnostics& errors) {
  Guardrails& guardrails = raw.values;
  raw.given.emplace(key.text);
  if (key.text == "max_removals") {
    read_max_removals(value, guardrails, errors);
  } else if (key.text == "max_creates") {
    if (const auto count = count_value(value, "max_creates", errors)) guardrails.max_creates = *count;
  } else if (key.text == "protected_users") {
    read_protected_users(value, guardrails, errors);
  } else if (key.text == "protected_groups") {
    read_group_names(value, "protected_groups", guardrails.protected_groups, raw.protected_groups_at, errors);
  } else if (key.text == "privileged_groups") {
    read_group_names(value, "privileged_groups", guardrails.privileged_groups, raw.privileged_groups_at, errors);
  } else if (key.text == "separate_duties") {
    read_separate_duties(value, raw, errors);
  } else if (key.text == "allowed_domains") {
    read_allowed_domains(value, guardrails, errors);
  } else if (key.text == "fallback_group") {
    raw.fallback_group_at = value.at;
    if (const auto name = name_value(value, "a group name", errors)) guardrails.fallback_group = *name;
  } else {
    unknown_key(key, "guardrails", kGuardrailKeys, errors);
  }
}

}  // namespace

void read_guardrails(const Value& value, RawGuardrails& guardrails, const FileDiagnostics& errors) {
  if (!is_map(value, "guardrails", errors)) return;
  for (const auto& [key, element] : Entries(value)) read_guardrail(key, element, guardrails, errors);
}

RawGuardrails in_force(RawGuardrails all, const RawGuardrails& own) {
  const auto given = [&own](std::string_view key) { return own.given.contains(key); };
  Guardrails& values = all.values;
  if (given("max_removals")) {
    values.max_removals_percent = own.values.max_removals_percent;
    values.max_removals_count = own.values.max_removals_count;
  }
  if (given("max_creates")) values.max_creates = own.values.max_creates;
  if (given("protected_users")) values.protected_users = own.values.protected_users;
  if (given("protected_groups")) {
    values.protected_groups = own.values.protected_groups;
    all.protected_groups_at = own.protected_groups_at;
  }
  if (given("privileged_groups")) {
    values.privileged_groups = own.values.privileged_groups;
    all.privileged_groups_at = own.privileged_groups_at;
  }
  if (given("separate_duties")) {
    values.separate_duties = own.values.separate_duties;
    all.separate_duties_at = own.separate_duties_at;
  }
  if (given("allowed_domains")) values.allowed_domains = own.values.allowed_domains;
  if (given("fallback_group")) {
    values.fallback_group = own.values.fallback_group;
    all.fallback_group_at = own.fallback_group_at;
  }
  return all;
}

}  // namespace cipherform::config
