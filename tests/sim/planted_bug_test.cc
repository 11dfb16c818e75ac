// The simulator catches every bug of model/planted_bug.h: first by one fault, kill or stop
// at each place of the plan of 40 actions, then by random schedules.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "sim/faults.h"
#include "sim/planted_bugs.h"
#include "sim/simulation.h"

namespace cipherform::sim {
namespace {

constexpr std::uint64_t kMostSeeds = 4'000;

/// Calls `each` with schedule after schedule, until it says that it is enough.
void schedules(const std::function<bool(const Schedule&)>& each) {
  Schedule calm;
  calm.small = true;
  const Verdict verdict = simulate(calm);
  if (each(calm)) return;
  for (std::size_t nth = 1; nth <= verdict.boundaries; ++nth) {
    Schedule schedule = calm;
    schedule.crash_at = nth;
    if (each(schedule)) return;
    schedule.moves = true;
    if (each(schedule)) return;
    schedule.moves = false;
    schedule.crash_at.reset();
    schedule.stall_at = nth;
    if (each(schedule)) return;
    schedule.stall_at.reset();
    schedule.rival_at = nth;
    if (each(schedule)) return;
  }
  for (const Fault& fault : faults()) {
    for (std::size_t nth = 1; nth <= verdict.requests; ++nth) {
      Schedule schedule = calm;
      schedule.fault_at = nth;
      schedule.fault_name = fault.name;
      if (each(schedule)) return;
    }
  }
  for (std::size_t nth = 1; nth <= verdict.boundaries; ++nth) {
    Schedule schedule = calm;
    schedule.fault_at = 5;
    schedule.fault_name = "lost, carried out late";
    schedule.interrupt_at = nth;
    if (each(schedule)) return;
  }
  for (std::uint64_t seed = 1; seed <= kMostSeeds; ++seed) {
    if (each(Schedule::random(seed))) return;
  }
}

class PlantedBug : public testing::TestWithParam<std::uint8_t> {
 protected:
  void TearDown() override { plant(std::nullopt); }
};

TEST_P(PlantedBug, IsCaught) {
  plant(static_cast<Bug>(GetParam()));
  std::size_t tried = 0;
  bool caught = false;
  schedules([&](const Schedule& schedule) {
    plant(static_cast<Bug>(GetParam()));
    ++tried;
    const Verdict verdict = simulate(schedule);
    if (verdict.violations.empty()) return false;
    plant(std::nullopt);
    EXPECT_EQ(simulate(schedule).violations, std::vector<std::string>{}) << "without the bug: " << schedule.to_string();
    caught = true;
    fmt::print("caught by schedule {}: {}\n  {}\n", tried, schedule.to_string(), verdict.violations[0]);
    return true;
  });
  EXPECT_TRUE(caught) << "not caught by " << tried << " schedules";
}

INSTANTIATE_TEST_SUITE_P(All, PlantedBug, testing::Range(std::uint8_t{0}, kBugs));

TEST(NoPlantedBug, BreaksNoRule) {
  plant(std::nullopt);
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Schedule schedule = Schedule::random(seed);
    EXPECT_EQ(simulate(schedule).violations, std::vector<std::string>{}) << schedule.to_string();
  }
}

}  // namespace
}  // namespace cipherform::sim
