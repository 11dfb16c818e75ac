// The end of an apply. The first line is the verdict, and it is the best that is proved:
// "complete" only if every action was done, "converged" only if a read said so. Then what
// failed, person by person, then what was not even tried, then what to do next.
//
// Whether a change is in place is the final read's word where there was one; without it,
// only an action whose outcome is `done` counts.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cipherform/render.h"
#include "render/phrases.h"
#include "render/rows.h"
#include "render/terminal.h"

namespace cipherform {
namespace {

constexpr std::size_t kMostNotTried = 20;  // people, in full; of the others only the number

enum class Place : std::uint8_t { unread, in_place, missing };

/// One action's end, from all that is known.
struct Ending {
  const Change* change = nullptr;
  ActionOutcome outcome{};
  std::string_view detail;
  Place place = Place::unread;
  std::string_view conflict;  ///< what the final read found instead, or empty

  bool failed() const { return outcome != ActionOutcome::done && outcome != ActionOutcome::skipped; }
  bool settled() const {
    return place == Place::in_place || (place == Place::unread && outcome == ActionOutcome::done);
  }
};

std::vector<Ending> endings_of(const Plan& plan, const ApplyReport& report, const std::vector<Standing>* left) {
  std::vector<Ending> endings;
  endings.reserve(plan.actions.size());
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    Ending ending{&plan.actions[i].change, ActionOutcome::skipped, "the run stopped before it", Place::unread, {}};
    if (i < report.actions.size()) {
      ending.outcome = report.actions[i].outcome;
      ending.detail = report.actions[i].detail;
    }
    if (left != nullptr) {
      const bool in_place = i < left->size() && (*left)[i].standing == ActionStanding::already_done;
      ending.place = in_place ? Place::in_place : Place::missing;
      if (!in_place && i < left->size()) ending.conflict = (*left)[i].why;
    }
    endings.push_back(ending);
  }
  return endings;
}

struct Tally {
  PlanCounts done;
  std::uint64_t failed = 0;
  std::uint64_t not_done = 0;  ///< outcome is anything but done
  std::uint64_t unsettled = 0;
  std::uint64_t ambiguous = 0;  ///< and no read told
  std::uint64_t refused = 0;    ///< and still missing, as far as is known
  bool reread = false;
};

Tally tally_of(const std::vector<Ending>& endings, bool reread) {
  Tally tally;
  tally.reread = reread;
  for (const Ending& ending : endings) {
    if (ending.outcome == ActionOutcome::done) {
      if (std::holds_alternative<CreateUser>(*ending.change)) ++tally.done.create;
      if (std::holds_alternative<AddMember>(*ending.change)) ++tally.done.add;
      if (std::holds_alternative<RemoveMember>(*ending.change)) ++tally.done.remove;
    } else {
      ++tally.not_done;
    }
    if (ending.failed()) ++tally.failed;
    if (ending.settled()) continue;
    ++tally.unsettled;
    if (ending.outcome == ActionOutcome::ambiguous && !reread) ++tally.ambiguous;
    if (ending.outcome == ActionOutcome::refused) ++tally.refused;
  }
  return tally;
}

/// "2 of 10 changes are not done".
std::string unsettled_phrase(const Tally& tally, std::size_t total) {
  std::string phrase = grouped_digits(tally.unsettled) + " of " + counted(total, "change", "changes");
  phrase += tally.unsettled == 1 ? " is" : " are";
  phrase += tally.not_done == 0 ? " not in place" : " not done";
  if (tally.ambiguous != 0) phrase += ", or it is not known";
  return phrase;
}

void write_verdict(TerminalWriter& writer, const ApplyReport& report, const Tally& tally, std::size_t total) {
  const std::string done = ": " + std::to_string(tally.done.create) + " created, " + std::to_string(tally.done.add) +
                           " added, " + std::to_string(tally.done.remove) + " removed";
  if (report.stopped_by) {
    writer.own("Apply stopped by an error" + done, Style::alarm);
  } else if (report.interrupted) {
    writer.own("Apply interrupted" + done, Style::alarm);
  } else if (tally.not_done == 0 && tally.unsettled == 0) {
    writer.own("Apply complete" + done, Style::added);
  } else if (tally.unsettled == 0) {
    writer.own("Applied" + done, Style::added);
    writer.own("; " + grouped_digits(tally.not_done) + " more in place, whatever the API answered");
  } else {
    writer.own("Applied in part" + done, Style::alarm);
  }
  if (tally.unsettled != 0) writer.own("; " + unsettled_phrase(tally, total));
  writer.own(".");
  writer.end_line();
}

void write_error(TerminalWriter& writer, const Error& error) {
  writer.own("Error: ", Style::alarm);
  if (!error.where.empty()) {
    writer.sentence(error.where);
    writer.own(": ");
  }
  writer.sentence(error.what);
  writer.end_line();
  if (error.server_may_have_changed) {
    writer.own("  A request had left and its answer is not known: the tenant may have changed.");
    writer.end_line();
  }
  if (!error.hint.empty()) {
    writer.own("  Hint: ");
    writer.sentence(error.hint);
    writer.end_line();
  }
}

struct Label {
  std::string_view verb;   ///< ours
  std::string_view group;  ///< the tenant's; empty for a create
};

Label label_of(const Change& change) {
  if (const auto* add = std::get_if<AddMember>(&change)) return {"add to ", add->grant.group.name};
  if (const auto* removal = std::get_if<RemoveMember>(&change)) return {"remove from ", removal->group.name};
  return {"create", {}};
}

std::string_view outcome_words(const Ending& ending) {
  switch (ending.outcome) {
    case ActionOutcome::done:
      return "done";
    case ActionOutcome::refused:
      return "refused by the API";
    case ActionOutcome::throttled:
      return "put off by the API";
    case ActionOutcome::not_sent:
      return "not sent";
    case ActionOutcome::ambiguous:
      return "sent, but no answer came";
    case ActionOutcome::absent:
      return "sent, but it did not come about";
    case ActionOutcome::skipped:
      return "skipped";
  }
  return {};
}

/// What the final read adds to the outcome.
std::string_view place_words(const Ending& ending) {
  if (ending.place == Place::in_place) return "; it is in place";
  if (ending.outcome == ActionOutcome::done) return ending.place == Place::missing ? ", but it is not in place" : "";
  if (ending.outcome != ActionOutcome::ambiguous) return "";
  return ending.place == Place::missing ? "; it is not in place" : "; it may be done or not";
}

void write_ending(TerminalWriter& writer, const Ending& ending) {
  const Label label = label_of(*ending.change);
  writer.own("      ");
  writer.own(ending.settled() ? "~" : "!", ending.settled() ? Style::changed : Style::alarm);
  writer.own(" ");
  writer.own(label.verb);
  writer.name(label.group);
  writer.own(": ");
  writer.own(outcome_words(ending));
  if (!ending.detail.empty()) {
    writer.own(": ");
    writer.sentence(ending.detail);
  }
  writer.own(place_words(ending));
  if (!ending.conflict.empty()) {
    writer.own("; now: ");
    writer.sentence(ending.conflict);
  }
  writer.end_line();
}

using People = std::map<PersonKey, std::vector<const Ending*>>;

void write_person(TerminalWriter& writer, const std::vector<const Ending*>& endings) {
  const Change& change = *endings.front()->change;
  writer.own("    ");
  if (email_of(change).empty()) {
    writer.own("(no email) ", Style::bold);
    writer.name(user_id_of(change), Style::bold);
  } else {
    writer.name(email_of(change), Style::bold);
  }
  writer.end_line();
  for (const Ending* ending : endings) write_ending(writer, *ending);
}

void write_people(TerminalWriter& writer, std::string_view title, const People& people, std::size_t most) {
  if (people.empty()) return;
  writer.own("  ");
  writer.own(title, Style::bold);
  writer.end_line();
  std::size_t shown = 0;
  for (const auto& [key, endings] : people) {
    if (shown == most) break;
    write_person(writer, endings);
    ++shown;
  }
  if (shown < people.size()) {
    writer.own("    and " + counted(people.size() - shown, "more person", "more people"));
    writer.end_line();
  }
}

/// Everybody of whom something failed, was skipped, or is not in place.
void write_unfinished(TerminalWriter& writer, const std::vector<Ending>& endings) {
  People affected;
  for (const Ending& ending : endings) {
    if (ending.outcome == ActionOutcome::done && ending.settled()) continue;
    affected[person_key(*ending.change)].push_back(&ending);
  }
  People failed;
  People undone;
  People not_tried;
  People in_place;
  for (auto& [key, of_person] : affected) {
    const auto any = [&of_person = of_person](auto test) {
      return std::any_of(of_person.begin(), of_person.end(), [&](const Ending* ending) { return test(*ending); });
    };
    People* section = &not_tried;
    if (!any([](const Ending& e) { return !e.settled(); })) {
      section = &in_place;
    } else if (any([](const Ending& e) { return e.failed(); })) {
      section = &failed;
    } else if (any([](const Ending& e) { return e.outcome == ActionOutcome::done; })) {
      section = &undone;
    }
    section->emplace(key, std::move(of_person));
  }
  write_people(writer, "Failed", failed, failed.size());
  write_people(writer, "Done, but not in place when the tenant was read again", undone, undone.size());
  write_people(writer, "In place, whatever the API answered", in_place, in_place.size());
  write_people(writer, "Not tried", not_tried, kMostNotTried);
}

void write_convergence(TerminalWriter& writer, const Plan& plan, const Tally& tally) {
  if (!tally.reread) {
    writer.name(plan.environment);
    writer.own(" was not read again, so what is in place is not verified.");
  } else if (tally.unsettled == 0) {
    writer.own("Converged: ", Style::added);
    writer.name(plan.environment);
    writer.own(" was read again and every change is in place.");
  } else {
    const std::size_t total = plan.actions.size();
    writer.own("Not converged: ", Style::alarm);
    writer.name(plan.environment);
    writer.own(" was read again and " + grouped_digits(total - tally.unsettled) + " of " +
               counted(total, "change", "changes") + (total - tally.unsettled == 1 ? " is" : " are") + " in place.");
  }
  writer.end_line();
}

void write_what_next(TerminalWriter& writer, const Plan& plan, const Tally& tally) {
  if (!plan.blocked.empty()) {
    writer.own("Blocked: " + counted(plan.blocked.size(), "change", "changes") +
               " of the plan cannot be made; the plan says why.");
    writer.end_line();
  }
  if (tally.unsettled == 0) return;
  writer.own("Run the same command again: it reads the tenant, leaves what is in place and does only what is missing.");
  writer.end_line();
  if (tally.refused != 0) {
    writer.own("  What the API refused will be refused again until its reason is gone.");
    writer.end_line();
  }
  if (tally.ambiguous != 0) {
    writer.own("  What is not known is settled by reading, never by sending it again blindly.");
    writer.end_line();
  }
}

}  // namespace

std::string render_report(const Plan& plan, const ApplyReport& report, const std::vector<Standing>* left,
                          const TextOptions& options) {
  const std::vector<Ending> endings = endings_of(plan, report, left);
  const Tally tally = tally_of(endings, left != nullptr);
  std::string out;
  TerminalWriter writer(out, options.color);
  write_verdict(writer, report, tally, endings.size());
  if (report.stopped_by) write_error(writer, *report.stopped_by);
  write_unfinished(writer, endings);
  write_convergence(writer, plan, tally);
  write_what_next(writer, plan, tally);
  return out;
}

}  // namespace cipherform
