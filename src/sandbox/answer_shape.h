// JSON bodies cut and turned around, for faults.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sandbox/fault_plan.h"

namespace cipherform::sandbox {

/// `body` in another shape; as it is, where it holds no users or is no JSON.
std::string reshaped(std::string body, Shape shape);

/// A create's body with its first `count` users only; empty where none is left.
std::string first_users(std::string_view body, std::size_t count);

}  // namespace cipherform::sandbox
