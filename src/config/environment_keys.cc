// `version`, `include` and `environments`. No message here repeats what stands under
// `api_key`: a key pasted there by mistake must not end up in a log.
#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "cipherform/export.h"
#include "cipherform/ledger_url.h"
#include "config/environment_words.h"
#include "config/root_keys.h"
#include "config/values.h"

namespace cipherform::config {
namespace {

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_environment_name(std::string_view name) {
  return !name.empty() && is_alphanumeric(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
}

bool is_variable_name(std::string_view name) {
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_alphanumeric(c) || c == '_'; });
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failure == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

bool is_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    return !host.empty() && host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  }
  return !host.empty() &&
         std::all_of(host.begin(), host.end(), [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

/// What is wrong with a base URL, or nothing.
std::string_view url_problem(std::string_view url) {
  std::string scheme(url.substr(0, std::min(url.find("://"), url.size())));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), lower);
  if (scheme.size() == url.size() || (scheme != "https" && scheme != "http")) {
    return "url must begin with https:// or http://";
  }
  const std::string_view rest = url.substr(scheme.size() + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) return "url must not contain a user or password";
  if (rest.find_first_of("?#") != std::string_view::npos) return "url must not contain a query or fragment";
  const auto colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  if (!is_host(has_port ? authority.substr(0, colon) : authority)) return "url has no valid host";
  if (has_port && !is_port(authority.substr(colon + 1))) return "url has no valid port";
  const std::string_view path = rest.substr(authority.size());
  const auto fits_in_a_path = [](char c) {
    return is_alphanumeric(c) || std::string_view("/-._~%!$&'()*+,;=:@").find(c) != std::string_view::npos;
  };
  return std::all_of(path.begin(), path.end(), fits_in_a_path) ? std::string_view{}
                                                               : "url has a character that must be percent-encoded";
}

void read_url(const Value& value, Environment& environment, const FileDiagnostics& errors) {
  const auto url = string_value(value, "url", errors);
  if (!url) return;
  if (const auto problem = url_problem(*url); !problem.empty()) {
    errors.error(value.at, std::string(problem), "such as https://public-api.cipherscale.com/qa");
    return;
  }
  environment.url = *url;
  while (environment.url.ends_with('/')) environment.url.pop_back();
}

std::optional<KeySource> key_from_env(const Value& value, const FileDiagnostics& errors) {
  if (value.kind == Value::Kind::scalar && scalar_type(value) == ScalarType::string && is_variable_name(value.text)) {
    return KeyFromEnv{std::string(value.text)};
  }
  if (value.kind != Value::Kind::invalid) {
    errors.error(value.at, "env must be the name of an environment variable",
                 "letters, digits and _; not the key itself");
  }
  return std::nullopt;
}

std::optional<KeySource> key_from_command(const Value& value, const FileDiagnostics& errors) {
  if (!is_list(value, "command", errors)) return std::nullopt;
  if (value.first == nullptr) {
    errors.error(value.at, "command must not be empty", "a program and its arguments");
    return std::nullopt;
  }
  KeyFromCommand command;
  bool good = true;
  for (const Value& word : Elements(value)) {
    const bool is_string = word.kind == Value::Kind::scalar && scalar_type(word) == ScalarType::string;
    if (is_string && !(word.text.empty() && command.argv.empty())) {
      command.argv.emplace_back(word.text);
    } else {
      good = false;
      if (word.kind != Value::Kind::invalid) errors.error(word.at, "a word of command must be a string");
    }
  }
  if (!good) return std::nullopt;
  return command;
}

std::optional<KeySource> key_source(const Value& key, const Value& value, const FileDiagnostics& errors) {
  if (key.text == "env") return key_from_env(value, errors);
  if (key.text == "command") return key_from_command(value, errors);
  if (value.kind == Value::Kind::scalar && scalar_type(value) == ScalarType::string && !value.text.empty()) {
    return KeyFromFile{std::string(value.text)};
  }
  if (value.kind != Value::Kind::invalid) errors.error(value.at, "file must be the path of a file");
  return std::nullopt;
}

void read_api_key(const Value& value, Environment& environment, const FileDiagnostics& errors) {
  static constexpr std::string_view kHint = "{env: VARIABLE}, {file: path} or {command: [program, argument]}";
  if (value.kind == Value::Kind::invalid) return;
  if (value.kind != Value::Kind::map) {
    errors.error(value.at, "api_key says where the key comes from; the key itself does not belong in a declaration",
                 std::string(kHint));
    return;
  }
  std::size_t sources = 0;
  for (const auto& [key, from] : Entries(value)) {
    if (key.text != "env" && key.text != "file" && key.text != "command") {
      errors.error(key.at, "unknown key in api_key", std::string(kHint));
      continue;
    }
    if (++sources == 1) environment.api_key = key_source(key, from, errors);
  }
  if (sources != 1) errors.error(value.at, "api_key must have exactly one source", std::string(kHint));
}

std::string lower_text(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

/// Its messages repeat nothing of the URL: a password may stand in it.
void read_ledger_url(const Value& value, Environment& environment, const FileDiagnostics& errors) {
  const auto url = string_value(value, "ledger", errors);
  if (!url) return;
  if (const auto problem = ledger_url_problem(*url); !problem.empty()) {
    errors.error(value.at, std::string(problem), "such as postgresql://user@host/database");
  } else if (ledger_url_has_password(*url)) {
    errors.error(value.at, "the ledger's password does not belong in a declaration",
                 "PGPASSFILE, ~/.pgpass or PGPASSWORD holds it");
  } else {
    environment.ledger = *url;
  }
}

constexpr std::array<std::string_view, 11> kEnvironmentKeys{"url",           "api_key",       "ca_file", "group_ids",
                                                            "group_names",   "email_domains", "include", "guardrails",
                                                            "promotes_from", "insecure_http", "ledger"};

void read_environment_key(const Value& key, const Value& value, RawRoot::Tenant& tenant,
                          const FileDiagnostics& errors) {
  Environment& environment = tenant.environment;
  if (key.text == "url") {
    read_url(value, environment, errors);
  } else if (key.text == "api_key") {
    read_api_key(value, environment, errors);
  } else if (key.text == "ca_file") {
    if (const auto path = string_value(value, "ca_file", errors)) environment.ca_file = *path;
  } else if (key.text == "group_ids") {
    read_group_ids(value, tenant, errors);
  } else if (key.text == "group_names") {
    read_group_names(value, tenant, errors);
  } else if (key.text == "email_domains") {
    read_email_domains(value, tenant, errors);
  } else if (key.text == "include") {
    read_include(value, tenant.include, errors);
  } else if (key.text == "guardrails") {
    read_guardrails(value, tenant.guardrails, errors);
  } else if (key.text == "promotes_from") {
    tenant.promotes_from_at = value.at;
    if (const auto from = string_value(value, "promotes_from", errors)) environment.promotes_from = *from;
  } else if (key.text == "ledger") {
    read_ledger_url(value, environment, errors);
  } else if (key.text == "insecure_http") {
    environment.insecure_http = bool_value(value, "insecure_http", errors).value_or(false);
  } else {
    unknown_key(key, "an environment", kEnvironmentKeys, errors);
  }
}

RawRoot::Tenant read_environment(const Value& name, const Value& value, const FileDiagnostics& errors) {
  RawRoot::Tenant tenant;
  tenant.environment.name = name.text;
  tenant.at = name.at;
  if (!is_map(value, "environment " + in_quotes(name.text), errors)) return tenant;
  bool has_url = false;
  for (const auto& [key, element] : Entries(value)) {
    has_url = has_url || key.text == "url";
    read_environment_key(key, element, tenant, errors);
  }
  if (!has_url) errors.error(name.at, "environment " + in_quotes(name.text) + " has no url");
  check_environment_words(tenant, errors);
  return tenant;
}

/// The form in which CIPHERFORM_API_KEY_<NAME> spells an environment.
std::string variable_form(std::string_view name) {
  std::string form = lower_text(name);
  std::replace(form.begin(), form.end(), '-', '_');
  return form;
}

void check_alike_names(const RawRoot& root, const FileDiagnostics& errors) {
  std::map<std::string, std::string> name_of;
  for (const RawRoot::Tenant& tenant : root.environments) {
    const std::string& name = tenant.environment.name;
    const auto [first, added] = name_of.emplace(variable_form(name), name);
    if (added) continue;
    errors.error(tenant.at, "environment " + in_quotes(name) + " is too like " + in_quotes(first->second),
                 "their API keys would come from the same variable");
  }
}

void check_promotion_cycle(const RawRoot& root, const RawRoot::Tenant& start, const FileDiagnostics& errors) {
  const auto source_of = [&root](const std::string& name) -> const RawRoot::Tenant* {
    const auto found = std::find_if(root.environments.begin(), root.environments.end(),
                                    [&name](const RawRoot::Tenant& tenant) { return tenant.environment.name == name; });
    return found == root.environments.end() ? nullptr : &*found;
  };
  std::string path = start.environment.name;
  const RawRoot::Tenant* at = source_of(start.environment.promotes_from);
  for (std::size_t steps = 0; at != nullptr && steps < root.environments.size(); ++steps) {
    path += " from " + at->environment.name;
    if (at == &start) {
      errors.error(start.promotes_from_at, "environments are promoted in a circle: " + path);
      return;
    }
    at = source_of(at->environment.promotes_from);
  }
}

}  // namespace

void read_version(const Value& value, RawRoot& root, const FileDiagnostics& errors) {
  root.has_version = true;
  const auto version = count_value(value, "version", errors);
  if (version && *version != 1) {
    errors.error(value.at, "version " + std::to_string(*version) + " is not known", "this cipherform reads version 1");
  }
}

void read_include(const Value& value, std::vector<NamedAt>& patterns, const FileDiagnostics& errors) {
  if (!is_list(value, "include", errors)) return;
  for (const Value& pattern : Elements(value)) {
    if (const auto text = string_value(pattern, "a pattern of include", errors)) {
      patterns.push_back({.name = std::string(*text), .at = pattern.at});
    }
  }
}

void read_environments(const Value& value, RawRoot& root, const FileDiagnostics& errors) {
  root.has_environments = true;
  if (!is_map(value, "environments", errors)) return;
  if (value.first == nullptr) errors.error(value.at, "environments must name at least one environment");
  for (const auto& [key, element] : Entries(value)) {
    const auto name = string_value(key, "an environment's name", errors);
    if (!name) continue;
    if (!is_environment_name(*name)) {
      errors.error(key.at, in_quotes(*name) + " cannot name an environment",
                   "letters, digits, _ and -, beginning with a letter or digit");
    } else if (lower_text(*name) == kEveryEnvironment) {
      errors.error(key.at, in_quotes(*name) + " cannot name an environment", "-e all means every environment");
    } else if (root.environments.size() == kMaxEnvironments) {
      errors.error(key.at, "more than " + std::to_string(kMaxEnvironments) + " environments");
      return;
    } else {
      root.environments.push_back(read_environment(key, element, errors));
    }
  }
}

void check_environments(const RawRoot& root, const FileDiagnostics& errors) {
  check_alike_names(root, errors);
  std::vector<std::string_view> names;
  for (const RawRoot::Tenant& tenant : root.environments) names.push_back(tenant.environment.name);
  for (const RawRoot::Tenant& tenant : root.environments) {
    const std::string& from = tenant.environment.promotes_from;
    if (from.empty()) continue;
    if (std::find(names.begin(), names.end(), from) == names.end()) {
      errors.error(tenant.promotes_from_at, "unknown environment " + in_quotes(from), meant(from, names));
    } else {
      check_promotion_cycle(root, tenant, errors);
    }
  }
}

}  // namespace cipherform::config

namespace cipherform {

Result<Environment> environment_at(std::string_view url, std::string_view name) {
  if (const auto problem = config::url_problem(url); !problem.empty()) {
    return tl::unexpected(
        Error{ErrorKind::usage, std::string(problem), {}, "such as https://public-api.cipherscale.com/qa", false});
  }
  Environment environment;
  environment.url = url;
  while (environment.url.ends_with('/')) environment.url.pop_back();
  if (name.empty()) {
    const std::string_view path = std::string_view(environment.url).substr(environment.url.find("://") + 3);
    const auto slash = path.rfind('/');
    const std::string_view last = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    environment.name = config::is_environment_name(last) ? last : std::string_view("tenant");
  } else if (config::is_environment_name(name)) {
    environment.name = name;
  } else {
    return tl::unexpected(Error{ErrorKind::usage,
                                config::in_quotes(name) + " cannot name an environment",
                                {},
                                "letters, digits, _ and -, beginning with a letter or digit",
                                false});
  }
  return environment;
}

}  // namespace cipherform
