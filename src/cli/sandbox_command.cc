// `cipherform sandbox`: serves an emulated tenant until Ctrl-C.
#include <fmt/format.h>

#include <condition_variable>
#include <mutex>

#include "cipherform/config.h"
#include "cipherform/sandbox.h"
#include "cli/commands.h"
#include "cli/planning.h"
#include "cli/signals.h"

namespace cipherform::cli {

ExitCode run_sandbox(const Invocation& invocation, const Surroundings& surroundings, Console& console) {
  SignalInterruption interruption;
  const SandboxArguments& arguments = invocation.sandbox;
  SandboxOptions options;
  options.port = arguments.port;
  options.base_path = arguments.base_path;
  options.generated_users = arguments.users;
  options.database = arguments.database;
  options.latency_ms = arguments.latency_ms;
  options.requests_per_second = arguments.requests_per_second;
  options.list_groups = arguments.list_groups;
  if (arguments.fault_plan) options.fault_plan = invocation.project / *arguments.fault_plan;
  options.control_port = arguments.control_port;
  if (const auto key = surroundings.variables("CIPHERFORM_API_KEY"); key && !key->empty()) options.api_key = *key;
  if (arguments.seed) {
    auto seed = load_tenant_seed(invocation.project / *arguments.seed);
    if (!seed) {
      console.diagnostics(seed.error());
      return ExitCode::error;
    }
    options.seed = std::move(*seed);
  }
  const auto sandbox = start_sandbox(std::move(options));
  if (!sandbox) return report_error(console, sandbox.error());
  console.data(fmt::format("Serving {} users at {} until Ctrl-C.\n", (*sandbox)->users(), (*sandbox)->base_url()));
  if (const std::string url = (*sandbox)->control_url(); !url.empty()) {
    console.data(fmt::format("Control it at {} meanwhile.\n", url));
  }

  std::mutex mutex;
  std::condition_variable stop;
  interruption.on_request(&interruption, [&] {
    const std::scoped_lock lock(mutex);
    stop.notify_all();
  });
  std::unique_lock lock(mutex);
  stop.wait(lock, [&] { return interruption.requested(); });
  lock.unlock();
  interruption.on_request(&interruption, {});
  return ExitCode::done;
}

}  // namespace cipherform::cli
