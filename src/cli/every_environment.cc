// Tenants are waited for together and planned one after the other: a read takes seconds of
// network, a plan is milliseconds of computing, and holds a copy of the declared state.
#include "cli/every_environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <future>
#include <memory>
#include <set>
#include <utility>

#include "cli/log.h"
#include "cli/planning.h"
#include "cli/promotion.h"

namespace cipherform::cli {
namespace {

constexpr std::string_view kPlaceholder = "{env}";

Error usage(std::string what, std::string hint) {
  return {ErrorKind::usage, std::move(what), {}, std::move(hint), false};
}

bool has_placeholder(const std::filesystem::path& file) {
  return file.string().find(kPlaceholder) != std::string::npos;
}

std::filesystem::path filled_in(const std::filesystem::path& file, std::string_view name) {
  std::string text = file.string();
  for (auto at = text.find(kPlaceholder); at != std::string::npos; at = text.find(kPlaceholder, at + name.size())) {
    text.replace(at, kPlaceholder.size(), name);
  }
  return text;
}

/// One environment on its way.
struct Reading {
  Environment environment;
  Result<TenantAccess> access;
  std::future<Result<LiveState>> live;
  std::unique_ptr<WakeOnRequest> waking;
};

/// What check_selection holds against every one of the states.
class SelectionCheck {
 public:
  explicit SelectionCheck(const Selection& selection) : selection_(selection) {}

  void look_at(const DesiredState& desired, const LiveState& live) {
    if (selection_.everything()) return;
    std::vector<Error> wrong = check_selection(selection_, desired, live);
    if (!std::exchange(looked_, true)) {
      everywhere_ = std::move(wrong);
      return;
    }
    std::set<std::string> still;
    for (const Error& error : wrong) still.insert(error.what);
    std::erase_if(everywhere_, [&still](const Error& error) { return !still.contains(error.what); });
  }
  const std::vector<Error>& everywhere() const { return everywhere_; }

