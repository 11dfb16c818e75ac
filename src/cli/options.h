// argv and CIPHERFORM_* variables → what the user wants. The only module that knows
// Boost.Program_options.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/error.h"
#include "cipherform/model.h"
#include "cipherform/plan.h"

namespace cipherform::cli {

/// Looks an environment variable up; nothing if it is not set.
using Variables = std::function<std::optional<std::string>(std::string_view name)>;

enum class Command : std::uint8_t {
  validate,
  plan,
  drift,
  apply,
  show,
  explain,
  export_tenant,
  diff,
  promote,
  history,
  unlock,
  sandbox,
  completion,
  version,
  help,
  completion_words,
  man_pages,
};
enum class ColorMode : std::uint8_t { automatic, always, never };
enum class Form : std::uint8_t { text, markdown, json, html };

/// One `--format FORM[=FILE]`; without a file it goes to standard output.
struct Output {
  Form form{};
  std::optional<std::filesystem::path> file;
};

struct SandboxArguments {
  std::uint16_t port = 8371;
  std::string base_path = "/qa";
  std::optional<std::filesystem::path> seed;
  std::uint64_t users = 0;
  std::optional<std::filesystem::path> database;
  std::uint32_t latency_ms = 0;
  double requests_per_second = 0;
  bool list_groups = true;
  std::optional<std::filesystem::path> fault_plan;
  std::optional<std::uint16_t> control_port;
};

struct ExportArguments {
  std::optional<std::string> url;  ///< without a project
  std::optional<std::filesystem::path> directory;
  bool split_groups = false;
};

struct PromotionArguments {
  bool all_groups = false;
  std::vector<std::string> groups;  ///< globs over declared names; none: all
};

/// Everything a command may need to know; each reads its own part.
struct Invocation {
  Command command = Command::help;
  std::vector<std::string> operands;  ///< what follows the command: PLANFILE, EMAIL, two environments, or a command
  std::filesystem::path project = ".";
  std::optional<std::string> environment;
  ColorMode color = ColorMode::automatic;
  std::string log_level = "warning";
  std::filesystem::path state_dir;  ///< as given; relative to the project where it is the default
  std::string ledger;               ///< --ledger; may hold a password
  unsigned limit = 20;              ///< of history
  std::optional<Time> as_of;
  Selection selection;
  unsigned parallelism = 32;
  double requests_per_second = 0;  ///< 0: as many as the API bears
  std::chrono::milliseconds timeout{30'000};
  std::chrono::milliseconds lock_timeout{0};
  std::chrono::milliseconds settle_time{60'000};
  std::chrono::milliseconds lease_time{120'000};
  std::chrono::milliseconds max_plan_age = std::chrono::hours{24};
  std::optional<std::string> expected_fingerprint;  ///< 16 hex digits, in lower case
  std::optional<std::filesystem::path> check;       ///< plan --check: a saved plan to compare, instead of planning
  bool detailed_exitcode = false;
  bool auto_approve = false;
  bool json = false;  ///< events on standard output instead of text
  bool resume = false;
  bool require_promoted = false;
  std::optional<std::chrono::milliseconds> soak;  ///< only with require_promoted
  std::vector<std::string> acknowledgements;
  std::vector<Output> outputs;                     ///< never empty: text on standard output by default
  std::optional<std::filesystem::path> plan_file;  ///< --out
  std::optional<std::filesystem::path> metrics_file;
  SandboxArguments sandbox;
  ExportArguments exporting;
  PromotionArguments promotion;
};

/// ErrorKind::usage with a hint where something is unknown, missing or malformed.
Result<Invocation> parse_invocation(std::span<const std::string> arguments, const Variables& variables);

/// What `--format` takes.
std::vector<std::string_view> names_of_forms(Command command);

/// `cipherform help`, or the help of one command; nothing for an unknown command.
std::optional<std::string> help_text(std::string_view command);

}  // namespace cipherform::cli
