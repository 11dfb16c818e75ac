// `cipherform export`: a live tenant as a declaration.
#include <fmt/format.h>

#include <utility>

#include "cipherform/export.h"
#include "cli/commands.h"
#include "cli/new_files.h"
#include "cli/planning.h"
#include "cli/signals.h"
#include "cli/version.h"

namespace cipherform::cli {
namespace {

/// What is exported, and how it is reached.
struct Subject {
  Environment environment;
  bool has_siblings = false;  ///< the project has other environments
};

bool has_project(const std::filesystem::path& directory) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(directory / "cipherform.yaml", ignored));
}

std::optional<Subject> subject_of(const Invocation& invocation, Console& console) {
  if (invocation.exporting.url) {
    auto environment = environment_at(*invocation.exporting.url, invocation.environment.value_or(""));
    if (environment) return Subject{std::move(*environment), false};
    console.error(environment.error());
    return std::nullopt;
  }
  if (!has_project(invocation.project)) {
    console.error({ErrorKind::usage,
                   fmt::format("there is no project in {}", invocation.project.string()),
                   {},
                   "without one, name the tenant: cipherform export --url URL",
                   false});
    return std::nullopt;
  }
  auto environment = environment_of(invocation, console);
  if (!environment) return std::nullopt;
  const auto all = load_environments(invocation.project);
  return Subject{std::move(*environment), all && all->size() > 1};
}

/// The environment as another project would have it: its paths lead to the same files.
Environment moved(Environment environment, const std::filesystem::path& from) {
  const auto absolute = [&from](const std::filesystem::path& path) { return std::filesystem::absolute(from / path); };
  if (environment.ca_file) environment.ca_file = absolute(*environment.ca_file);
  if (environment.api_key) {
    if (auto* file = std::get_if<KeyFromFile>(&*environment.api_key)) file->path = absolute(file->path);
  }
  return environment;
}

ExportOptions options_of(const Invocation& invocation, const Subject& subject) {
  using Shape = ExportOptions::Shape;
  const ExportArguments& wanted = invocation.exporting;
  ExportOptions options;
  options.tool_version = tool_version();
  options.environment = subject.environment;
  if (wanted.directory) {
    options.shape = wanted.split_groups ? Shape::file_per_group : Shape::one_file;
    options.whole_project = !has_project(*wanted.directory);
    if (options.whole_project && !wanted.url) options.environment = moved(subject.environment, invocation.project);
  } else {
    options.whole_project = wanted.url.has_value();
  }
  options.only_this_environment = !options.whole_project && subject.has_siblings;
  return options;
}

/// The files, and what to do with them.
ExitCode write_out(const Invocation& invocation, const Export& exported, bool whole_project, Console& console) {
  if (!invocation.exporting.directory) {
    console.data(exported.files.front().content);
  } else {
    std::vector<NewFile> files;
    for (const ExportedFile& file : exported.files) files.push_back({file.path, file.content});
    const auto& directory = *invocation.exporting.directory;
    if (auto written = write_new_files(directory, files); !written) return report_error(console, written.error());
    console.note(fmt::format("Wrote {} {} to {}. {}", files.size(), files.size() == 1 ? "file" : "files",
                             directory.string(),
                             whole_project ? fmt::format("Now: cipherform -C {} plan", directory.string())
                                           : "Name them under include in its cipherform.yaml."));
  }
  console.note(fmt::format("Exported {} people in {} groups.", exported.people, exported.groups));
  if (!exported.remarks_written) {
    console.note("What a declaration cannot say, and its plans leave as it is:");
    for (const std::string& remark : exported.remarks) console.note("- " + remark);
  } else if (!exported.remarks.empty()) {
    console.note(fmt::format("Not everything can be declared: {} {} at the top.", exported.remarks.size(),
                             exported.remarks.size() == 1 ? "comment says so" : "comments say what"));
  }
  return ExitCode::done;
}

}  // namespace

ExitCode run_export(const Invocation& invocation, const Surroundings& surroundings, Console& console) {
  SignalInterruption interruption;
  const auto subject = subject_of(invocation, console);
  if (!subject) return ExitCode::error;
  const Environment& environment = subject->environment;
  // Without a project there is no ledger that knows the tenant.
  auto access = invocation.exporting.url ? open_tenant(environment, invocation, surroundings.variables)
                                         : open_to_read(environment, invocation, surroundings.variables);
  if (!access) return report_error(console, access.error());
  if (invocation.exporting.url) access->read.known_users = kLeastUsers;
  const WakeOnRequest waking(interruption, *access->transport);
  ConsoleProgress progress(console, *access->clock);
  auto live = read_tenant(*access->link, access->read, &progress, &interruption);
  if (!live) return report_error(console, live.error());
  const ExportOptions options = options_of(invocation, *subject);
  // A new project gets the tenant's own words; in one that exists, its environment's mapping holds.
  if (!options.whole_project) to_declared_words(*live, environment.mapping);
  const auto exported = export_declaration(*live, options);
  if (!exported) return report_error(console, exported.error());
  return write_out(invocation, *exported, options.whole_project, console);
}

}  // namespace cipherform::cli
