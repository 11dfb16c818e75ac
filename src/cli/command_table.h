// The commands, and the options that each of them has. A flag that does nothing for a
// command is an error there and not ignored.
#pragma once

#include <boost/program_options.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"

namespace cipherform::cli {

struct CommandLine {
  Command command;
  std::string_view name;
  std::string_view operands;  ///< as the synopsis shows them
  std::size_t most_operands;
  std::string_view summary;
  std::string_view description;
};

/// In the order in which help lists them; those that are for the shells' completion and the
/// build are not among them.
std::span<const CommandLine> commands();
/// Null for a name that no command has.
const CommandLine* find_command(std::string_view name);

/// What a value is, so that a shell can complete it.
enum class ValueKind : std::uint8_t {
  text,  ///< nothing that could be offered
  word,  ///< one of ValueForm::words
  form,  ///< a form that the command prints, alone or as FORM=FILE
  file,
  directory,
  command,
  environment,  ///< this and what follows: named by the declaration
  group,
  email,
  target,  ///< a glob: an email or a group
};

/// What a metavariable ("FILE") of options and operands stands for.
struct ValueForm {
  std::string_view metavariable;
  ValueKind kind = ValueKind::text;
  std::vector<std::string_view> words{};  ///< of ValueKind::word; one that ends in '=' is only a beginning
};
/// Null where the table does not say.
const ValueForm* value_form(std::string_view metavariable);

/// An option as completion and manual pages show it.
struct OptionLine {
  std::string name;          ///< "environment"
  char letter = 0;           ///< 'e', or 0
  std::string metavariable;  ///< empty: a switch
  std::string description;
  bool repeatable = false;
};
std::vector<OptionLine> option_lines(const boost::program_options::options_description& options);
/// The metavariables of a command's operands, without the brackets of what may be left out.
std::vector<std::string_view> operands_of(const CommandLine& line);

/// What the process's exit code means.
struct ExitLine {
  int code;
  std::string_view meaning;
};
std::span<const ExitLine> exit_lines();

/// What every command takes.
boost::program_options::options_description global_options();
/// What this command takes besides.
boost::program_options::options_description command_options(Command command);
/// Whether "--name" or "-n" is an option of some command that takes a value as its next
/// argument.
bool takes_value(std::string_view argument);

}  // namespace cipherform::cli
