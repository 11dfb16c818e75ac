// What a declaration says of one person outside the environment at hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cipherform/model.h"

namespace cipherform {

/// One place that asks for a membership of a person, but not in the environment at hand.
struct SourceElsewhere {
  std::string group;
  Source source;
  std::vector<std::string> environments;  ///< where it holds, in the order declared; may be nowhere
};

/// What the declaration says of one person beside the DesiredState of the environment at hand.
/// No plan needs it; whoever asks about the person does.
struct PersonElsewhere {
  std::string email;  ///< as first spelled; empty: the declaration never mentions the person
  std::string file;   ///< of the first mention, in whatever environment, as the next two
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::vector<SourceElsewhere> sources;  ///< by group, then place
};

}  // namespace cipherform
