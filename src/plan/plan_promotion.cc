// A promotion is a plan like any other: what the source has stands in for what is declared.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cipherform/promotion.h"
#include "plan/make_plan.h"
#include "plan/promoted_state.h"

namespace cipherform {
namespace {

/// That a stage is skipped, where the target says what it is promoted from.
std::optional<GuardrailHit> check_stage(const std::vector<std::string>& stages, const std::string& from) {
  if (stages.size() < 2 || stages[stages.size() - 2] == from) return std::nullopt;
  const bool earlier = std::find(stages.begin(), stages.end(), from) < stages.end() - 2;
  return GuardrailHit{
      GuardrailKind::skipped_stage,
      fmt::format("{} is promoted from {}, and not from {}, which {}: {}", stages.back(), stages[stages.size() - 2],
                  from, earlier ? "skips a stage" : "is no stage before it", fmt::join(stages, " → ")),
      "stage=" + from};
}

}  // namespace

tl::expected<Plan, std::vector<Error>> plan_promotion(const PromotionSide& from, const PromotionSide& to,
                                                      const PromotionOptions& options) {
  auto promoted = plan::promoted_state(from, to.desired, options);
  if (!promoted) return tl::unexpected(std::move(promoted).error());
  if (auto wrong = check_selection(options.plan.selection, promoted->state, to.live); !wrong.empty()) {
    return tl::unexpected(std::move(wrong));
  }
  auto made = plan::make_plan(promoted->state, to.live, options.plan,
                              plan::Promotion{promoted->rules, std::move(promoted->findings),
                                              PromotedFrom{.environment = from.desired.environment,
                                                           .base_url = from.desired.base_url,
                                                           .live_digest = digest(from.live),
                                                           .users = static_cast<std::uint32_t>(from.live.users.size()),
                                                           .proof = from.live.proof,
                                                           .all_groups = options.all_groups,
                                                           .groups = options.groups}});
  if (!made) return made;
  if (auto hit = other_tenant(options.known_source, from.desired.environment, from.desired.base_url, from.live)) {
    made->guardrail_hits.push_back(std::move(*hit));
  }
  if (auto hit = check_stage(options.stages, from.desired.environment)) made->guardrail_hits.push_back(std::move(*hit));
  return made;
}

}  // namespace cipherform
