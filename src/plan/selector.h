// --target and --exclude, prepared so that each email and each group is matched once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cipherform/plan.h"

namespace cipherform::plan {

/// What the globs say of one email or one group.
struct Match {
  bool targeted = true;  ///< also where there are no targets
  bool excluded = false;
};

/// Whether the membership of an email in a group is selected.
inline bool selected(Match email, Match group) {
  return (email.targeted || group.targeted) && !email.excluded && !group.excluded;
}

class Selector {
 public:
  explicit Selector(const Selection& selection);

  Match of_email(std::string_view key) const;
  Match of_group(std::string_view name) const;

 private:
  const Selection& selection_;
  std::vector<std::string> lowered_targets_;
  std::vector<std::string> lowered_excludes_;
};

}  // namespace cipherform::plan
