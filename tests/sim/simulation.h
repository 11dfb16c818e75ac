// Whole applies against a world that breaks: the real planner, applier and listing, run
// after run, until the faults stop; then two runs have to converge.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherform::sim {

/// What happens. The same schedule gives the same trace.
struct Schedule {
  std::uint64_t seed = 1;

  // Drawn from the seed in random(), or set by a test:
  double faults = 0;      ///< the chance of one at each request of a faulty run
  double foreigners = 0;  ///< the chance of a foreign change before each request
  unsigned faulty_runs = 1;
  std::optional<std::size_t> crash_at;      ///< the nth boundary of each faulty run
  std::optional<std::size_t> stall_at;      ///< there the process stops past its lease, and another run comes
  std::optional<std::size_t> interrupt_at;  ///< Ctrl-C
  std::optional<std::size_t> ledger_fails_at;
  bool fails_after_commit = false;
  std::optional<std::size_t> rival_at;  ///< there another administrator creates new0
  /// After each faulty run somebody edits the environment's url, applies, and puts it back.
  bool moves = false;
  /// This fault at the nth request, and no other.
  std::optional<std::size_t> fault_at;
  std::string_view fault_name = "none";
  bool small = false;  ///< the plan of 40 actions that exhaustive tests use

  static Schedule random(std::uint64_t seed);
  /// To be given to the simulator again.
  std::string to_string() const;
};

struct Verdict {
  std::vector<std::string> violations;
  std::vector<std::string> trace;
  std::size_t requests = 0;    ///< of the first run
  std::size_t boundaries = 0;  ///< of the first run
  std::size_t actions = 0;     ///< of the first plan
};

Verdict simulate(const Schedule& schedule);

}  // namespace cipherform::sim
