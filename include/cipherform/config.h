// YAML → what it declares. The only module that knows yaml-cpp.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cipherform/elsewhere.h"
#include "cipherform/error.h"
#include "cipherform/mapping.h"
#include "cipherform/model.h"
#include "cipherform/tenant_seed.h"

namespace cipherform {

/// Where an API key comes from. The key itself is never part of a declaration.
struct KeyFromEnv {
  std::string variable;
};
struct KeyFromFile {
  std::filesystem::path path;  ///< absolute, or relative to the project directory
};
struct KeyFromCommand {
  std::vector<std::string> argv;  ///< run without a shell; its standard output, trimmed, is the key
};
using KeySource = std::variant<KeyFromEnv, KeyFromFile, KeyFromCommand>;

/// What `-e` takes for all of them; no environment has this name.
inline constexpr std::string_view kEveryEnvironment = "all";

/// One tenant that the declaration can be applied to.
struct Environment {
  std::string name;
  std::string url;  ///< without a final slash
  /// Nothing: CIPHERFORM_API_KEY_<NAME>, then CIPHERFORM_API_KEY.
  std::optional<KeySource> api_key;
  std::optional<std::filesystem::path> ca_file;  ///< relative to the project directory
  std::map<std::string, std::string> group_ids;  ///< declared name → uuid
  Mapping mapping;                               ///< how this tenant spells what is declared
  std::string promotes_from;                     ///< empty: none
  bool insecure_http = false;
  std::string ledger;  ///< "postgresql://…" without a password; empty: a file in the state directory
};

/// A declaration for all its environments, parsed and checked. Opaque: ask for
/// one environment's desired state.
class Declaration {
 public:
  Declaration();
  ~Declaration();
  Declaration(Declaration&&) noexcept;
  Declaration& operator=(Declaration&&) noexcept;

  /// In the order declared.
  const std::vector<Environment>& environments() const;
  /// DesiredState::digest of every environment.
  const std::string& digest() const;
  /// What is declared for the person with this email, except what desired_state(environment)
  /// has. `environment` must be one of environments().
  PersonElsewhere elsewhere(std::string_view email, std::string_view environment) const;
  /// In any environment, each name once and in order; valid as long as the declaration.
  std::vector<std::string_view> group_names() const;
  std::vector<std::string_view> emails() const;
  /// What is declared for `environment`, which must be one of environments(), in the words of
  /// its tenant. Consumes the declaration, so that a million users are not held twice.
  DesiredState desired_state(std::string_view environment) &&;
  /// The same as a copy, whose strings are valid as long as the declaration.
  DesiredState desired_state(std::string_view environment) const&;

  struct Data;
  explicit Declaration(std::unique_ptr<Data> data);

 private:
  std::unique_ptr<Data> data_;
};

/// Either a declaration or everything that is wrong with it, in the order of
/// files, lines and columns.
using DeclarationResult = tl::expected<Declaration, std::vector<Diagnostic>>;

/// Reads `project`/cipherform.yaml and all that it includes, files in parallel on
/// `threads` threads (0: one per core). Offline. Reports every error of every
/// file, up to a bound that is said when reached.
DeclarationResult load_declaration(const std::filesystem::path& project, unsigned threads = 0);

/// The environments of `project`/cipherform.yaml alone, without its includes, so that a
/// tenant can be read while the rest of the declaration is parsed.
tl::expected<std::vector<Environment>, std::vector<Diagnostic>> load_environments(const std::filesystem::path& project);

/// Reads a sandbox's seed file (a YAML map with the keys of TenantSeed); the same
/// checks and bounds as a declaration.
tl::expected<TenantSeed, std::vector<Diagnostic>> load_tenant_seed(const std::filesystem::path& file);

}  // namespace cipherform
