// The words for the end of a run or an action, as the ledger stores them.
#include <algorithm>
#include <array>

#include "cipherform/ledger.h"

namespace cipherform {
namespace {

template <class Word, std::size_t N>
std::optional<Word> find_word(std::string_view word, const std::array<Word, N>& words) {
  const auto found = std::ranges::find_if(words, [word](Word candidate) { return to_string(candidate) == word; });
  return found == words.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

std::string_view to_string(RunResult result) {
  switch (result) {
    case RunResult::converged:
      return "converged";
    case RunResult::partial:
      return "partial";
    case RunResult::failed:
      return "failed";
    case RunResult::interrupted:
      return "interrupted";
  }
  return {};
}

std::optional<RunResult> run_result_of(std::string_view word) {
  using enum RunResult;
  return find_word(word, std::array{converged, partial, failed, interrupted});
}

std::optional<ActionOutcome> action_outcome_of(std::string_view word) {
  using enum ActionOutcome;
  return find_word(word, std::array{done, refused, throttled, not_sent, ambiguous, absent, skipped});
}

}  // namespace cipherform
