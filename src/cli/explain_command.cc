// `cipherform explain EMAIL`: what a plan does about one person, and why. Changes nothing.
#include <algorithm>
#include <utility>

#include "cipherform/explain.h"
#include "cipherform/render.h"
#include "cli/commands.h"
#include "cli/plan_output.h"
#include "cli/planning.h"
#include "cli/signals.h"

namespace cipherform::cli {
namespace {

/// `who` as the tenant spells it. An email that it has is meant as it stands; another one may be
/// the declared one.
std::string person_meant(const LiveState& live, const Mapping& mapping, const std::string& who) {
  if (mapping.email_domains.empty()) return who;
  const std::string key = email_key(who);
  const bool known = std::any_of(live.users.begin(), live.users.end(),
                                 [&](const LiveUser& user) { return user.id == who || email_key(user.email) == key; });
  return known ? who : tenant_email(mapping, who);
}

tl::expected<Explanation, ExitCode> explain_person(const Invocation& invocation, TenantAccess& access, Console& console,
                                                   const Interruption& interruption) {
  ConsoleProgress progress(console, *access.clock);
  auto sides = read_both_sides(invocation, access, console, progress, interruption);
  if (!sides) return tl::unexpected(sides.error());
  const Mapping& mapping = access.environment.mapping;
  const std::string who = person_meant(sides->live, mapping, invocation.operands.front());
  const std::string& environment = access.environment.name;
  const std::string email = email_meant(sides->live, who);
  const PersonElsewhere elsewhere =
      sides->declaration.elsewhere(declared_email(mapping, email).value_or(email), environment);
  const DesiredState desired = std::move(sides->declaration).desired_state(environment);
  const auto plan = plan_states(invocation, desired, sides->live, access, console);
  if (!plan) return tl::unexpected(plan.error());
  auto explanation = explain(*plan, desired, sides->live, elsewhere, who);
  if (!explanation) return tl::unexpected(report_error(console, explanation.error()));
  return std::move(*explanation);
}

}  // namespace

ExitCode run_explain(const Invocation& invocation, const Surroundings& surroundings, Console& console) {
  SignalInterruption interruption;
  const auto environment = environment_of(invocation, console);
  if (!environment) return ExitCode::error;
  auto access = open_to_read(*environment, invocation, surroundings.variables);
  if (!access) return report_error(console, access.error());
  const WakeOnRequest waking(interruption, *access->transport);
  const auto explanation = explain_person(invocation, *access, console, interruption);
  if (!explanation) return explanation.error();
  const auto written = write_forms(invocation.outputs, console, [&](Form form, bool color) {
    return form == Form::json ? to_json(*explanation) : render_explanation(*explanation, {.color = color});
  });
  return written ? ExitCode::done : report_error(console, written.error());
}

}  // namespace cipherform::cli
