// Plans of any size, with names and sentences out of the corpus of hostile strings among
// plain ones. Rendering is tested with them, so they need not be possible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cipherform/plan.h"

namespace cipherform::samples {

/// The same plan for the same arguments. About `changes` changes, blocked ones included, and
/// findings and guardrail hits in proportion, now and then none or very many.
Plan random_plan(std::uint32_t seed, std::size_t changes);
/// A plan with `text` in every place that holds a string.
Plan plan_of(std::string_view text);
/// One person for each string of the corpus, who is named by it as everything about them is;
/// in UTF-8, as all strings of a plan are that comes from a declaration and a tenant.
Plan plan_of_the_corpus();

}  // namespace cipherform::samples
