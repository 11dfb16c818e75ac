#include "cli/promotion.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace cipherform::cli {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
/// Of a digest; enough for a person to tell two apart.
constexpr std::size_t kShownDigits = 12;

tl::unexpected<Error> refusal(std::string what, std::string hint) {
  return tl::unexpected(Error{ErrorKind::guardrail, std::move(what), {}, std::move(hint), false});
}

/// "90 min", "47 h".
std::string hours_phrase(std::chrono::milliseconds time) {
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(time).count();
  return minutes < 120 ? fmt::format("{} min", minutes) : fmt::format("{} h", (minutes + 59) / 60);
}

std::string what_converged(const StageReceipts& before) {
  const auto newest = std::ranges::find(before.receipts, before.stage.url, &Receipt::base_url);
  if (newest == before.receipts.end()) return "nothing has";
  return fmt::format("what has is {}, last on {}", newest->declaration_digest.substr(0, kShownDigits),
                     format_rfc3339(newest->converged_at));
}

Result<std::vector<StageReceipts>> read_receipts(std::vector<Environment> stages, const Invocation& invocation) {
  std::vector<StageReceipts> read;
  for (Environment& stage : stages) {
    StageReceipts found;
    const auto seen = read_ledger(ledger_place(stage, invocation), [&](LedgerView& ledger) -> Result<void> {
      auto receipts = ledger.receipts(stage.name, kAll);
      if (!receipts) return tl::unexpected(std::move(receipts.error()));
      found.receipts = std::move(*receipts);
      return {};
    });
    if (!seen) return tl::unexpected(seen.error());
    found.stage = std::move(stage);
    read.push_back(std::move(found));
  }
  return read;
}

}  // namespace

std::vector<Environment> stages_before(const std::vector<Environment>& all, const Environment& environment) {
  std::vector<Environment> stages;
  std::string from = environment.promotes_from;
  while (!from.empty() && stages.size() < all.size()) {
    const auto stage = std::ranges::find(all, from, &Environment::name);
    if (stage == all.end()) break;
    from = stage->promotes_from;
    stages.push_back(*stage);
  }
  std::ranges::reverse(stages);
  return stages;
}

std::optional<Time> converged_since(const StageReceipts& stage, std::string_view declaration_digest) {
  std::optional<Time> since;
  for (const Receipt& receipt : stage.receipts) {
    if (receipt.base_url != stage.stage.url) continue;
    const bool is_it = receipt.declaration_digest == declaration_digest;
    if (!is_it && since) break;
    if (is_it) since = receipt.converged_at;
  }
  return since;
}

Result<void> check_promoted(const StageReceipts& before, std::string_view declaration_digest,
                            std::chrono::milliseconds soak, Time now) {
  const std::string& name = before.stage.name;
  const auto since = converged_since(before, declaration_digest);
  if (!since) {
    return refusal(fmt::format("this declaration ({}) has not converged in {}, the stage before; {}",
                               declaration_digest.substr(0, kShownDigits), name, what_converged(before)),
                   fmt::format("apply it there first: cipherform apply -e {}", name));
  }
  // Without a time to soak no clocks are compared: the stage's may be ahead of this one.
  if (soak == std::chrono::milliseconds{0} || now - *since >= soak) return {};
  return refusal(
      fmt::format("this declaration converged in {} on {}, and is to soak there for {}", name, format_rfc3339(*since),
                  hours_phrase(soak)),
      fmt::format("plan again after {}, in {}", format_rfc3339(*since + soak), hours_phrase(*since + soak - now)));
}

Result<void> check_has_stage(const Environment& environment, const Invocation& invocation) {
  if (!invocation.require_promoted || !environment.promotes_from.empty()) return {};
  return tl::unexpected(
      Error{ErrorKind::usage,
            fmt::format("--require-promoted asks for the stage before {}, and it has none", environment.name),
            {},
            fmt::format("name it with promotes_from of {} in cipherform.yaml", environment.name),
            false});
}

Result<std::vector<Stage>> promotion_of(const Declaration& declaration, const TenantAccess& access,
                                        const Invocation& invocation, Console& console) {
  if (auto has = check_has_stage(access.environment, invocation); !has) return tl::unexpected(std::move(has.error()));
  const auto read = read_receipts(stages_before(declaration.environments(), access.environment), invocation);
  if (!read && invocation.require_promoted) return tl::unexpected(read.error());
  if (!read) {
    console.note("The stages before are not shown: " + to_string(read.error()));
    return std::vector<Stage>{};
  }
  if (invocation.require_promoted) {
    const auto soak = invocation.soak.value_or(std::chrono::milliseconds{0});
    if (auto met = check_promoted(read->back(), declaration.digest(), soak, access.clock->now()); !met) {
      return tl::unexpected(std::move(met.error()));
    }
  }
  std::vector<Stage> stages;
  for (const StageReceipts& stage : *read) {
    stages.push_back({stage.stage.name, converged_since(stage, declaration.digest())});
  }
  return stages;
}

}  // namespace cipherform::cli
