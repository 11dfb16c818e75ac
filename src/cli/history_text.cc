#include "cli/history_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cipherform/render.h"

namespace cipherform::cli {
namespace {

using Line = std::vector<std::string>;

/// Characters that are shown; terminal_safe() leaves no others.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Columns two spaces apart; the last one ends where its text ends.
std::string in_columns(const std::vector<Line>& lines) {
  std::vector<std::size_t> widths(lines.front().size());
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  }
  std::string text;
  for (const Line& line : lines) {
    std::string shown;
    for (std::size_t i = 0; i < line.size(); ++i) {
      shown += line[i];
      shown.append(widths[i] - width_of(line[i]) + 2, ' ');
    }
    shown.erase(shown.find_last_not_of(' ') + 1);
    text += shown + '\n';
  }
  return text;
}

std::string took(const RunRecord& run) {
  if (!run.finished_at) return "-";
  const auto milliseconds = (*run.finished_at - run.started_at).count();
  if (milliseconds < 60'000) return fmt::format("{}.{} s", milliseconds / 1'000, milliseconds % 1'000 / 100);
  const auto seconds = milliseconds / 1'000;
  if (seconds < 3'600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {} min", seconds / 3'600, seconds % 3'600 / 60);
}

std::string who(const RunRecord& run) { return terminal_safe(run.holder.user + "@" + run.holder.host); }

}  // namespace

std::string_view state_of(const RunRecord& run, Time now) {
  if (run.result) return to_string(*run.result);
  return run.lease_until && *run.lease_until > now ? "running" : "cut off";
}

std::string history_text(const std::vector<RunRecord>& runs, Time now) {
  if (runs.empty()) return "No apply is recorded.\n";
  std::vector<Line> lines{
      {"RUN", "STARTED", "WHO", "ENVIRONMENT", "RESULT", "CREATE", "ADD", "REMOVE", "DONE", "TOOK"}};
  for (const RunRecord& run : runs) {
    lines.push_back({std::to_string(run.id), format_rfc3339(run.started_at), who(run), terminal_safe(run.environment),
                     std::string(state_of(run, now)), std::to_string(run.creates), std::to_string(run.adds),
                     std::to_string(run.removes), std::to_string(run.done), took(run)});
  }
  return in_columns(lines);
}

std::string history_text(const RunHistory& history, Time now) {
  const RunRecord& run = history.run;
  std::string text = fmt::format(
      "Run {} of {} ({}): {}\n"
      "by {} (pid {}), cipherform {}\n"
      "planned {}, started {}, {}\n"
      "plan: {} to create, {} to add, {} to remove; {} tried, {} done\n"
      "declaration {}, live state {}\n",
      run.id, terminal_safe(run.environment), terminal_safe(run.base_url), state_of(run, now), who(run), run.holder.pid,
      terminal_safe(run.tool_version), format_rfc3339(run.planned_at), format_rfc3339(run.started_at),
      run.finished_at ? fmt::format("ended {} ({})", format_rfc3339(*run.finished_at), took(run)) : "no end recorded",
      run.creates, run.adds, run.removes, run.intended, run.done, terminal_safe(run.declaration_digest),
      terminal_safe(run.live_digest));
  if (history.actions.empty()) return text + "\nNo action was tried.\n";
  std::vector<Line> lines{{"INTENDED", "OUTCOME", "ATTEMPTS", "KIND", "EMAIL", "GROUP", "DETAIL"}};
  for (const ActionRecord& action : history.actions) {
    lines.push_back({format_rfc3339(action.intended_at),
                     action.outcome ? std::string(to_string(*action.outcome)) : "open", std::to_string(action.attempts),
                     terminal_safe(action.kind), terminal_safe(action.email), terminal_safe(action.group),
                     terminal_safe(action.detail)});
  }
  return text + '\n' + in_columns(lines);
}

}  // namespace cipherform::cli
