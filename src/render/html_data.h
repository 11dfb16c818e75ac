// The plan as the page's script reads it.
#pragma once

#include <string>

#include "cipherform/plan.h"
#include "render/rows.h"

namespace cipherform {

/// `rows` of `plan` as one JSON object, of strings stored once and columns of indexes into
/// them: 100,000 actions are read in a fraction of a second. src/render/html/data.js reads it;
/// it is no format for anybody else. Every string in it is as terminal_safe() has it, and none
/// can end a script element.
std::string script_data(const Plan& plan, const PlanRows& rows);

}  // namespace cipherform
