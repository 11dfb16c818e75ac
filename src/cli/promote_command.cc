// `cipherform promote FROM TO`: the plan that gives one tenant what another has.
#include <algorithm>
#include <future>
#include <utility>

#include "cipherform/promotion.h"
#include "cli/commands.h"
#include "cli/planning.h"
#include "cli/two_tenants.h"

namespace cipherform::cli {
namespace {

/// `last` and, before it, what each promotes from; a circle ends where it closes.
std::vector<std::string> stages_up_to(const Environment& last, const std::vector<Environment>& all) {
  std::vector<std::string> stages{last.name};
  std::string before = last.promotes_from;
  while (!before.empty() && std::ranges::find(stages, before) == stages.end()) {
    stages.insert(stages.begin(), before);
    const auto found = std::ranges::find(all, before, &Environment::name);
    before = found == all.end() ? std::string{} : found->promotes_from;
  }
  return stages;
}

tl::expected<Plan, ExitCode> promotion_of(const Invocation& invocation, const TwoEnvironments& environments,
                                          TwoAccesses& accesses, Console& console, SignalInterruption& interruption) {
  auto parsing = std::async(std::launch::async, [&] { return load_declaration(invocation.project); });
  const auto live = read_two(accesses, console, interruption);
  const auto declaration = parsing.get();
  if (!declaration) {
    console.diagnostics(declaration.error());
    return tl::unexpected(ExitCode::error);
  }
  if (!live) return tl::unexpected(live.error());
  const Declaration& declared = *declaration;
  const DesiredState from = declared.desired_state(environments.first.name);
  const DesiredState to = declared.desired_state(environments.second.name);
  PromotionOptions options;
  options.plan = plan_options(invocation, accesses[1]);
  options.all_groups = invocation.promotion.all_groups;
  options.groups = invocation.promotion.groups;
  options.known_source = accesses[0].known_tenant;
  options.stages = stages_up_to(environments.second, environments.all);
  auto plan = plan_promotion({from, (*live)[0]}, {to, (*live)[1]}, options);
  if (plan) return std::move(*plan);
  console.errors(plan.error());
  return tl::unexpected(ExitCode::error);
}

}  // namespace

ExitCode run_promote(const Invocation& invocation, const Surroundings& surroundings, Console& console) {
  SignalInterruption interruption;
  const auto environments = two_environments_of(invocation, console);
  if (!environments) return ExitCode::error;
  auto accesses = open_two(*environments, invocation, surroundings.variables);
  if (!accesses) return report_error(console, accesses.error());
  const auto plan = promotion_of(invocation, *environments, *accesses, console, interruption);
  if (!plan) return plan.error();
  return save_and_show(*plan, invocation, console);
}

}  // namespace cipherform::cli
