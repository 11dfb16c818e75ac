#include "cli/saved_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cipherform/config.h"
#include "cli/output_file.h"
#include "cli/planning.h"
#include "cli/promotion.h"

namespace cipherform::cli {
namespace {

constexpr std::size_t kLargestPlan = std::size_t{1} << 30;
/// How far another machine's clock may be ahead of ours.
constexpr std::chrono::minutes kClockSkew{5};
constexpr const char* kNewPlan = "nothing was changed; make a new plan";

tl::unexpected<Error> stale(std::string what, std::string hint = kNewPlan) {
  return tl::unexpected(Error{ErrorKind::stale, std::move(what), {}, std::move(hint), false});
}

Result<void> check_binding(const Plan& plan, const Environment& environment) {
  if (plan.environment == environment.name && plan.base_url == environment.url) return {};
  return stale(fmt::format("the plan is for {} at {}, and the declaration has {} at {}", plan.environment,
                           plan.base_url, environment.name, environment.url));
}

std::string hours_and_minutes(std::chrono::milliseconds time) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(time).count();
  return minutes < 120 ? fmt::format("{} min", minutes) : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

Result<void> check_age(const Plan& plan, std::chrono::milliseconds most, Time now) {
  if (plan.created_at > now + kClockSkew) {
    return stale(fmt::format("the plan was made at {}, which is in the future", format_rfc3339(plan.created_at)),
                 "nothing was changed; is a clock wrong?");
  }
  if (now - plan.created_at <= most) return {};
  return stale(fmt::format("the plan was made {} ago, and may be {} old", hours_and_minutes(now - plan.created_at),
                           hours_and_minutes(most)),
               "nothing was changed; make a new plan, or allow its age with --max-plan-age");
}

Result<void> check_declaration(const Plan& plan, const Declaration& declaration) {
  if (plan.declaration_digest == declaration.digest()) return {};
  return stale("the declaration has changed since the plan was made",
               "nothing was changed; make a new plan, or check out the commit that it was made from");
}

}  // namespace

Result<Plan> load_plan(const std::filesystem::path& file) {
  const auto json = read_file(file, kLargestPlan);
  if (!json) return tl::unexpected(json.error());
  auto plan = plan_from_json(*json);
  if (plan) return plan;
  Error error = std::move(plan).error();
  error.where = error.where.empty() ? file.string() : file.string() + ": " + error.where;
  return tl::unexpected(std::move(error));
}

Result<void> check_fingerprint(const Plan& plan, const Invocation& invocation) {
  if (!invocation.expected_fingerprint) return {};
  const std::string found = fingerprint(plan);
  if (found == *invocation.expected_fingerprint) return {};
  return stale(fmt::format("this plan has the fingerprint {}, and {} is what was approved", found,
                           *invocation.expected_fingerprint),
               "nothing was changed; review this plan and approve its fingerprint");
}

Result<void> check_plan(const Plan& plan, const Environment& environment, const Invocation& invocation, Time now) {
  if (auto bound = check_binding(plan, environment); !bound) return bound;
  if (auto young = check_age(plan, invocation.max_plan_age, now); !young) return young;
  return check_fingerprint(plan, invocation);
}

bool PlanComparison::conflicts() const {
  return std::any_of(standings.begin(), standings.end(),
                     [](const Standing& s) { return s.standing == ActionStanding::conflicting; });
}

tl::expected<PlanComparison, ExitCode> compare_plan(const Plan& plan, const Invocation& invocation,
                                                    TenantAccess& access, Console& console, Progress& progress,
                                                    const Interruption& interruption) {
  auto sides = read_both_sides(invocation, access, console, progress, interruption);
  if (!sides) return tl::unexpected(sides.error());
  if (auto same = check_declaration(plan, sides->declaration); !same) {
    return tl::unexpected(report_error(console, same.error()));
  }
  if (invocation.require_promoted) {
    const auto promotion = promotion_of(sides->declaration, access, invocation, console);
    if (!promotion) return tl::unexpected(report_error(console, promotion.error()));
  }
  std::vector<Standing> standings = standing_of(plan.actions, sides->live);
  return PlanComparison{std::move(sides->live), std::move(standings)};
}

}  // namespace cipherform::cli
