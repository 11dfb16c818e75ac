// Idea: entries are sorted and cut only when twice the limit has come together, so that
// the cost of a million errors is a million pushes and few sorts.
#include "config/diagnostics.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace cipherform::config {

void Diagnostics::add(SourcePosition at, std::string message, std::string hint) {
  entries_.push_back({.at = at, .message = std::move(message), .hint = std::move(hint)});
  if (entries_.size() >= 2 * limit_) prune();
}

void Diagnostics::absorb(Diagnostics&& other) {
  entries_.insert(entries_.end(), std::make_move_iterator(other.entries_.begin()),
                  std::make_move_iterator(other.entries_.end()));
  dropped_ += other.dropped_;
  other.entries_.clear();
  if (entries_.size() >= 2 * limit_) prune();
}

void Diagnostics::prune() {
  const auto key = [](const Entry& entry) {
    return std::tie(entry.at.file, entry.at.line, entry.at.column, entry.message, entry.hint);
  };
  std::sort(entries_.begin(), entries_.end(), [&key](const Entry& a, const Entry& b) { return key(a) < key(b); });
  // An alias repeats what is wrong with its anchor: once is enough.
  const auto same = [&key](const Entry& a, const Entry& b) { return key(a) == key(b); };
  entries_.erase(std::unique(entries_.begin(), entries_.end(), same), entries_.end());
  if (entries_.size() <= limit_) return;
  dropped_ += entries_.size() - limit_;
  entries_.resize(limit_);
}

std::vector<Diagnostic> Diagnostics::take(std::span<const std::string> files) && {
  prune();
  std::vector<Diagnostic> diagnostics;
  diagnostics.reserve(entries_.size() + 1);
  for (Entry& entry : entries_) {
    diagnostics.push_back({.file = files[entry.at.file],
                           .line = entry.at.line,
                           .column = entry.at.column,
                           .message = std::move(entry.message),
                           .hint = std::move(entry.hint)});
  }
  if (dropped_ != 0) {
    diagnostics.push_back({.file = {},
                           .line = 0,
                           .column = 0,
                           .message = "too many errors: " + std::to_string(dropped_) + " more are not shown",
                           .hint = {}});
  }
  entries_.clear();
  return diagnostics;
}

std::string in_quotes(std::string_view text) {
  static constexpr std::size_t kShown = 80;
  std::string result = "'";
  if (text.size() <= kShown) {
    result.append(text);
  } else {
    std::size_t end = kShown;
    // Never in the middle of a UTF-8 sequence.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    result.append(text.substr(0, end));
    result += "…";
  }
  result += '\'';
  return result;
}

std::string meant(std::string_view word, std::span<const std::string_view> candidates) {
  if (candidates.size() > kMaxHintCandidates) return {};
  const std::string_view candidate = did_you_mean(word, candidates);
  return candidate.empty() ? std::string{} : "did you mean " + in_quotes(candidate) + "?";
}

}  // namespace cipherform::config
