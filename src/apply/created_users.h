// What the answer to a create says of each user that was asked for.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cipherform/plan.h"
#include "cipherform/tenant.h"

namespace cipherform::apply {

/// For each of `asked`: empty where the answer has the user, in all groups asked for;
/// else what is missing, as a sentence. Matched by email, whatever the answer's order.
std::vector<std::string> missing_from_answer(std::span<const CreateUser* const> asked,
                                             std::span<const CreatedUser> answered);

}  // namespace cipherform::apply