 private:
  const Selection& selection_;
  bool looked_ = false;
  std::vector<Error> everywhere_;
};

std::vector<Reading> start_reading(std::vector<Environment> environments, const Invocation& invocation,
                                   const Variables& variables, SignalInterruption& interruption) {
  std::vector<Reading> readings;
  readings.reserve(environments.size());
  for (Environment& environment : environments) {
    auto access = open_to_read(environment, invocation, variables);
    readings.push_back({std::move(environment), std::move(access), {}, {}});
    Reading& reading = readings.back();
    if (!reading.access) continue;
    reading.waking = std::make_unique<WakeOnRequest>(interruption, *reading.access->transport);
    reading.live = std::async(std::launch::async, [&reading, &interruption] {
      return read_tenant(*reading.access->link, reading.access->read, nullptr, &interruption);
    });
  }
  return readings;
}

tl::expected<Plan, ExitCode> failed(Console& console, const std::string& environment, const Error& error) {
  console.error(of_environment(environment, error));
  switch (error.kind) {
    case ErrorKind::interrupted:
      return tl::unexpected(ExitCode::interrupted);
    case ErrorKind::guardrail:
      return tl::unexpected(ExitCode::refused);
    default:
      return tl::unexpected(ExitCode::error);
  }
}

/// As for one environment; the first one of a chain has no stage before it that --require-promoted could ask for.
Result<std::vector<Stage>> promotion_of_one(const Invocation& invocation, const Declaration& declaration,
                                            const TenantAccess& access, Console& console) {
  if (invocation.command != Command::plan) return std::vector<Stage>{};
  Invocation one = for_environment(invocation, access.environment.name);
  if (access.environment.promotes_from.empty()) one.require_promoted = false;
  return promotion_of(declaration, access, one, console);
}

/// The plan of one environment, whose read has ended with `live`.
tl::expected<Plan, ExitCode> plan_one(const Invocation& invocation, const Declaration& declaration,
                                      const Reading& reading, const Result<LiveState>& live, SelectionCheck& selection,
                                      const FinishPlan& finish, Console& console) {
  const std::string& name = reading.environment.name;
  if (!live) return failed(console, name, live.error());
  log_info(fmt::format("{}: read {} users and {} groups", name, live->users.size(), live->groups.size()));
  auto promotion = promotion_of_one(invocation, declaration, *reading.access, console);
  if (!promotion) return failed(console, name, promotion.error());
  const DesiredState desired = declaration.desired_state(name);
  selection.look_at(desired, *live);
  auto plan = plan_of(invocation, desired, *live, *reading.access);
  if (plan) {
    plan->promotion = std::move(*promotion);
    const auto finished = finish ? finish(reading.environment, desired, *live, *plan) : Result<void>{};
    if (!finished) return failed(console, name, finished.error());
    return std::move(*plan);
  }
  for (const Error& error : plan.error()) console.error(of_environment(name, error));
  return tl::unexpected(ExitCode::error);
}

}  // namespace

bool is_for_every_environment(const Invocation& invocation) { return invocation.environment == kEveryEnvironment; }

Result<void> check_for_every_environment(const Invocation& invocation) {
  constexpr const char* kHint = "such as plan-{env}.json; {env} becomes the environment's name";
  for (const Output& output : invocation.outputs) {
    if (output.file && !has_placeholder(*output.file)) {
      return tl::unexpected(usage(
          fmt::format("-e all writes a file for each environment, and '{}' names one", output.file->string()), kHint));
    }
    if (!output.file && (output.form == Form::json || output.form == Form::html)) {
      return tl::unexpected(usage("-e all has several documents, and standard output is one",
                                  "give the form a file, such as --format json=plan-{env}.json"));
    }
  }
  if (invocation.plan_file && !has_placeholder(*invocation.plan_file)) {
    return tl::unexpected(usage(fmt::format("-e all saves a plan for each environment, and '{}' names one file",
                                            invocation.plan_file->string()),
                                kHint));
  }
  if (invocation.json) return tl::unexpected(usage("--json tells of one environment", "name it with -e"));
  if (invocation.check)
    return tl::unexpected(usage("--check is about one plan, and so one environment", "leave -e out"));
  return {};
}

Invocation for_environment(const Invocation& invocation, const std::string& name) {
  Invocation one = invocation;
  one.environment = name;
  for (Output& output : one.outputs) {
    if (output.file) output.file = filled_in(*output.file, name);
  }
  if (one.plan_file) one.plan_file = filled_in(*one.plan_file, name);
  return one;
}

tl::expected<std::vector<EnvironmentPlan>, ExitCode> plan_every_environment(const Invocation& invocation,
                                                                            const Variables& variables,
                                                                            Console& console,
                                                                            SignalInterruption& interruption,
                                                                            const FinishPlan& finish) {
  auto environments = environments_of(invocation, console);
  if (!environments) return tl::unexpected(ExitCode::error);
  auto parsing = std::async(std::launch::async, [&] { return load_declaration(invocation.project); });
  std::vector<Reading> readings = start_reading(std::move(*environments), invocation, variables, interruption);
  const auto declaration = parsing.get();
  if (!declaration) console.diagnostics(declaration.error());

  SelectionCheck selection(invocation.selection);
  std::vector<EnvironmentPlan> plans;
  for (Reading& reading : readings) {
    const Result<LiveState> live = reading.access ? reading.live.get() : tl::unexpected(reading.access.error());
    reading.waking.reset();
    if (!declaration) continue;
    plans.push_back(
        {reading.environment, plan_one(invocation, *declaration, reading, live, selection, finish, console)});
  }
  if (!declaration) return tl::unexpected(ExitCode::error);
  if (!selection.everywhere().empty()) {
    console.errors(selection.everywhere());
    return tl::unexpected(ExitCode::error);
  }
  return plans;
}

void begin_section(const Invocation& invocation, Console& console, bool& first) {
  const bool shown = std::ranges::any_of(invocation.outputs, [](const Output& output) { return !output.file; });
  if (shown && !std::exchange(first, false)) console.data("\n");
}

ExitCode worst(ExitCode a, ExitCode b) {
  constexpr std::array kFromTheWorst{ExitCode::interrupted, ExitCode::error,   ExitCode::partial, ExitCode::stale,
                                     ExitCode::refused,     ExitCode::changes, ExitCode::done};
  return *std::find_if(kFromTheWorst.begin(), kFromTheWorst.end(),
                       [&](ExitCode code) { return code == a || code == b; });
}

}  // namespace cipherform::cli
