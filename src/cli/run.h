// The program, without a process around it.
#pragma once

#include <span>
#include <string>

#include "cli/console.h"

namespace cipherform::cli {

/// Runs one command line (without the program's name); the process's exit code.
int run(std::span<const std::string> arguments, const Surroundings& surroundings);

}  // namespace cipherform::cli
