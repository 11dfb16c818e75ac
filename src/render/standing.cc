// How a saved plan stands, for people. Only conflicts are listed: of what still fits or is
// done there is nothing to decide.
#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cipherform/render.h"
#include "render/phrases.h"
#include "render/rows.h"
#include "render/terminal.h"

namespace cipherform {
namespace {

struct Tally {
  std::size_t valid = 0;
  std::size_t done = 0;
  std::size_t conflicting = 0;
};

Tally tally_of(const std::vector<Standing>& standings) {
  Tally tally;
  for (const Standing& standing : standings) {
    switch (standing.standing) {
      case ActionStanding::still_valid:
        ++tally.valid;
        break;
      case ActionStanding::already_done:
        ++tally.done;
        break;
      case ActionStanding::conflicting:
        ++tally.conflicting;
        break;
    }
  }
  return tally;
}

struct Conflict {
  PersonKey person;
  const Change* change = nullptr;
  std::string_view why;
};

/// By person; within one in the plan's order.
std::vector<Conflict> conflicts_of(const Plan& plan, const std::vector<Standing>& standings) {
  std::vector<Conflict> conflicts;
  for (std::size_t i = 0; i < standings.size(); ++i) {
    if (standings[i].standing != ActionStanding::conflicting) continue;
    conflicts.push_back({person_key(plan.actions[i].change), &plan.actions[i].change, standings[i].why});
  }
  std::stable_sort(conflicts.begin(), conflicts.end(),
                   [](const Conflict& a, const Conflict& b) { return a.person < b.person; });
  return conflicts;
}

/// What the change does, without whom it is about.
struct WriteDeed {
  TerminalWriter& writer;

  void operator()(const CreateUser& create) const {
    writer.own("+ ", Style::added);
    writer.own("create in ");
    for (std::size_t i = 0; i < create.grants.size(); ++i) {
      if (i != 0) writer.own(", ");
      writer.name(create.grants[i].group.name);
    }
  }
  void operator()(const AddMember& add) const {
    writer.own("+ ", Style::added);
    writer.name(add.grant.group.name);
  }
  void operator()(const RemoveMember& removal) const {
    writer.own("- ", Style::removed);
    writer.name(removal.group.name);
  }
};

void write_conflicts(TerminalWriter& writer, const std::vector<Conflict>& conflicts) {
  if (conflicts.empty()) return;
  writer.own("Conflicts with what the tenant is now", Style::alarm);
  writer.end_line();
  const PersonKey* last = nullptr;
  for (const Conflict& conflict : conflicts) {
    if (last == nullptr || !(*last == conflict.person)) {
      writer.own("  ");
      const std::string_view email = email_of(*conflict.change);
      writer.name(email.empty() ? user_id_of(*conflict.change) : email, Style::bold);
      writer.end_line();
      last = &conflict.person;
    }
    writer.own("      ");
    std::visit(WriteDeed{writer}, *conflict.change);
    writer.own("   ");
    writer.sentence(conflict.why);
    writer.end_line();
  }
  writer.end_line();
}

std::string verdict(const Plan& plan, const Tally& tally) {
  if (tally.conflicting != 0) return "The plan no longer fits; make a new one.";
  if (tally.valid == 0) return "Nothing left to do: " + plan.environment + " is as the plan wants it.";
  return "The plan still holds.";
}

}  // namespace

std::string render_standing(const Plan& plan, const std::vector<Standing>& standings, const TextOptions& options) {
  std::string out;
  TerminalWriter writer(out, options.color);
  writer.own("saved plan for ", Style::bold);
  writer.name(plan.environment, Style::bold);
  writer.own(" (");
  writer.name(plan.base_url);
  writer.own("), made " + format_rfc3339(std::chrono::floor<std::chrono::seconds>(plan.created_at)) + ", fingerprint " +
             fingerprint(plan));
  writer.end_line();
  writer.end_line();
  write_conflicts(writer, conflicts_of(plan, standings));
  const Tally tally = tally_of(standings);
  writer.own(counted(standings.size(), "action", "actions") + ": " + grouped_digits(tally.valid) + " still to do, " +
             grouped_digits(tally.done) + " done already, " + grouped_digits(tally.conflicting) + " in conflict.");
  writer.end_line();
  writer.own(terminal_safe(verdict(plan, tally)), Style::bold);
  writer.end_line();
  return out;
}

}  // namespace cipherform
