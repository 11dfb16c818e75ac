#include <algorithm>

#include "sandbox/fault_plan.h"

namespace cipherform::sandbox {
namespace {

bool matches(const FaultRule& rule, std::string_view method, std::string_view operation) {
  if (!rule.method.empty() && rule.method != method) return false;
  return rule.operations.empty() || std::ranges::find(rule.operations, operation) != rule.operations.end();
}

/// From 0 to below 1, the same on every machine.
double roll(std::mt19937_64& dice) { return static_cast<double>(dice() >> 11) * 0x1p-53; }

}  // namespace

void FaultSchedule::put(FaultPlan plan) {
  const std::scoped_lock lock(mutex_);
  plan_ = std::move(plan);
  states_.clear();
  for (std::size_t rule = 0; rule < plan_.rules.size(); ++rule) {
    states_.push_back({{}, std::mt19937_64(plan_.seed * plan_.rules.size() + rule)});
  }
}

std::optional<Fault> FaultSchedule::choose(std::string_view method, std::string_view operation) {
  const std::scoped_lock lock(mutex_);
  const FaultRule* chosen = nullptr;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const FaultRule& rule = plan_.rules[i];
    auto& [count, dice] = states_[i];
    if (!matches(rule, method, operation)) continue;
    ++count.matched;
    // The dice are thrown for each, so that a rule's luck does not depend on the others.
    const bool wants = roll(dice) < rule.probability && (rule.nth == 0 || count.matched == rule.nth) &&
                       (rule.every == 0 || count.matched % rule.every == 0) &&
                       (!rule.times || count.applied < *rule.times);
    if (chosen != nullptr || !wants) continue;
    chosen = &rule;
    ++count.applied;
  }
  return chosen == nullptr ? std::nullopt : std::optional(chosen->fault);
}

std::vector<FaultSchedule::Count> FaultSchedule::counts() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Count> all;
  all.reserve(states_.size());
  for (const State& state : states_) all.push_back(state.count);
  return all;
}

}  // namespace cipherform::sandbox
