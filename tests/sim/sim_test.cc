// Whole applies under everything that a network, a server, a disk and an operator can do.
// A schedule that fails prints the seed; CIPHERFORM_SIM_SEED=N runs that one alone and
// prints its trace.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <charconv>
#include <cstdlib>
#include <optional>

#include "sim/faults.h"
#include "sim/simulation.h"

namespace cipherform::sim {
namespace {

std::optional<std::uint64_t> number_from(const char* variable) {
  const char* const text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  std::uint64_t value = 0;
  const std::string_view digits(text);
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure != std::errc{} || end != digits.data() + digits.size()) std::abort();
  return value;
}

void print(const Verdict& verdict) {
  for (const std::string& line : verdict.trace) fmt::print("{}\n", line);
}

/// The first schedule of a list that breaks a rule, and how many did.
struct Tally {
  std::size_t schedules = 0;
  std::size_t broken = 0;
  std::size_t requests = 0;
  std::string first;
  std::uint64_t seed = 0;
  std::string trace;
  std::vector<std::string> violations;

  void add(const Schedule& schedule, const Verdict& verdict) {
    ++schedules;
    requests += verdict.requests;
    if (verdict.violations.empty() || broken++ > 0) return;
    first = schedule.to_string();
    seed = schedule.seed;
    violations = verdict.violations;
    constexpr std::size_t most_lines = 60;
    const std::size_t from = verdict.trace.size() > most_lines ? verdict.trace.size() - most_lines : 0;
    for (std::size_t i = from; i < verdict.trace.size(); ++i) trace += verdict.trace[i].substr(0, 200) + "\n";
  }
};

void expect_unbroken(const Tally& tally) {
  fmt::print("{} schedules, {} requests in their first runs, {} broke a rule\n", tally.schedules, tally.requests,
             tally.broken);
  if (tally.broken == 0) return;
  std::string all;
  for (const std::string& violation : tally.violations) all += "\n  " + violation;
  ADD_FAILURE() << tally.broken << " of " << tally.schedules << " schedules broke a rule; the first: " << tally.first
                << all << "\nA random one is replayed, with its trace, by CIPHERFORM_SIM_SEED=" << tally.seed
                << " sim_tests --gtest_filter='*NoSchedule*'; the end of its trace:\n"
                << tally.trace;
}

TEST(Simulation, NoScheduleBreaksARule) {
  if (const auto seed = number_from("CIPHERFORM_SIM_SEED")) {
    Tally tally;
    const Schedule schedule = Schedule::random(*seed);
    const Verdict verdict = simulate(schedule);
    print(verdict);
    tally.add(schedule, verdict);
    expect_unbroken(tally);
    return;
  }
  const std::uint64_t schedules = number_from("CIPHERFORM_SIM_SCHEDULES").value_or(1'000);
  const std::uint64_t first = number_from("CIPHERFORM_SIM_FIRST").value_or(1);
  Tally tally;
  for (std::uint64_t seed = first; seed < first + schedules; ++seed) {
    const Schedule schedule = Schedule::random(seed);
    tally.add(schedule, simulate(schedule));
  }
  expect_unbroken(tally);
}

TEST(Simulation, TheSameSeedGivesTheSameTrace) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Schedule schedule = Schedule::random(seed);
    EXPECT_EQ(simulate(schedule).trace, simulate(schedule).trace) << schedule.to_string();
  }
}

/// The plan of 40 actions, without faults.
Schedule small_schedule() {
  Schedule schedule;
  schedule.small = true;
  return schedule;
}

/// How many requests and boundaries it has.
Verdict calm() { return simulate(small_schedule()); }

/// Whatever happens there, and nothing else.
void expect_unbroken_at_every_boundary(std::optional<std::size_t> Schedule::*what) {
  const Verdict verdict = calm();
  Tally tally;
  for (std::size_t nth = 1; nth <= verdict.boundaries; ++nth) {
    Schedule schedule = small_schedule();
    schedule.*what = nth;
    tally.add(schedule, simulate(schedule));
  }
  expect_unbroken(tally);
}

TEST(Simulation, TheSmallPlanHasFortyActions) {
  const Verdict verdict = calm();
  EXPECT_EQ(verdict.violations, std::vector<std::string>{});
  EXPECT_EQ(verdict.actions, 40U);
}

TEST(Simulation, EveryFaultAtEveryRequestOfAPlanOfFortyActions) {
  const Verdict verdict = calm();
  Tally tally;
  for (const Fault& fault : faults()) {
    for (std::size_t nth = 1; nth <= verdict.requests; ++nth) {
      Schedule schedule = small_schedule();
      schedule.fault_at = nth;
      schedule.fault_name = fault.name;
      tally.add(schedule, simulate(schedule));
    }
  }
  EXPECT_EQ(tally.schedules, faults().size() * verdict.requests);
  expect_unbroken(tally);
}

TEST(Simulation, KilledAtEveryBoundaryOfAPlanOfFortyActions) {
  const Verdict verdict = calm();
  Tally tally;
  for (std::size_t nth = 1; nth <= verdict.boundaries; ++nth) {
    for (const bool also_late : {false, true}) {
      Schedule schedule = small_schedule();
      schedule.crash_at = nth;
      schedule.faulty_runs = 2;  // and again, where the next run stands
      if (also_late) schedule.faults = 0.2;
      tally.add(schedule, simulate(schedule));
    }
  }
  expect_unbroken(tally);
}

TEST(Simulation, KilledAtEveryBoundaryAndThenTheUrlIsAnother) {
  const Verdict verdict = calm();
  Tally tally;
  for (std::size_t nth = 1; nth <= verdict.boundaries; ++nth) {
    Schedule schedule = small_schedule();
    schedule.crash_at = nth;
    schedule.moves = true;
    tally.add(schedule, simulate(schedule));
  }
  expect_unbroken(tally);
}

TEST(Simulation, StoppedPastItsLeaseAtEveryBoundaryOfAPlanOfFortyActions) {
  expect_unbroken_at_every_boundary(&Schedule::stall_at);
}

TEST(Simulation, ALedgerThatFailsAtEveryCall) {
  Tally tally;
  for (std::size_t nth = 1; nth <= 40; ++nth) {
    for (const bool after : {false, true}) {
      Schedule schedule = small_schedule();
      schedule.ledger_fails_at = nth;
      schedule.fails_after_commit = after;
      tally.add(schedule, simulate(schedule));
    }
  }
  expect_unbroken(tally);
}

TEST(Simulation, ARivalWhoCreatesTheSameUserAtEveryBoundary) { expect_unbroken_at_every_boundary(&Schedule::rival_at); }

TEST(Simulation, InterruptedWhileALostCreateIsSettled) {
  const Verdict verdict = calm();
  Tally tally;
  for (const std::size_t create : {4U, 5U, 6U}) {
    for (std::size_t nth = 1; nth <= verdict.boundaries; nth += 3) {
      Schedule schedule = small_schedule();
      schedule.fault_at = create;
      schedule.fault_name = "lost, carried out late";
      schedule.interrupt_at = nth;
      tally.add(schedule, simulate(schedule));
    }
  }
  expect_unbroken(tally);
}

TEST(Simulation, InterruptedAtEveryBoundary) { expect_unbroken_at_every_boundary(&Schedule::interrupt_at); }

}  // namespace
}  // namespace cipherform::sim
