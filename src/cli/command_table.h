// The commands, and the options that each of them has. A flag that does nothing for a
// command is an error there and not ignored.
#pragma once

#include <boost/program_options.hpp>
#include <span>
#include <string>
#include <string_view>

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

/// In the order in which help lists them.
std::span<const CommandLine> commands();
/// Null for a name that no command has.
const CommandLine* find_command(std::string_view name);

/// What every command takes.
boost::program_options::options_description global_options();
/// What this command takes besides.
boost::program_options::options_description command_options(Command command);
/// Whether "--name" or "-n" is an option of some command that takes a value as its next
/// argument.
bool takes_value(std::string_view argument);

}  // namespace cipherform::cli
