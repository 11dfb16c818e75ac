// `cipherform help`: the commands, or one command with its options.
#include <fmt/format.h>

#include <sstream>

#include "cli/command_table.h"
#include "cli/options.h"

namespace cipherform::cli {
namespace {

constexpr std::size_t kWidth = 100;

/// Broken at spaces into lines of at most kWidth, each with its line feed.
std::string wrapped(std::string_view text) {
  std::string out;
  while (text.size() > kWidth) {
    const std::size_t space = text.rfind(' ', kWidth);
    out.append(text.substr(0, space)) += '\n';
    text.remove_prefix(space + 1);
  }
  return out.append(text) += '\n';
}

std::string exit_codes() {
  std::string text = "Exit codes:";
  for (const ExitLine& line : exit_lines()) text += fmt::format(" {} {},", line.code, line.meaning);
  text.back() = '.';
  return text;
}

std::string help_of_all() {
  std::ostringstream help;
  help << wrapped(
              "cipherform reconciles the users and group memberships of a Cipherscale tenant with a declaration in "
              "YAML.")
       << "\nUsage: cipherform [-C DIR] COMMAND [-e ENV] [options]\n\nCommands:\n";
  for (const CommandLine& line : commands()) help << fmt::format("  {:<10} {}\n", line.name, line.summary);
  help << '\n'
       << global_options() << '\n'
       << wrapped("Every option has an environment variable: --state-dir is CIPHERFORM_STATE_DIR. A flag wins.")
       << wrapped(exit_codes()) << "`cipherform help COMMAND` explains a command.\n";
  return help.str();
}

std::string help_of(const CommandLine& line) {
  std::ostringstream help;
  help << "Usage: cipherform [-C DIR] " << line.name << (line.operands.empty() ? "" : " ") << line.operands
       << " [options]\n\n"
       << wrapped(line.description) << '\n';
  const auto options = command_options(line.command);
  if (!options.options().empty()) help << options << '\n';
  help << global_options();
  return help.str();
}

}  // namespace

std::optional<std::string> help_text(std::string_view command) {
  if (command.empty()) return help_of_all();
  const CommandLine* const line = find_command(command);
  if (line == nullptr) return std::nullopt;
  return help_of(*line);
}

}  // namespace cipherform::cli
