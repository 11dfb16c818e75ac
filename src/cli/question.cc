#include "cli/question.h"

#include <poll.h>

#include <array>
#include <istream>
#include <ostream>
#include <string>

namespace cipherform::cli {
namespace {

constexpr int kLeaseTickMs = 10'000;

/// Waits until a line may be read. Nothing: it may.
std::optional<Reply> wait_for_input(int input, LeaseKeeper* lease, const SignalInterruption& interruption) {
  while (input >= 0) {
    std::array<pollfd, 2> descriptors{{{input, POLLIN, 0}, {interruption.descriptor(), POLLIN, 0}}};
    const int ready = ::poll(descriptors.data(), descriptors.size(), kLeaseTickMs);
    if (interruption.requested()) return Reply::interrupted;
    if (lease != nullptr && !lease->keep()) return Reply::lease_lost;
    if (ready > 0 && descriptors[0].revents != 0) break;
  }
  return std::nullopt;
}

Reply ask(std::string_view question, const Surroundings& surroundings, Console& console, LeaseKeeper* lease,
          const SignalInterruption& interruption) {
  console.note(question);
  surroundings.err << "Only \"yes\" is accepted: " << std::flush;
  if (const auto ended = wait_for_input(surroundings.in_descriptor, lease, interruption)) {
    surroundings.err << std::endl;
    return *ended;
  }
  std::string line;
  if (!std::getline(surroundings.in, line)) {
    surroundings.err << std::endl;
    return Reply::nobody;
  }
  return line == "yes" ? Reply::yes : Reply::no;
}

}  // namespace

Reply ask(std::string_view question, const Surroundings& surroundings, Console& console, LeaseKeeper& lease,
          const SignalInterruption& interruption) {
  return ask(question, surroundings, console, &lease, interruption);
}

Reply ask(std::string_view question, const Surroundings& surroundings, Console& console,
          const SignalInterruption& interruption) {
  return ask(question, surroundings, console, nullptr, interruption);
}

}  // namespace cipherform::cli
