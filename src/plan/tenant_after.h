// The tenant as it would be after a plan, as far as guardrails ask.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/guardrails.h"

namespace cipherform::plan {

/// Members of each of Groups::all.
std::vector<std::uint64_t> members_after(const Proposal& proposal);

/// Who would be in groups of more than one of these names: emails (or ids, where there is
/// no email), sorted.
std::vector<std::string> people_in_several(const Proposal& proposal, const std::vector<std::string>& names);

}  // namespace cipherform::plan
