#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/fault_plan.h"

namespace cipherform::sandbox {
namespace {

FaultRule rule(unsigned status, std::vector<std::string> operations = {}) {
  FaultRule made;
  made.fault.status = status;
  made.operations = std::move(operations);
  return made;
}

/// Which status the faults of `count` requests have; 0: no fault.
std::vector<unsigned> statuses(FaultSchedule& schedule, int count, std::string_view method = "POST",
                               std::string_view operation = "create") {
  std::vector<unsigned> all;
  for (int i = 0; i < count; ++i) {
    const auto fault = schedule.choose(method, operation);
    all.push_back(fault ? fault->status.value_or(1) : 0);
  }
  return all;
}

using ::testing::ElementsAre;

TEST(FaultSchedule, IsEmptyUntilAPlanIsPut) {
  FaultSchedule schedule;
  EXPECT_THAT(statuses(schedule, 2), ElementsAre(0, 0));
  schedule.put({.seed = 0, .rules = {rule(500)}});
  EXPECT_THAT(statuses(schedule, 2), ElementsAre(500, 500));
  schedule.put({});
  EXPECT_THAT(statuses(schedule, 2), ElementsAre(0, 0));
}

TEST(FaultSchedule, MatchesMethodAndOperation) {
  FaultSchedule schedule;
  FaultRule deletes = rule(502);
  deletes.method = "DELETE";
  schedule.put({.seed = 0, .rules = {rule(500, {"create", "add"}), deletes}});
  EXPECT_THAT(statuses(schedule, 1, "POST", "create"), ElementsAre(500));
  EXPECT_THAT(statuses(schedule, 1, "POST", "add"), ElementsAre(500));
  EXPECT_THAT(statuses(schedule, 1, "GET", "list_users"), ElementsAre(0));
  EXPECT_THAT(statuses(schedule, 1, "DELETE", "remove"), ElementsAre(502));
}

TEST(FaultSchedule, TakesTheNthEveryNthAndSoManyTimes) {
  FaultSchedule schedule;
  FaultRule third = rule(503);
  third.nth = 3;
  FaultRule even = rule(502);
  even.every = 2;
  even.times = 2;
  schedule.put({.seed = 0, .rules = {third, even}});
  EXPECT_THAT(statuses(schedule, 8), ElementsAre(0, 502, 503, 502, 0, 0, 0, 0));
  EXPECT_EQ(schedule.counts()[0].applied, 1U);
  EXPECT_EQ(schedule.counts()[1].applied, 2U);
  EXPECT_EQ(schedule.counts()[1].matched, 8U);
}

TEST(FaultSchedule, FirstRuleWinsAndTheOthersCountOn) {
  FaultSchedule schedule;
  FaultRule first = rule(500);
  first.nth = 1;
  FaultRule second = rule(501);
  second.nth = 2;
  schedule.put({.seed = 0, .rules = {first, second, rule(502)}});
  EXPECT_THAT(statuses(schedule, 3), ElementsAre(500, 501, 502));
}

TEST(FaultSchedule, RollsTheSameDiceForTheSameSeed) {
  FaultSchedule schedule;
  FaultRule often = rule(500);
  often.probability = 0.3;
  const auto run = [&](std::uint64_t seed) {
    schedule.put({.seed = seed, .rules = {often}});
    return statuses(schedule, 1000);
  };
  const auto once = run(1);
  EXPECT_EQ(run(1), once);
  EXPECT_NE(run(2), once);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(once, 500U)), 300, 60);
}

TEST(FaultSchedule, NeverHappensWithoutProbability) {
  FaultSchedule schedule;
  FaultRule never = rule(500);
  never.probability = 0;
  schedule.put({.seed = 0, .rules = {never}});
  EXPECT_THAT(statuses(schedule, 100), ::testing::Each(0));
}

}  // namespace
}  // namespace cipherform::sandbox
