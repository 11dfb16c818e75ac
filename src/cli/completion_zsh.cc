// The zsh script gives _arguments the specifications of the command that stands on the
// line; compadd quotes what it inserts.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <string>

#include "cli/completion.h"

namespace cipherform::cli {
namespace {

constexpr std::string_view kHead = R"script(#compdef cipherform
# zsh completion of cipherform, as `cipherform completion zsh` writes it.

)script";

constexpr std::string_view kReading = R"script(
# KIND: what the declaration names. Asks the program that is on the line, if there is one.
_cipherform_declared() {
  local -a found at expl
  local program=${(Q)words[1]} project=
  local -i i
  program=${program/#\~\//$HOME/}
  (( $+commands[$program] )) || [[ -x $program ]] || program=cipherform
  for (( i = 2; i < CURRENT; i++ )); do
    case $words[i] in
      (-C|--chdir) (( i + 1 < CURRENT )) && project=${(Q)words[i+1]} ;;
      (--chdir=*) project=${(Q)words[i]#--chdir=} ;;
      (-C?*) project=${(Q)words[i]#-C} ;;
    esac
  done
  [[ -n $project ]] && at=(-C ${project/#\~\//$HOME/})
  found=(${(f)"$($program $at completion-words $1 2>/dev/null)"})
  _wanted words expl $1 compadd -a found
}

# WORD...: beginnings, to which something is to be added.
_cipherform_beginnings() {
  local expl
  _wanted words expl 'what' compadd -S '' -- "$@"
}

# FORM...: a form, or a form and the file that it goes to.
_cipherform_forms() {
  local expl
  if compset -P '*='; then
    _files
  else
    _wanted forms expl 'form' compadd -- "$@"
  fi
}

_cipherform() {
  local command= word
  local -a specifications operands
  local -i i
  for (( i = 2; i < CURRENT; i++ )); do
    word=$words[i]
    if (( $_cipherform_valued[(Ie)$word] )); then
      (( i++ ))
    elif [[ $word != -* ]]; then
      command=$word
      break
    fi
  done
  _cipherform_specifications "$command"
  _arguments -S : "$specifications[@]" '1:command:_cipherform_commands' "$operands[@]"
}

if [[ $funcstack[1] == _cipherform ]]; then
  _cipherform "$@"
else
  compdef _cipherform cipherform
fi
)script";

std::string escaped(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// ":FILE:_files", what _arguments does for a value. A space before a function keeps it from
/// being given arguments for compadd.
std::string action(Command command, std::string_view metavariable) {
  const auto choice = choice_of(command, metavariable);
  const std::string words = fmt::format("{}", fmt::join(choice.words, " "));
  std::string what = " ";
  switch (choice.kind) {
    case ValueKind::text:
      break;
    case ValueKind::word:
    case ValueKind::command:
      what = words.ends_with('=') ? " _cipherform_beginnings " + words : fmt::format("({})", words);
      break;
    case ValueKind::form:
      what = " _cipherform_forms " + words;
      break;
    case ValueKind::file:
      what = "_files";
      break;
    case ValueKind::directory:
      what = "_files -/";
      break;
    case ValueKind::environment:
    case ValueKind::group:
    case ValueKind::email:
    case ValueKind::target:
      what = fmt::format(" _cipherform_declared {}", declared_kind(choice.kind));
      break;
  }
  return fmt::format(":{}:{}", escaped(metavariable, ":\\"), what);
}

std::string specification(Command command, const OptionLine& option) {
  const bool valued = !option.metavariable.empty();
  const std::string after =
      fmt::format("[{}]{}", escaped(option.description, "[]\\"), valued ? action(command, option.metavariable) : "");
  const std::string long_name = fmt::format("--{}{}", option.name, valued ? "=" : "");
  if (option.letter == 0) return shell_quoted((option.repeatable ? "*" : "") + long_name + after);
  const std::string excluded = fmt::format("(-{} --{})", option.letter, option.name);
  return fmt::format("{} {}", shell_quoted(fmt::format("{}-{}{}{}", excluded, option.letter, valued ? "+" : "", after)),
                     shell_quoted(excluded + long_name + after));
}

std::string specifications_of(const CommandLine& line) {
  std::string out = fmt::format("    ({})\n      specifications=(\n", line.name);
  for (const OptionLine& option : options_of(line.command)) {
    out += fmt::format("        {}\n", specification(line.command, option));
  }
  out += "      )\n      operands=(";
  std::size_t place = 2;
  for (const std::string_view operand : operands_of(line)) {
    out += (place == 2 ? "" : " ") + shell_quoted(fmt::format("{}{}", place, action(line.command, operand)));
    ++place;
  }
  return out += ")\n      ;;\n";
}

}  // namespace

std::string zsh_completion() {
  std::string script(kHead);
  script += fmt::format("typeset -ga _cipherform_valued=({})\n\n", fmt::join(valued_options(), " "));
  script += "_cipherform_commands() {\n  local -a found=(\n";
  for (const CommandLine& line : commands()) {
    script += fmt::format("    {}\n", shell_quoted(fmt::format("{}:{}", line.name, escaped(line.summary, ":\\"))));
  }
  script += "  )\n  _describe command found\n}\n\n# COMMAND: sets specifications and operands.\n";
  script += "_cipherform_specifications() {\n  case $1 in\n";
  for (const CommandLine& line : commands()) script += specifications_of(line);
  script += "    (*)\n      specifications=(\n";
  std::set<std::string> seen;  // any option may stand before the command, which is then not known
  for (const CommandLine& line : commands()) {
    for (const OptionLine& option : options_of(line.command)) {
      if (!seen.insert(option.name).second) continue;
      script += fmt::format("        {}\n", specification(line.command, option));
    }
  }
  script += "        '--version[print the version]'\n      )\n      ;;\n";
  script += "  esac\n}\n";
  return script.append(kReading);
}

}  // namespace cipherform::cli
