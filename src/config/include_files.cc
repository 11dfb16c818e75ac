// Expands patterns component by component, as a shell does: `*`, `?` and `[...]` match
// within one name and not a leading dot, `**` matches any number of directories and
// follows no symbolic links, so that it ends. A match is refused if its real place is
// outside the project, whatever its name.
#include "config/include_files.h"

#include <algorithm>
#include <map>
#include <system_error>

#include "cipherform/model.h"
#include "config/declaration_file.h"

namespace cipherform::config {
namespace fs = std::filesystem;
namespace {

bool is_glob(std::string_view component) { return component.find_first_of("*?[\\") != std::string_view::npos; }

std::vector<std::string> components_of(std::string_view pattern) {
  std::vector<std::string> components;
  while (!pattern.empty()) {
    const std::size_t slash = std::min(pattern.find('/'), pattern.size());
    const std::string_view component = pattern.substr(0, slash);
    if (!component.empty() && component != ".") components.emplace_back(component);
    pattern.remove_prefix(std::min(slash + 1, pattern.size()));
  }
  return components;
}

std::string_view pattern_problem(std::string_view pattern, std::span<const std::string> components) {
  if (pattern.starts_with('/')) return "is absolute; patterns are relative to the project directory";
  if (pattern.ends_with('/')) return "names a directory; it must match files";
  if (std::find(components.begin(), components.end(), "..") != components.end()) {
    return "leads outside the project directory";
  }
  return components.empty() ? "names nothing" : std::string_view{};
}

/// The matches of one pattern.
class Matches {
 public:
  Matches(fs::path project, std::size_t& walked) : project_(std::move(project)), walked_(&walked) {}

  void find(const std::string& directory, std::span<const std::string> components) {
    if (components.empty()) return;
    const std::string& component = components.front();
    const auto rest = components.subspan(1);
    if (component == "**") {
      any_depth(directory, rest);
    } else if (is_glob(component)) {
      for (const fs::directory_entry& entry : list(directory)) {
        const std::string name = entry.path().filename().string();
        if ((name.front() != '.' || component.front() == '.') && glob_match(component, name)) {
          take(directory + name, rest);
        }
      }
    } else {
      take(directory + component, rest);
    }
  }

  bool too_many() const { return *walked_ > kMaxEntriesWalked || names.size() > kMaxFiles; }

  std::vector<std::string> names;
  std::vector<std::string> unreadable;  ///< directories that could not be listed

 private:
  void take(const std::string& name, std::span<const std::string> rest) {
    std::error_code failure;
    if (rest.empty()) {
      if (fs::exists(fs::symlink_status(project_ / name, failure))) names.push_back(name);
    } else if (fs::is_directory(project_ / name, failure)) {
      find(name + '/', rest);
    }
  }

  void any_depth(const std::string& directory, std::span<const std::string> rest) {
    if (too_many()) return;
    if (!rest.empty()) find(directory, rest);
    for (const fs::directory_entry& entry : list(directory)) {
      const std::string name = entry.path().filename().string();
      if (name.front() == '.') continue;
      std::error_code failure;
      const fs::file_status status = entry.symlink_status(failure);
      if (fs::is_directory(status)) {
        any_depth(directory + name + '/', rest);
      } else if (rest.empty()) {
        names.push_back(directory + name);
      }
    }
  }

  std::vector<fs::directory_entry> list(const std::string& directory) {
    std::vector<fs::directory_entry> entries;
    std::error_code failure;
    fs::directory_iterator at(project_ / directory, failure);
    for (; !failure && at != fs::directory_iterator{} && !too_many(); at.increment(failure)) {
      entries.push_back(*at);
      ++*walked_;
    }
    if (failure) unreadable.push_back(directory.empty() ? "." : directory);
    return entries;
  }

  fs::path project_;
  std::size_t* walked_;
};

/// Expands one pattern into `names`; false if nothing more should be tried.
bool expand(const fs::path& project, const NamedAt& pattern, std::size_t& walked, std::vector<std::string>& names,
            const FileDiagnostics& errors) {
  const std::vector<std::string> components = components_of(pattern.name);
  if (const auto problem = pattern_problem(pattern.name, components); !problem.empty()) {
    errors.error(pattern.at, "include " + in_quotes(pattern.name) + " " + std::string(problem));
    return true;
  }
  Matches matches(project, walked);
  matches.find({}, components);
  for (const std::string& directory : matches.unreadable) {
    errors.error(pattern.at, "directory " + in_quotes(directory) + " cannot be listed");
  }
  if (matches.too_many()) {
    errors.error(pattern.at, "include " + in_quotes(pattern.name) + " matches too much",
                 "at most " + std::to_string(kMaxFiles) + " files");
    return false;
  }
  if (matches.names.empty() && matches.unreadable.empty()) {
    errors.error(pattern.at, "include " + in_quotes(pattern.name) + " matches no file");
  }
  for (std::string& name : matches.names) {
    if (is_inside(project, name)) {
      names.push_back(std::move(name));
    } else {
      errors.error(pattern.at, "include " + in_quotes(pattern.name) + ": " + in_quotes(name) +
                                   " leads outside the project directory, or nowhere");
    }
  }
  return true;
}

}  // namespace

bool is_inside(const fs::path& project, std::string_view name) {
  std::error_code failure;
  const fs::path root = fs::canonical(project, failure);
  if (failure) return false;
  const fs::path real = fs::canonical(root / name, failure);
  if (failure) return false;
  return std::mismatch(root.begin(), root.end(), real.begin(), real.end()).first == root.end();
}

std::vector<std::string> expand_includes(const fs::path& project, std::span<const NamedAt> patterns,
                                         const FileDiagnostics& errors) {
  std::vector<std::string> names;
  std::size_t walked = 0;
  for (const NamedAt& pattern : patterns) {
    if (!expand(project, pattern, walked, names, errors)) break;
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  // One file under two names (a symbolic link) is one file.
  std::error_code no_root;
  std::map<fs::path, bool> seen{{fs::weakly_canonical(project / kRootFile, no_root), true}};
  std::erase_if(names, [&](const std::string& name) {
    std::error_code failure;
    return !seen.emplace(fs::canonical(project / name, failure), true).second;
  });
  return names;
}

}  // namespace cipherform::config
