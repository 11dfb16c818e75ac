// What shells complete cipherform with: scripts made from the table of commands. Words of
// the declaration they ask for with `cipherform completion-words`, and quote them as the
// shell's own rules want it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command_table.h"

namespace cipherform::cli {

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

/// What may stand for a metavariable in one command.
struct Choice {
  ValueKind kind = ValueKind::text;
  std::vector<std::string_view> words;  ///< of ValueKind::word, form and command
};
Choice choice_of(Command command, std::string_view metavariable);

/// The command's own options, then those of every command, `--help` among them.
std::vector<OptionLine> options_of(Command command);
/// Every option of every command that takes a value, as it is written: "-e", "--environment".
std::vector<std::string> valued_options();
/// The KIND of `completion-words`; empty for what no declaration has.
std::string_view declared_kind(ValueKind kind);
/// In single quotes, for a shell of the Bourne family.
std::string shell_quoted(std::string_view text);

}  // namespace cipherform::cli
