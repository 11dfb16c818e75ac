// Two tenants of one declaration, read at the same time.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "cli/console.h"
#include "cli/environment_choice.h"
#include "cli/exit_code.h"
#include "cli/signals.h"

namespace cipherform::cli {

/// One progress out of two that are told by threads of their own: how much of both together.
/// The one behind it is called by one thread at a time.
class ProgressOfTwo {
 public:
  explicit ProgressOfTwo(Progress& together) : parts_{Part{*this}, Part{*this}}, together_(together) {}
  ProgressOfTwo(const ProgressOfTwo&) = delete;
  ProgressOfTwo& operator=(const ProgressOfTwo&) = delete;

  /// For one of the two threads.
  Progress& part(std::size_t which) { return parts_.at(which); }

 private:
  class Part final : public Progress {
   public:
    explicit Part(ProgressOfTwo& whole) : whole_(whole) {}
    void update(std::string_view what, std::uint64_t done, std::uint64_t total) override;
    void waiting(std::string_view why, std::chrono::milliseconds left) override;

   private:
    friend class ProgressOfTwo;
    ProgressOfTwo& whole_;
    std::string what_;
    std::uint64_t done_ = 0;
    std::uint64_t total_ = 0;
  };

  std::mutex mutex_;
  std::array<Part, 2> parts_;
  Progress& together_;
};

/// The two environments that the operands name. Errors are shown on `console`.
struct TwoEnvironments {
  std::vector<Environment> all;
  Environment first;
  Environment second;
};
std::optional<TwoEnvironments> two_environments_of(const Invocation& invocation, Console& console);

/// The ways into two tenants that are only read, as open_to_read() makes them.
using TwoAccesses = std::array<TenantAccess, 2>;
Result<TwoAccesses> open_two(const TwoEnvironments& environments, const Invocation& invocation,
                             const Variables& variables);

/// Reads both, on two threads. Everything that goes wrong is shown on `console`, of both.
tl::expected<std::array<LiveState, 2>, ExitCode> read_two(TwoAccesses& accesses, Console& console,
                                                          SignalInterruption& interruption);

}  // namespace cipherform::cli
