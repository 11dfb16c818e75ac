// `-e all`: the tenants of all environments, read side by side, and a plan for each.
#pragma once

#include <functional>
#include <vector>

#include "cipherform/plan.h"
#include "cli/console.h"
#include "cli/environment_choice.h"
#include "cli/exit_code.h"
#include "cli/signals.h"

namespace cipherform::cli {

/// Whether `-e all` was given.
bool is_for_every_environment(const Invocation& invocation);

/// ErrorKind::usage where `invocation` wants something that is one environment's: another form
/// than text and markdown on standard output, a file whose name does not hold `{env}`, events.
Result<void> check_for_every_environment(const Invocation& invocation);

/// `invocation` for one of them: `{env}` in the names of files is its name.
Invocation for_environment(const Invocation& invocation, const std::string& name);

/// One environment, and its plan unless something went wrong, which has been shown.
struct EnvironmentPlan {
  Environment environment;
  tl::expected<Plan, ExitCode> plan;
};

/// What is still to be done with a plan while both states are there.
using FinishPlan = std::function<Result<void>(const Environment& environment, const DesiredState& desired,
                                              const LiveState& live, Plan& plan)>;

/// In the order declared. The declaration is parsed once, beside the reads. A glob of
/// --target or --exclude must match in one of them at least. Fails where there is no declaration.
tl::expected<std::vector<EnvironmentPlan>, ExitCode> plan_every_environment(const Invocation& invocation,
                                                                            const Variables& variables,
                                                                            Console& console,
                                                                            SignalInterruption& interruption,
                                                                            const FinishPlan& finish = {});

/// An empty line before every section but the first, where they go to standard output.
void begin_section(const Invocation& invocation, Console& console, bool& first);

/// The worst of several commands' exit codes: interrupted, error, refused, changes, done.
ExitCode worst(ExitCode a, ExitCode b);

}  // namespace cipherform::cli
