// The process around cli::run.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "cli/run.h"

namespace {

/// A standard stream that was closed would give its number to the next file that is
/// opened, and what is printed would end up there: in the ledger, for example. These take
/// its place: end of file for who reads, and for who writes an error that is noticed.
void open_missing_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) == -1) static_cast<void>(::open("/dev/null", O_RDONLY));
  }
}

}  // namespace

int main(int argc, char** argv) {
  open_missing_streams();
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
