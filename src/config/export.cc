// From a tenant to files: names, members, then text. Every string goes through yaml_text, so
// nothing that a tenant holds can end a line, a quote or a comment.
#include "cipherform/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "config/exported_members.h"
#include "config/exported_names.h"
#include "config/limits.h"
#include "config/yaml_text.h"

namespace cipherform {
namespace config {
namespace {

using Shape = ExportOptions::Shape;

constexpr std::size_t kMaxFileNameBytes = 60;

std::string as_comments(const std::vector<std::string>& lines, std::string_view indentation) {
  std::string text;
  for (const std::string& line : lines) text += fmt::format("{}# {}\n", indentation, line);
  return text;
}

/// What a reader should know of a member.
std::string about(const LiveUser& user) {
  std::string text = user.is_owner ? "owner" : "";
  const auto add = [&text](std::string_view words) { text += fmt::format("{}{}", text.empty() ? "" : ", ", words); };
  switch (user.status) {
    case UserStatus::active:
    case UserStatus::invited:
      break;
    case UserStatus::expired:
      add("did not accept the invitation in time");
      break;
    case UserStatus::deactivated:
      add("deactivated");
      break;
    case UserStatus::other:
      add("status " + yaml_comment(user.status_text));
      break;
  }
  return text;
}

class Writing {
 public:
  Writing(const LiveState& live, const ExportOptions& options)
      : live_(live),
        options_(options),
        names_(exported_names(live, options.environment.group_ids, options.whole_project)),
        tenant_(exported_tenant(live, names_.of_live)) {}

  Result<Export> run() {
    collect_remarks();
    result_.groups = tenant_.groups.size();
    result_.people = tenant_.people;
    write_files();
    result_.remarks_written = remarks_written_ || remarks_.empty();
    result_.remarks = std::move(remarks_);
    if (auto fits = check_sizes(); !fits) return tl::unexpected(std::move(fits).error());
    return std::move(result_);
  }

 private:
  void collect_remarks() {
    if (!live_.groups_listed) {
      remarks_.emplace_back(
          "the key may not list groups: groups without members, and which groups give privileges or are filled by an "
          "identity provider, are not known");
    }
    for (std::size_t i = 0; i < live_.groups.size(); ++i) {
      if (names_.of_live[i].empty()) remarks_.push_back(names_.remarks[i]);
    }
    std::sort(remarks_.begin(), remarks_.end());
    remarks_.insert(remarks_.end(), tenant_.remarks.begin(), tenant_.remarks.end());
  }

  void write_files() {
    if (options_.shape == Shape::document) {
      return add_file("cipherform.yaml", groups_file(tenant_.groups, options_.whole_project ? root("") : head()));
    }
    const bool split = options_.shape == Shape::file_per_group;
    if (options_.whole_project) {
      const bool includes = !split || !tenant_.groups.empty();
      add_file("cipherform.yaml", root(!includes ? ""
                                       : split   ? "include: [groups/*.yaml]\n"
                                                 : "include: [groups.yaml]\n"));
    }
    if (!split) return add_file("groups.yaml", groups_file(tenant_.groups, options_.whole_project ? "" : head()));
    for (const ExportedGroup& group : tenant_.groups) {
      add_file("groups/" + file_name(group.name) + ".yaml", groups_file({&group, 1}, ""));
    }
  }

  void add_file(std::string path, std::string content) {
    result_.files.push_back({std::move(path), std::move(content)});
  }

  /// Says where it comes from, and what is not in it.
  std::string head() {
    remarks_written_ = true;
    std::string text =
        fmt::format("# Exported by cipherform {} from {}: {} people in {} groups.\n", options_.tool_version,
                    yaml_comment(options_.environment.url), result_.people, result_.groups);
    if (!remarks_.empty()) text += "#\n# What a declaration cannot say, and its plans leave as it is:\n";
    for (const std::string& remark : remarks_) text += fmt::format("# - {}\n", remark);
    return text;
  }

  std::string root(std::string_view include) {
    const Environment& environment = options_.environment;
    std::string text = head();
    text += fmt::format("version: 1\nenvironments:\n  {}:\n    url: {}\n", yaml_string(environment.name),
                        yaml_string(environment.url));
    text += key_source();
    if (environment.ca_file) text += fmt::format("    ca_file: {}\n", yaml_string(environment.ca_file->string()));
    if (environment.insecure_http) text += "    insecure_http: true\n";
    if (!environment.ledger.empty()) text += fmt::format("    ledger: {}\n", yaml_string(environment.ledger));
    if (!names_.group_ids.empty()) text += "    group_ids:\n";
    for (const auto& [name, id] : names_.group_ids)
      text += fmt::format("      {}: {}\n", yaml_string(name), yaml_string(id));
    return text.append(include);
  }

