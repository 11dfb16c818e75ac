// `cipherform completion SHELL`, and what its scripts call when a key is pressed:
// `cipherform completion-words KIND [PREFIX]`.
#include <fmt/format.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <vector>

#include "cipherform/config.h"
#include "cipherform/ledger_url.h"
#include "cipherform/render.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/planning.h"

namespace cipherform::cli {
namespace {

/// Nobody waits longer for a key: a declaration that takes longer to read offers nothing. Time
/// of the processor, so that a busy machine makes no difference.
void end_after_seconds(int seconds) {
  std::signal(SIGPROF, [](int) { ::_exit(1); });
  const itimerval timer{.it_interval = {}, .it_value = {.tv_sec = seconds, .tv_usec = 0}};
  ::setitimer(ITIMER_PROF, &timer, nullptr);
}

/// As `--target` takes it for nothing but this name.
std::string as_glob(std::string_view name) {
  std::string glob;
  for (const char c : name) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') glob += '\\';
    glob += c;
  }
  return glob;
}

std::vector<std::string> environment_words(const std::filesystem::path& project) {
  std::vector<std::string> words;
  const auto environments = load_environments(project);
  if (!environments) return words;
  for (const Environment& environment : *environments) words.push_back(environment.name);
  return words;
}

std::vector<std::string> declared_words(std::string_view kind, const std::filesystem::path& project) {
  if (kind == "environments") return environment_words(project);
  std::vector<std::string> words;
  const auto declaration = load_declaration(project);
  if (!declaration) return words;
  if (kind != "emails") {
    for (const std::string_view group : declaration->group_names()) words.emplace_back(group);
  }
  if (kind != "groups") {
    for (const std::string_view email : declaration->emails()) words.emplace_back(email);
  }
  if (kind == "targets") {
    for (std::string& word : words) word = as_glob(word);
  }
  return words;
}

Error no_such(std::string_view what, std::string_view word, std::string hint) {
  return Error{ErrorKind::usage,
               without_ledger_url(word.empty() ? fmt::format("`completion` needs a {}", what)
                                               : fmt::format("there is no {} '{}' to complete", what, word)),
               {},
               std::move(hint),
               false};
}

}  // namespace

ExitCode run_completion(const Invocation& invocation, Console& console) {
  const std::string shell = invocation.operands.empty() ? "" : invocation.operands.front();
  if (shell == "bash") {
    console.data(bash_completion());
  } else if (shell == "zsh") {
    console.data(zsh_completion());
  } else if (shell == "fish") {
    console.data(fish_completion());
  } else {
    return report_error(console, no_such("shell", shell, "the shells are bash, zsh and fish"));
  }
  return ExitCode::done;
}

ExitCode run_completion_words(const Invocation& invocation, Console& console) {
  const std::string kind = invocation.operands.empty() ? "" : invocation.operands[0];
  const std::string prefix = invocation.operands.size() < 2 ? "" : invocation.operands[1];
  end_after_seconds(2);
  std::string lines;
  for (const std::string& word : declared_words(kind, invocation.project)) {
    // What a terminal would not show as it is cannot be chosen by looking at it.
    if (word.starts_with(prefix) && terminal_safe(word) == word) lines += word + "\n";
  }
  end_after_seconds(0);
  console.data(lines);
  return ExitCode::done;
}

}  // namespace cipherform::cli
