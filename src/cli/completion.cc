#include "cli/completion.h"

#include <algorithm>
#include <set>

namespace cipherform::cli {

Choice choice_of(Command command, std::string_view metavariable) {
  const ValueForm* const form = value_form(metavariable);
  if (form == nullptr) return {};
  Choice choice{form->kind, form->words};
  if (form->kind == ValueKind::form) choice.words = names_of_forms(command);
  if (form->kind == ValueKind::command) {
    for (const CommandLine& line : commands()) choice.words.push_back(line.name);
  }
  return choice;
}

std::vector<OptionLine> options_of(Command command) {
  std::vector<OptionLine> options = option_lines(command_options(command));
  std::ranges::move(option_lines(global_options()), std::back_inserter(options));
  options.push_back({.name = "help", .letter = 'h', .metavariable = {}, .description = "explain the command"});
  return options;
}

std::vector<std::string> valued_options() {
  std::set<std::string> names;
  for (const CommandLine& line : commands()) {
    for (const OptionLine& option : options_of(line.command)) {
      if (option.metavariable.empty()) continue;
      names.insert("--" + option.name);
      if (option.letter != 0) names.insert({'-', option.letter});
    }
  }
  return {names.begin(), names.end()};
}

std::string_view declared_kind(ValueKind kind) {
  switch (kind) {
    case ValueKind::environment:
      return "environments";
    case ValueKind::group:
      return "groups";
    case ValueKind::email:
      return "emails";
    case ValueKind::target:
      return "targets";
    case ValueKind::text:
    case ValueKind::word:
    case ValueKind::form:
    case ValueKind::file:
    case ValueKind::directory:
    case ValueKind::command:
      return {};
  }
  return {};
}

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted += '\'';
}

}  // namespace cipherform::cli
