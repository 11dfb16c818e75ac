// What happens while a plan is made and applied, as lines of JSON in the shape of
// Terraform's machine-readable UI. docs/events.md describes them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "cipherform/plan.h"
#include "cipherform/report.h"

namespace cipherform {

/// All strings are raw. What an event refers to must live until its line is made.
namespace event {

struct Version {
  std::string_view tool;
};

struct PlannedChange {
  const Action& action;
};
/// After the last PlannedChange.
struct PlanSummary {
  const Plan& plan;
};

struct ApplyStart {
  const Action& action;
};
/// An action that has been under way for a while.
struct ApplyProgress {
  const Action& action;
  std::chrono::seconds elapsed;
};
struct ApplyComplete {
  const Action& action;
  std::chrono::seconds elapsed;
};
/// A Problem with the reason follows.
struct ApplyErrored {
  const Action& action;
  std::chrono::seconds elapsed;
};
/// The last event of an apply that sent something or had nothing left to send.
struct ApplySummary {
  PlanCounts done;            ///< what was done and is in place, as far as is known; `blocked` is not used
  std::uint32_t missing = 0;  ///< changes that are not in place, as far as is known
  std::string_view result;    ///< "converged", "partial", "failed", "interrupted"
  std::uint64_t requests = 0;
};

enum class Severity : std::uint8_t { warning, error };
/// Terraform's `diagnostic`.
struct Problem {
  Severity severity = Severity::error;
  std::string summary;
  std::string detail;        ///< may be empty
  std::string address = {};  ///< of the change that it is about, or empty
  std::string file = {};     ///< of the declaration, or empty
  std::uint32_t line = 0;    ///< 0: the file as a whole
  std::uint32_t column = 0;
};

/// A sentence for whoever watches.
struct Note {
  std::string_view text;
};
/// How far a read of the tenant, or the apply, has come.
struct Progress {
  std::string_view what;  ///< "users read", "actions"
  std::uint64_t done = 0;
  std::uint64_t total = 0;  ///< 0: unknown
};

}  // namespace event

using Event = std::variant<event::Version, event::PlannedChange, event::PlanSummary, event::ApplyStart,
                           event::ApplyProgress, event::ApplyComplete, event::ApplyErrored, event::ApplySummary,
                           event::Problem, event::Note, event::Progress>;

/// The event as one line of JSON in ASCII, with its line feed. `@message` has nothing in it
/// that a terminal or a CI log would act on.
std::string event_line(const Event& event, Time at);

/// What went wrong or deserves a look, as Terraform's diagnostics.
event::Problem problem_of(const Error& error);
event::Problem problem_of(const Diagnostic& diagnostic);
event::Problem problem_of(const BlockedAction& blocked);
event::Problem problem_of(const GuardrailHit& hit);
event::Problem problem_of(const Finding& finding);
/// Why an action came to another end than `done`.
event::Problem problem_of(const Action& action, const ActionReport& report);
/// Why an action of a saved plan, or one that was done, is not in place.
event::Problem problem_of(const Action& action, const Standing& standing);

}  // namespace cipherform
