// `cipherform promote FROM TO`: the plan that gives one tenant what another has.
#include <future>
#include <utility>

#include "cipherform/promotion.h"
#include "cli/commands.h"
#include "cli/planning.h"
#include "cli/promotion.h"
#include "cli/two_tenants.h"

namespace cipherform::cli {
namespace {

/// The target and, before it, what each promotes from.
std::vector<std::string> stages_of(const TwoEnvironments& environments) {
  std::vector<std::string> names;
  for (Environment& stage : stages_before(environments.all, environments.second))
    names.push_back(std::move(stage.name));
  names.push_back(environments.second.name);
  return names;
}

tl::expected<Plan, ExitCode> read_and_plan(const Invocation& invocation, const TwoEnvironments& environments,
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
  options.stages = stages_of(environments);
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
  const auto plan = read_and_plan(invocation, *environments, *accesses, console, interruption);
  if (!plan) return plan.error();
  return save_and_show(*plan, invocation, console);
}

}  // namespace cipherform::cli
