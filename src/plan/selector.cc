// Globs over emails (without case) and group names (exactly).
#include "plan/selector.h"

#include <fmt/format.h>

#include <algorithm>

namespace cipherform::plan {
namespace {

std::vector<std::string> lowered(const std::vector<std::string>& globs) {
  std::vector<std::string> lower;
  lower.reserve(globs.size());
  for (const std::string& glob : globs) lower.push_back(email_key(glob));
  return lower;
}

bool any_matches(const std::vector<std::string>& globs, std::string_view text) {
  return std::any_of(globs.begin(), globs.end(), [text](const std::string& glob) { return glob_match(glob, text); });
}

Match match(const std::vector<std::string>& targets, const std::vector<std::string>& excludes, std::string_view text) {
  return {targets.empty() || any_matches(targets, text), any_matches(excludes, text)};
}

}  // namespace

Selector::Selector(const Selection& selection)
    : selection_(selection),
      lowered_targets_(lowered(selection.targets)),
      lowered_excludes_(lowered(selection.excludes)) {}

Match Selector::of_email(std::string_view key) const { return match(lowered_targets_, lowered_excludes_, key); }

Match Selector::of_group(std::string_view name) const { return match(selection_.targets, selection_.excludes, name); }

}  // namespace cipherform::plan

namespace cipherform {
namespace {

bool is_literal(std::string_view glob) { return glob.find_first_of("*?[\\") == std::string_view::npos; }

bool matches_anything(const std::string& glob, const DesiredState& desired, const LiveState& live) {
  const auto named = [&glob](const auto& group) { return glob_match(glob, group.name); };
  if (std::any_of(desired.groups.begin(), desired.groups.end(), named)) return true;
  if (std::any_of(live.groups.begin(), live.groups.end(), named)) return true;
  const std::string lower = email_key(glob);
  return std::any_of(desired.users.begin(), desired.users.end(),
                     [&lower](const DesiredUser& user) { return glob_match(lower, user.key); }) ||
         std::any_of(live.users.begin(), live.users.end(),
                     [&lower](const LiveUser& user) { return glob_match(lower, email_key(user.email)); });
}

Error matches_nothing(std::string_view option, const std::string& glob, const DesiredState& desired) {
  return {ErrorKind::usage,
          fmt::format("{} '{}' matches no email and no group", option, glob),
          {},
          fmt::format("neither in the declaration nor in the tenant of {}", desired.environment),
          false};
}

}  // namespace

std::vector<Error> check_selection(const Selection& selection, const DesiredState& desired, const LiveState& live) {
  std::vector<Error> errors;
  for (const std::string& glob : selection.targets) {
    if (!matches_anything(glob, desired, live)) errors.push_back(matches_nothing("--target", glob, desired));
  }
  for (const std::string& glob : selection.excludes) {
    if (is_literal(glob) && !matches_anything(glob, desired, live)) {
      errors.push_back(matches_nothing("--exclude", glob, desired));
    }
  }
  return errors;
}

}  // namespace cipherform
