// `cipherform validate`: the declaration alone, offline.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/environment_choice.h"

namespace cipherform::cli {

ExitCode run_validate(const Invocation& invocation, Console& console) {
  const auto declaration = load_declaration(invocation.project);
  if (!declaration) {
    console.diagnostics(declaration.error());
    console.note(
        fmt::format("{} {}.", declaration.error().size(), declaration.error().size() == 1 ? "error" : "errors"));
    return ExitCode::error;
  }
  if (invocation.environment && invocation.environment != kEveryEnvironment) {
    const auto environment = choose_environment(declaration->environments(), invocation.environment);
    if (!environment) {
      console.error(environment.error());
      return ExitCode::error;
    }
  }
  std::vector<std::string_view> names;
  for (const Environment& environment : declaration->environments()) names.emplace_back(environment.name);
  console.data(fmt::format("The declaration is valid for {}.\n", fmt::join(names, ", ")));
  return ExitCode::done;
}

}  // namespace cipherform::cli
