// Globs over emails (without case) and group names (exactly).
#include "plan/selector.h"

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
