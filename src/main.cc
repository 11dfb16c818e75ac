// The process around cli::run.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "cli/run.h"

int main(int argc, char** argv) {
  // A reader that goes away (`cipherform plan | head`) is a failed write, not a signal.
  std::signal(SIGPIPE, SIG_IGN);
  const cipherform::cli::Surroundings surroundings{
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .in_descriptor = STDIN_FILENO,
      .out_is_terminal = isatty(STDOUT_FILENO) == 1,
      .err_is_terminal = isatty(STDERR_FILENO) == 1,
      .variables = [](std::string_view name) -> std::optional<std::string> {
        const char* const value = std::getenv(std::string(name).c_str());
        if (value == nullptr) return std::nullopt;
        return value;
      }};
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    return cipherform::cli::run(arguments, surroundings);
  } catch (const std::exception& failure) {
    std::cerr << "error: cipherform failed: " << failure.what() << " (please report this)\n";
    return EXIT_FAILURE;
  }
}
