// The stages that a declaration passes before an environment (`promotes_from`): where it has
// converged, since when, and whether that is enough (--require-promoted, --soak).
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "cipherform/config.h"
#include "cipherform/ledger.h"
#include "cli/console.h"
#include "cli/environment_choice.h"
#include "cli/options.h"

namespace cipherform::cli {

/// What a declaration passes before `environment`, the first stage first. `all` are a declaration's,
/// which has no circle of them.
std::vector<Environment> stages_before(const std::vector<Environment>& all, const Environment& environment);

/// The receipts of a stage, newest first.
struct StageReceipts {
  Environment stage;
  std::vector<Receipt> receipts;
};

/// Since when the stage has the declaration: the oldest of the newest unbroken series of its
/// receipts, at the stage's URL of now. Nothing where it never converged there. What else
/// converged there later does not matter. Pure.
std::optional<Time> converged_since(const StageReceipts& stage, std::string_view declaration_digest);

/// ErrorKind::guardrail where the declaration has not converged in the stage, or not for
/// `soak` yet. Pure.
Result<void> check_promoted(const StageReceipts& before, std::string_view declaration_digest,
                            std::chrono::milliseconds soak, Time now);

/// ErrorKind::usage where --require-promoted asks for a stage that the environment does not have.
Result<void> check_has_stage(const Environment& environment, const Invocation& invocation);

/// The stages before `access`'s environment, the first one first, from their ledgers. With
/// --require-promoted it fails where the last of them is not as asked for; without it, a
/// ledger that cannot be read is only told on `console`, and no stage is known.
Result<std::vector<Stage>> promotion_of(const Declaration& declaration, const TenantAccess& access,
                                        const Invocation& invocation, Console& console);

}  // namespace cipherform::cli