  std::string key_source() const {
    const auto& source = options_.environment.api_key;
    if (!source) return "";
    if (const auto* named = std::get_if<KeyFromEnv>(&*source)) {
      return fmt::format("    api_key: {{env: {}}}\n", yaml_string(named->variable));
    }
    if (const auto* file = std::get_if<KeyFromFile>(&*source)) {
      return fmt::format("    api_key: {{file: {}}}\n", yaml_string(file->path.string()));
    }
    std::string words;
    for (const std::string& word : std::get<KeyFromCommand>(*source).argv) {
      words += fmt::format("{}{}", words.empty() ? "" : ", ", yaml_string(word));
    }
    return fmt::format("    api_key: {{command: [{}]}}\n", words);
  }

  std::string groups_file(std::span<const ExportedGroup> groups, std::string text) const {
    text += groups.empty() ? "groups: {}\n" : "groups:\n";
    for (const ExportedGroup& group : groups) append(text, group);
    return text;
  }

  void append(std::string& text, const ExportedGroup& group) const {
    if (!names_.remarks[group.live].empty()) text += as_comments({names_.remarks[group.live]}, "  ");
    text += as_comments(group.remarks, "  ");
    text += fmt::format("  {}:\n    membership: {}\n", yaml_string(group.name),
                        group.authoritative ? "authoritative" : "additive");
    if (options_.only_this_environment) {
      text += fmt::format("    environments: [{}]\n", yaml_string(options_.environment.name));
    }
    text += group.members.empty() ? "    members: []\n" : "    members:\n";
    const bool privileged = live_.groups[group.live].privileged;
    for (const std::uint32_t member : group.members) {
      const LiveUser& user = live_.users[member];
      const std::string email = yaml_string(user.email);
      const std::string words = about(user);
      text +=
          privileged ? fmt::format("      - {{email: {}, reason: exported}}", email) : fmt::format("      - {}", email);
      text += words.empty() ? "\n" : fmt::format("  # {}\n", words);
    }
  }

  /// A name without anything that a file system, a shell or a pattern could act on, unique
  /// also where case does not count.
  std::string file_name(std::string_view group) {
    std::string name;
    for (const char c : group.substr(0, kMaxFileNameBytes)) {
      const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (kept) {
        name += c;
      } else if (!name.empty() && name.back() != '-') {
        name += '-';
      }
    }
    if (name.ends_with('-')) name.pop_back();
    if (name.empty()) name = "group";
    std::string unique = name;
    std::size_t& used = used_[email_key(name)];
    while (!file_names_.insert(email_key(unique)).second) unique = fmt::format("{}-{}", name, ++used + 1);
    return unique;
  }

  Result<void> check_sizes() const {
    if (result_.files.size() > kMaxFiles) {
      return tl::unexpected(
          Error{ErrorKind::file,
                fmt::format("the export has {} files, more than a declaration may have", result_.files.size()),
                {},
                "leave out --split groups",
                false});
    }
    for (const ExportedFile& file : result_.files) {
      if (file.content.size() <= kMaxFileBytes) continue;
      return tl::unexpected(
          Error{ErrorKind::file,
                fmt::format("{} would be larger than the {} MiB that a file of a declaration may have", file.path,
                            kMaxFileBytes >> 20U),
                {},
                "--out DIR --split groups writes one file for each group",
                false});
    }
    return {};
  }

  const LiveState& live_;
  const ExportOptions& options_;
  ExportedNames names_;
  ExportedTenant tenant_;
  std::vector<std::string> remarks_;
  std::set<std::string> file_names_;         ///< in lower case
  std::map<std::string, std::size_t> used_;  ///< numbers that were tried after a name
  bool remarks_written_ = false;
  Export result_;
};

}  // namespace
}  // namespace config

Result<Export> export_declaration(const LiveState& live, const ExportOptions& options) {
  if (!live.proof.complete) {
    return tl::unexpected(Error{ErrorKind::listing,
                                "the list of users was not proved complete, so nothing is exported",
                                {},
                                live.proof.reason.empty() ? "run again" : live.proof.reason,
                                false});
  }
  return config::Writing(live, options).run();
}

}  // namespace cipherform
