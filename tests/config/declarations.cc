// Writes states out completely: what a golden file does not show it does not pin.
#include "config/declarations.h"

#include <sstream>
#include <stdexcept>

#include "fakes/temporary_directory.h"

namespace cipherform::tests {
namespace {

std::string lines(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += to_string(diagnostic) + "\n";
  return text;
}

struct KeySourceText {
  std::string operator()(const KeyFromEnv& source) const { return "env " + source.variable; }
  std::string operator()(const KeyFromFile& source) const { return "file " + source.path.string(); }
  std::string operator()(const KeyFromCommand& source) const {
    std::string text = "command";
    for (const std::string& word : source.argv) text += " [" + word + "]";
    return text;
  }
};

void write(std::ostream& out, const Environment& environment) {
  out << "environment " << environment.name << ": " << environment.url << '\n';
  if (environment.api_key) out << "  api_key " << std::visit(KeySourceText{}, *environment.api_key) << '\n';
  if (environment.ca_file) out << "  ca_file " << environment.ca_file->string() << '\n';
  for (const auto& [name, id] : environment.group_ids) out << "  group_id " << name << " = " << id << '\n';
  for (const auto& [name, own] : environment.mapping.group_names)
    out << "  group_name " << name << " = " << own << '\n';
  for (const auto& [domain, own] : environment.mapping.email_domains) {
    out << "  email_domain " << domain << " = " << own << '\n';
  }
  if (!environment.promotes_from.empty()) out << "  promotes_from " << environment.promotes_from << '\n';
  if (environment.insecure_http) out << "  insecure_http\n";
  if (!environment.ledger.empty()) out << "  ledger " << environment.ledger << "\n";
}

template <class Number>
std::string limit(const std::optional<Number>& number) {
  std::ostringstream out;
  if (number) {
    out << *number;
  } else {
    out << "none";
  }
  return out.str();
}

void write_names(std::ostream& out, std::string_view what, const std::vector<std::string>& names) {
  if (names.empty()) return;
  out << "  " << what;
  for (const std::string& name : names) out << " [" << name << "]";
  out << '\n';
}

void write(std::ostream& out, const Guardrails& guardrails) {
  out << "guardrails: removals " << limit(guardrails.max_removals_percent) << " %, "
      << limit(guardrails.max_removals_count) << "; creates " << limit(guardrails.max_creates) << '\n';
  write_names(out, "protected_users", guardrails.protected_users);
  write_names(out, "protected_groups", guardrails.protected_groups);
  write_names(out, "privileged_groups", guardrails.privileged_groups);
  for (const std::vector<std::string>& set : guardrails.separate_duties) write_names(out, "separate_duties", set);
  write_names(out, "allowed_domains", guardrails.allowed_domains);
  if (!guardrails.fallback_group.empty()) out << "  fallback_group " << guardrails.fallback_group << '\n';
}

std::string place(const DesiredState& state, SourcePosition at) {
  return state.files[at.file] + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

void write(std::ostream& out, const DesiredState& state, const DesiredGroup& group) {
  out << "group " << group.name << " at " << place(state, group.at)
      << (group.authority == Authority::additive ? " additive" : " authoritative");
  if (group.max_members) out << " max " << *group.max_members;
  if (group.require_reason) out << " require_reason";
  out << '\n';
}

void write(std::ostream& out, const DesiredState& state, const DesiredUser& user) {
  out << "user " << user.email << " (" << user.key << ") at " << place(state, user.at) << '\n';
  for (const DesiredMembership& membership : state.memberships_of(user)) {
    out << "  in " << state.groups[membership.group].name << ":";
    for (const MembershipSource& source : state.sources_of(membership)) {
      const SourceDetail& detail = state.details[source.detail];
      out << " " << place(state, source.at);
      if (!detail.team.empty()) out << " team " << detail.team;
      if (!detail.reason.empty()) out << " reason " << detail.reason;
      if (detail.until) out << " until " << format_rfc3339(*detail.until);
    }
    out << '\n';
  }
}

}  // namespace

std::string errors_of_project(const std::filesystem::path& project) {
  const DeclarationResult result = load_declaration(project);
  return result ? std::string{} : lines(result.error());
}

std::string errors_of(const std::vector<std::pair<std::string, std::string>>& files) {
  const fakes::TemporaryDirectory project;
  for (const auto& [name, content] : files) project.write(name, content);
  return errors_of_project(project.path());
}

std::string errors_of(const std::string& cipherform_yaml) {
  const fakes::TemporaryDirectory project;
  project.write("cipherform.yaml", cipherform_yaml);
  return errors_of_project(project.path());
}

std::string errors_in(const std::string& rest) { return errors_of(kHead + rest); }

std::string text_of(const DesiredState& state) {
  std::ostringstream out;
  out << "state of " << state.environment << " at " << state.base_url << "; files";
  for (const std::string& file : state.files) out << " " << file;
  out << '\n';
  for (const auto& [name, id] : state.group_ids) out << "group_id " << name << " = " << id << '\n';
  for (const DesiredGroup& group : state.groups) write(out, state, group);
  for (const DesiredUser& user : state.users) write(out, state, user);
  return std::move(out).str();
}

std::string text_of(const std::filesystem::path& project) {
  std::ostringstream out;
  std::string guardrails;
  const DeclarationResult first = load_declaration(project);
  if (!first) throw std::runtime_error("not a good declaration:\n" + lines(first.error()));
  for (const Environment& environment : first->environments()) {
    write(out, environment);
    DeclarationResult again = load_declaration(project);
    const DesiredState state = std::move(*again).desired_state(environment.name);
    std::ostringstream own;
    write(own, state.guardrails);
    if (own.str() != guardrails) out << own.str();
    guardrails = own.str();
    out << text_of(state);
    if (text_of(first->desired_state(environment.name)) != text_of(state)) throw std::runtime_error("a copy differs");
  }
  return std::move(out).str();
}

DesiredState state_of(const std::string& cipherform_yaml, std::string_view environment) {
  const fakes::TemporaryDirectory project;
  project.write("cipherform.yaml", cipherform_yaml);
  DeclarationResult result = load_declaration(project.path());
  if (!result) throw std::runtime_error("not a good declaration:\n" + lines(result.error()));
  return std::move(*result).desired_state(environment);
}

}  // namespace cipherform::tests
