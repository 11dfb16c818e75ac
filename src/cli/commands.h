// One function for each command: wiring and exit codes, nothing else.
#pragma once

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/options.h"

namespace cipherform::cli {

ExitCode run_validate(const Invocation& invocation, Console& console);
ExitCode run_plan(const Invocation& invocation, const Surroundings& surroundings, Console& console);
ExitCode run_drift(const Invocation& invocation, const Surroundings& surroundings, Console& console);
ExitCode run_apply(const Invocation& invocation, const Surroundings& surroundings, Console& console);
ExitCode run_show(const Invocation& invocation, Console& console);
ExitCode run_explain(const Invocation& invocation, const Surroundings& surroundings, Console& console);
ExitCode run_export(const Invocation& invocation, const Surroundings& surroundings, Console& console);
ExitCode run_diff(const Invocation& invocation, const Surroundings& surroundings, Console& console);
ExitCode run_promote(const Invocation& invocation, const Surroundings& surroundings, Console& console);
ExitCode run_history(const Invocation& invocation, Console& console);
ExitCode run_unlock(const Invocation& invocation, const Surroundings& surroundings, Console& console);
ExitCode run_completion(const Invocation& invocation, Console& console);
ExitCode run_completion_words(const Invocation& invocation, Console& console);
ExitCode run_man_pages(const Invocation& invocation, Console& console);
ExitCode run_sandbox(const Invocation& invocation, const Surroundings& surroundings, Console& console);

}  // namespace cipherform::cli
