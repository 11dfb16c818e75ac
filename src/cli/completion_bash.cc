// The bash script reads the line itself and not COMP_WORDS, which bash cuts at '=', ':' and
// '@': an email would be three words. What it offers it cuts where readline would, and
// quotes it for the quote that is open.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <utility>

#include "cli/completion.h"

namespace cipherform::cli {
namespace {

constexpr std::string_view kHead = R"script(# bash completion of cipherform, as `cipherform completion bash` writes it.

)script";

constexpr std::string_view kReading = R"script(
# The line up to the cursor, as the shell would read it: words, the last of which is under the cursor; head is the part
# of that one which readline leaves alone, quote the quote that is open in it.
_cipherform_read_line() {
  local line=${COMP_LINE:0:COMP_POINT} cur='' opened='' started='' c i
  words=() head='' quote=''
  for ((i = 0; i < ${#line}; i++)); do
    c=${line:i:1}
    if [[ $quote == "'" && $c != "'" ]]; then
      cur+=$c
    elif [[ -n $quote && $c == "$quote" ]]; then
      quote=''
    elif [[ $c == "\\" ]]; then
      i=$((i + 1))
      c=${line:i:1}
      [[ $quote == '"' && $c != [\"\$\`\\] ]] && cur+="\\"
      cur+=$c
    elif [[ -n $quote ]]; then
      cur+=$c
    elif [[ $c == [\"\'] ]]; then
      quote=$c opened=$cur started=1
    elif [[ $c == [[:blank:]] ]]; then
      [[ -n $cur || -n $started ]] && words+=("$cur")
      cur='' head='' started=''
    else
      [[ $c == @ && $COMP_WORDBREAKS == *@* ]] && head=$cur # readline keeps this one
      cur+=$c
      [[ $c != @ && $COMP_WORDBREAKS == *"$c"* ]] && head=$cur
    fi
  done
  [[ -n $quote ]] && head=$opened
  words+=("$cur")
}

# Sets command, operands (before the cursor) and project.
_cipherform_find_command() {
  local i word
  command='' operands=0 project=''
  for ((i = 1; i < ${#words[@]} - 1; i++)); do
    word=${words[i]}
    case $word in
      -C | --chdir) project=${words[i + 1]} ;;
      --chdir=*) project=${word#*=} ;;
      -C?*) project=${word#-C} ;;
    esac
    if _cipherform_takes_value "$word"; then
      i=$((i + 1))
    elif [[ $word != -* ]]; then
      if [[ -z $command ]]; then command=$word; else operands=$((operands + 1)); fi
    fi
  done
}

# What the declaration names, one a line. Asks the program that is on the line, if there is one.
_cipherform_declared() {
  local program=cipherform
  type -P -- "${words[0]/#\~\//$HOME/}" >/dev/null && program=${words[0]/#\~\//$HOME/}
  "$program" ${project:+-C "${project/#\~\//$HOME/}"} completion-words "$1" "$2" 2>/dev/null
}

# KIND BEFORE VALUE: offers what KIND has and begins with VALUE. BEFORE is what stands before it in the same word.
_cipherform_offer() {
  local kind=$1 before=$2 value=$3 found=() word
  case ${kind%% *} in
    words)
      read -ra found <<<"${kind#words}"
      [[ $kind == *= ]] && compopt -o nospace 2>/dev/null
      ;;
    forms)
      if [[ $value == *=* ]]; then
        before+=${value%%=*}= value=${value#*=}
        compopt -o filenames 2>/dev/null
        mapfile -t found < <(compgen -f -- "$value")
      else
        read -ra found <<<"${kind#forms}"
      fi
      ;;
    files | directories)
      local action=-f
      [[ $kind == directories ]] && action=-d
      compopt -o filenames 2>/dev/null
      mapfile -t found < <(compgen "$action" -- "$value")
      ;;
    ?*) mapfile -t found < <(_cipherform_declared "$kind" "$value") ;;
  esac
  for word in "${found[@]}"; do
    [[ $word == "$value"* ]] || continue
    word=$before$word
    [[ $word == "$head"* ]] || continue
    _cipherform_reply "${word:${#head}}" "$kind"
  done
}

# Names of files readline quotes by itself.
_cipherform_reply() {
  local word=$1
  if [[ $2 == files || $2 == directories || ($2 == forms* && -n $head) ]]; then
    :
  elif [[ $quote == "'" ]]; then
    word=${word//"'"/"'\\''"}
  elif [[ $quote == '"' ]]; then
    word=${word//"\\"/"\\\\"}
    word=${word//'"'/'\"'}
    word=${word//'$'/'\$'}
    word=${word//'`'/'\`'}
  else
    printf -v word %q "$word"
  fi
  COMPREPLY+=("$word")
}

_cipherform() {
  local words head quote command operands project kind='' options='' cur last
  COMPREPLY=()
  _cipherform_read_line
  _cipherform_find_command
  cur=${words[${#words[@]} - 1]}
  last=
  ((${#words[@]} > 2)) && last=${words[${#words[@]} - 2]}
  if [[ $last == -* ]] && _cipherform_takes_value "$last"; then
    _cipherform_value "$command,$last"
    _cipherform_offer "$kind" '' "$cur"
  elif [[ $cur == --*=* ]]; then
    _cipherform_value "$command,${cur%%=*}"
    _cipherform_offer "$kind" "${cur%%=*}=" "${cur#*=}"
  elif [[ $cur == -* ]]; then
    _cipherform_options "$command"
    _cipherform_offer "words $options" '' "$cur"
  else
    _cipherform_operand "$command,$operands"
    _cipherform_offer "$kind" '' "$cur"
  fi
}

complete -F _cipherform cipherform
)script";

/// As the script's _cipherform_offer takes it.
std::string kind_word(Command command, std::string_view metavariable) {
  const auto choice = choice_of(command, metavariable);
  switch (choice.kind) {
    case ValueKind::text:
      return {};
    case ValueKind::word:
    case ValueKind::command:
      return fmt::format("words {}", fmt::join(choice.words, " "));
    case ValueKind::form:
      return fmt::format("forms {}", fmt::join(choice.words, " "));
    case ValueKind::file:
      return "files";
    case ValueKind::directory:
      return "directories";
    case ValueKind::environment:
    case ValueKind::group:
    case ValueKind::email:
    case ValueKind::target:
      return std::string(declared_kind(choice.kind));
  }
  return {};
}

/// Before the command is known: the options that every command has.
std::vector<OptionLine> options_before_command() {
  auto options = option_lines(global_options());
  options.push_back({.name = "help", .letter = 'h', .metavariable = {}, .description = {}});
  options.push_back({.name = "version", .letter = 0, .metavariable = {}, .description = {}});
  return options;
}

std::string options_line(std::string_view command, const std::vector<OptionLine>& options) {
  std::string line = fmt::format("    {}) options='", shell_quoted(command));
  for (const OptionLine& option : options) {
    if (option.letter != 0) line += fmt::format("-{} ", option.letter);
    line += fmt::format("--{} ", option.name);
  }
  line.back() = '\'';
  return line += " ;;\n";
}

/// A case for each option of the command whose value can be completed.
std::vector<std::string> value_lines(const CommandLine& line, std::string_view name) {
  std::vector<std::string> lines;
  for (const OptionLine& option : options_of(line.command)) {
    const std::string kind = kind_word(line.command, option.metavariable);
    if (kind.empty()) continue;
    const std::string letter = option.letter == 0 ? "" : fmt::format(" | {},-{}", name, option.letter);
    lines.push_back(fmt::format("    {},--{}{}) kind={} ;;\n", name, option.name, letter, shell_quoted(kind)));
  }
  return lines;
}

}  // namespace

std::string bash_completion() {
  std::string options = options_line("", options_before_command());
  std::string values;
  // Any option may stand before the command, which is then not known: by its pattern, as the first command has it.
  std::map<std::string, std::string> before_command;
  std::string operands = fmt::format("    ,0) kind={} ;;\n", shell_quoted(kind_word(Command::help, "COMMAND")));
  for (const CommandLine& line : commands()) {
    options += options_line(line.name, options_of(line.command));
    values += fmt::format("{}", fmt::join(value_lines(line, line.name), ""));
    for (std::string& value : value_lines(line, "")) {
      std::string pattern = value.substr(0, value.find(')'));
      before_command.try_emplace(std::move(pattern), std::move(value));
    }
    std::size_t place = 0;
    for (const std::string_view operand : operands_of(line)) {
      const std::string kind = kind_word(line.command, operand);
      if (!kind.empty()) operands += fmt::format("    {},{}) kind={} ;;\n", line.name, place, shell_quoted(kind));
      ++place;
    }
  }
  for (const auto& [pattern, value] : before_command) values += value;
  std::string script(kHead);
  script += fmt::format("_cipherform_takes_value() {{\n  [[ \" {} \" == *\" $1 \"* ]]\n}}\n\n",
                        fmt::join(valued_options(), " "));
  script += fmt::format("_cipherform_options() {{\n  case $1 in\n{}  esac\n}}\n\n", options);
  script += fmt::format("_cipherform_value() {{\n  case $1 in\n{}  esac\n}}\n\n", values);
  script += fmt::format("_cipherform_operand() {{\n  case $1 in\n{}  esac\n}}\n", operands);
  return script.append(kReading);
}

}  // namespace cipherform::cli
