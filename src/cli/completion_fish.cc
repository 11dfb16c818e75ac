// The fish script: one `complete` for each option of each command; fish quotes what it
// inserts.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.h"

namespace cipherform::cli {
namespace {

constexpr std::string_view kReading = R"script(
# The command on the line before the cursor, and how many operands follow it.
function __cipherform_line
    set -l words (commandline -opc)
    set -l operands 0
    set -l command
    set -l value no
    for word in $words[2..-1]
        if test $value = yes
            set value no
        else if contains -- $word $__cipherform_valued
            set value yes
        else if not string match -q -- '-*' $word
            if set -q command[1]
                set operands (math $operands + 1)
            else
                set command $word
            end
        end
    end
    set -q command[1]; and echo $command; and echo $operands
end

function __cipherform_no_command
    not __cipherform_line >/dev/null
end

# COMMAND [OPERANDS]: whether the line has this command, and so many operands.
function __cipherform_at
    set -l line (__cipherform_line)
    test "$line[1]" = $argv[1]; and begin
        not set -q argv[2]; or test "$line[2]" = $argv[2]
    end
end

# KIND: what the declaration names. Asks the program that is on the line, if there is one.
function __cipherform_declared
    set -l words (commandline -opc)
    set -l program (string replace -r '^~/' $HOME/ -- $words[1])
    type -q -- $program; or set program cipherform
    set -l project
    for i in (seq 2 (count $words))
        switch $words[$i]
            case -C --chdir
                set project $words[(math $i + 1)]
            case '--chdir=*'
                set project (string replace -- --chdir= '' $words[$i])
            case '-C?*'
                set project (string sub -s 3 -- $words[$i])
        end
    end
    set -q project[1]; and set project -C (string replace -r '^~/' $HOME/ -- $project)
    $program $project completion-words $argv[1] 2>/dev/null
end

# FORM...: a form, or a form and the file that it goes to.
function __cipherform_forms
    set -l word (string replace -r -- '^--format=' '' (commandline -ct))
    if string match -q -- '*=*' $word
        set -l parts (string split -m 1 -- = $word)
        for file in (complete -C "__cipherform_file $(string escape -- $parts[2])")
            echo $parts[1]=(string replace -r -- '\t.*' '' $file)
        end
    else
        printf '%s\n' $argv
    end
end

complete -c cipherform -f
complete -c cipherform -s h -l help -d 'explain the command'
complete -c cipherform -n __cipherform_no_command -l version -d 'print the version'
)script";

std::string fish_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '\'';
}

/// "-x -a '…'", what `complete` offers for a value.
std::string offered(Command command, std::string_view metavariable) {
  const auto choice = choice_of(command, metavariable);
  const std::string words = fmt::format("{}", fmt::join(choice.words, " "));
  switch (choice.kind) {
    case ValueKind::text:
      return "-x";
    case ValueKind::word:
    case ValueKind::command:
      return fmt::format("-x -a {}", fish_quoted(words));
    case ValueKind::form:
      return fmt::format("-x -a {}", fish_quoted(fmt::format("(__cipherform_forms {})", words)));
    case ValueKind::file:
      return "-r -F";
    case ValueKind::directory:
      return "-x -a '(__fish_complete_directories)'";
    case ValueKind::environment:
    case ValueKind::group:
    case ValueKind::email:
    case ValueKind::target:
      return fmt::format("-x -a '(__cipherform_declared {})'", declared_kind(choice.kind));
  }
  return {};
}

std::string complete_option(Command command, std::string_view condition, const OptionLine& option) {
  std::string line = "complete -c cipherform";
  if (!condition.empty()) line += fmt::format(" -n {}", fish_quoted(condition));
  if (option.letter != 0) line += fmt::format(" -s {}", option.letter);
  line += fmt::format(" -l {}", option.name);
  if (!option.metavariable.empty()) line += " " + offered(command, option.metavariable);
  return line + fmt::format(" -d {}\n", fish_quoted(option.description));
}

std::string complete_command(const CommandLine& line) {
  std::string lines = fmt::format("complete -c cipherform -n __cipherform_no_command -a {} -d {}\n", line.name,
                                  fish_quoted(line.summary));
  for (const OptionLine& option : option_lines(command_options(line.command))) {
    lines += complete_option(line.command, fmt::format("__cipherform_at {}", line.name), option);
  }
  std::size_t place = 0;
  for (const std::string_view operand : operands_of(line)) {
    const std::string values = offered(line.command, operand);
    const std::string condition = fmt::format("__cipherform_at {} {}", line.name, place++);
    // -x and -r are for the values of options.
    if (values.size() > 2) lines += fmt::format("complete -c cipherform -n '{}' {}\n", condition, values.substr(3));
  }
  return lines;
}

}  // namespace

std::string fish_completion() {
  std::string script = "# fish completion of cipherform, as `cipherform completion fish` writes it.\n\n";
  script += fmt::format("set -g __cipherform_valued {}\n", fmt::join(valued_options(), " "));
  script += kReading;
  for (const OptionLine& option : option_lines(global_options())) {
    script += complete_option(Command::help, "", option);
  }
  for (const CommandLine& line : commands()) script += complete_command(line);
  return script;
}

}  // namespace cipherform::cli
