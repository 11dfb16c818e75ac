#include "fuzz/declaration_checks.h"

#include <algorithm>
#include <tuple>

#include "config/limits.h"
#include "fuzz/property.h"

namespace cipherform::fuzz {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

void check_place(const Diagnostic& error, std::string_view text) {
  const auto lines = lines_of(text);
  require(error.line != 0 || error.column == 0, "no line has no column");
  if (error.line == 0) return;
  require(error.line <= lines.size(), "the line is there");
  require(error.column >= 1 && error.column <= lines[error.line - 1].size() + 1, "the column is there");
}

void check_users(const DesiredState& state) {
  std::size_t memberships = 0;
  std::size_t sources = 0;
  for (const DesiredUser& user : state.users) {
    require(is_email(user.email) && user.key == email_key(user.email), "every user has an email");
    require(user.first_membership == memberships && user.membership_count > 0, "every user is in a group");
    memberships += user.membership_count;
    require(memberships <= state.memberships.size(), "every membership is there");
    for (const DesiredMembership& membership : state.memberships_of(user)) {
      require(membership.group < state.groups.size(), "every membership has a group");
      require(membership.first_source == sources && membership.source_count > 0, "every membership has a source");
      sources += membership.source_count;
    }
    const auto groups = state.memberships_of(user);
    require(std::ranges::adjacent_find(groups, std::ranges::greater_equal{}, &DesiredMembership::group) == groups.end(),
            "a user's groups are in order, each once");
  }
  require(memberships == state.memberships.size() && sources == state.sources.size(), "nothing is nobody's");
  require(std::ranges::adjacent_find(state.users, std::ranges::greater_equal{}, &DesiredUser::key) == state.users.end(),
          "users are in order, each once");
}

}  // namespace

void check_diagnostics(const std::vector<Diagnostic>& errors, const Files& files) {
  require(!errors.empty(), "what is refused has an error");
  require(errors.size() <= config::kMaxDiagnostics + 1, "errors are bounded");
  std::tuple<std::size_t, std::uint32_t, std::uint32_t> before;
  for (const Diagnostic& error : errors) {
    require(!error.message.empty(), "an error says what");
    if (error.file.empty()) continue;  // "too many errors"
    const auto file = std::ranges::find(files, error.file, &Files::value_type::first);
    require(file != files.end(), "an error is about a file of the project");
    check_place(error, file->second);
    const std::tuple place{static_cast<std::size_t>(file - files.begin()), error.line, error.column};
    require(before <= place, "errors are in the order of their places");
    before = place;
  }
}

void check_desired(const DesiredState& state) {
  require(!state.environment.empty() && !state.base_url.empty() && !state.base_url.ends_with('/'),
          "an environment has a name and a URL");
  require(state.digest.size() == 64, "a declaration has a digest");
  require(
      std::ranges::adjacent_find(state.groups, std::ranges::greater_equal{}, &DesiredGroup::name) == state.groups.end(),
      "groups are in order, each once");
  require(!state.details.empty(), "the first detail is there");
  for (const MembershipSource& source : state.sources) {
    require(source.detail < state.details.size(), "a source's detail is there");
    require(source.at.file < state.files.size() && source.at.line > 0 && source.at.column > 0,
            "a source has a place in a file");
  }
  for (const SourceDetail& detail : state.details) {
    touch(detail.team);
    touch(detail.reason);
    if (detail.until) require(parse_rfc3339(format_rfc3339(*detail.until)) == detail.until, "a time can be written");
  }
  check_users(state);
}

}  // namespace cipherform::fuzz
