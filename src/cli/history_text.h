// What a ledger knows, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "cipherform/ledger.h"

namespace cipherform::cli {

/// One run and all its actions.
struct RunHistory {
  RunRecord run;
  std::vector<ActionRecord> actions;
};

/// "converged", "partial", "failed" or "interrupted"; "running" while its lease holds, and
/// "cut off" where it ended without a word.
std::string_view state_of(const RunRecord& run, Time now);

/// A line for each run; escaped for a terminal.
std::string history_text(const std::vector<RunRecord>& runs, Time now);
std::string history_text(const RunHistory& history, Time now);

/// schemas/history.schema.json describes both.
std::string history_json(const std::vector<RunRecord>& runs, Time now);
std::string history_json(const RunHistory& history, Time now);

}  // namespace cipherform::cli
