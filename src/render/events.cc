// Terraform's machine-readable UI: keys and words are its own where it has them, what it
// has no word for is under `cipherform`. Keys stand in the order in which Terraform's logger
// sorts them: the four with @, then by name.
#include "cipherform/events.h"

#include <fmt/format.h>

#include <utility>

#include "cipherform/json_writer.h"
#include "cipherform/render.h"
#include "render/rows.h"

namespace cipherform {
namespace {

constexpr std::string_view kUiVersion = "1.0";

class Line {
 public:
  Line(std::string_view level, std::string_view message, Time at) {
    json_.open_object();
    field("@level", level);
    field("@message", terminal_safe(message));
    field("@module", "cipherform.ui");
    field("@timestamp", format_rfc3339(at));
  }

  Line& field(std::string_view name, std::string_view value) {
    json_.field(name, value);
    return *this;
  }
  Line& field(std::string_view name, std::uint64_t value) {
    json_.field(name, value);
    return *this;
  }
  Line& open(std::string_view name) {
    json_.key(name);
    json_.open_object();
    return *this;
  }
  Line& close() {
    json_.close_object();
    return *this;
  }
  std::string end() {
    json_.close_object();
    return std::move(out_) + '\n';
  }

 private:
  std::string out_;
  JsonWriter json_{out_};
};

void write_resource(Line& line, const ResourceForm& form) {
  line.open("resource")
      .field("addr", form.address)
      .field("module", "")
      .field("resource", form.address)
      .field("implied_provider", form.type.substr(0, form.type.find('_')))
      .field("resource_type", form.type)
      .field("resource_name", form.name)
      .field("resource_key", form.index)
      .close();
}

void write_id(Line& line, const Action& action) { line.open("cipherform").field("id", action.id).close(); }

/// Terraform's words for an action: "Creating", "Creation", "creating".
struct Words {
  std::string_view start;
  std::string_view noun;
  std::string_view progress;
};
Words words_of(const ResourceForm& form) {
  return form.action == "create" ? Words{"Creating", "Creation", "creating"}
                                 : Words{"Destroying", "Destruction", "destroying"};
}

/// apply_start and what follows it.
std::string hook_line(const Action& action, std::string_view type, std::string_view level, std::string_view message,
                      const ResourceForm& form, std::optional<std::chrono::seconds> elapsed, Time at) {
  Line line(level, message, at);
  write_id(line, action);
  line.open("hook");
  write_resource(line, form);
  line.field("action", form.action);
  if (elapsed) line.field("elapsed_seconds", static_cast<std::uint64_t>(elapsed->count()));
  line.close();
  return line.field("type", type).end();
}

/// What Terraform counts: whoever is created or joins a group is added.
struct Counts {
  std::uint64_t add = 0;
  std::uint64_t remove = 0;
  explicit Counts(const PlanCounts& counts) : add(std::uint64_t{counts.create} + counts.add), remove(counts.remove) {}
};

void write_changes(Line& line, const Counts& counts, std::string_view operation) {
  line.open("changes")
      .field("add", counts.add)
      .field("change", std::uint64_t{0})
      .field("import", std::uint64_t{0})
      .field("remove", counts.remove)
      .field("operation", operation)
      .close();
}

struct LineOf {
  Time at;

  std::string operator()(const event::Version& version) const {
    return Line("info", fmt::format("cipherform {}", version.tool), at)
        .field("cipherform", version.tool)
        .field("type", "version")
        .field("ui", kUiVersion)
        .end();
  }

  std::string operator()(const event::PlannedChange& planned) const {
    const ResourceForm form = resource_form(planned.action.change);
    Line line("info", fmt::format("{}: Plan to {}", form.address, form.action), at);
    line.open("change");
    write_resource(line, form);
    line.field("action", form.action);
    if (!form.reason.empty()) line.field("reason", form.reason);
    line.close();
    write_id(line, planned.action);
    return line.field("type", "planned_change").end();
  }

  std::string operator()(const event::PlanSummary& summary) const {
    const PlanCounts own = summary.plan.counts();
    const Counts counts(own);
    Line line("info", fmt::format("Plan: {} to add, 0 to change, {} to destroy.", counts.add, counts.remove), at);
    write_changes(line, counts, "plan");
    line.open("cipherform")
        .field("create", std::uint64_t{own.create})
        .field("add", std::uint64_t{own.add})
        .field("remove", std::uint64_t{own.remove})
        .field("blocked", std::uint64_t{own.blocked})
        .field("requests", std::uint64_t{summary.plan.requests()})
        .field("fingerprint", fingerprint(summary.plan))
        .close();
    return line.field("type", "change_summary").end();
  }

  std::string operator()(const event::ApplyStart& start) const {
    const ResourceForm form = resource_form(start.action.change);
    return hook_line(start.action, "apply_start", "info", fmt::format("{}: {}...", form.address, words_of(form).start),
                     form, std::nullopt, at);
  }
  std::string operator()(const event::ApplyProgress& progress) const {
    const ResourceForm form = resource_form(progress.action.change);
    return hook_line(
        progress.action, "apply_progress", "info",
        fmt::format("{}: Still {}... [{}s elapsed]", form.address, words_of(form).progress, progress.elapsed.count()),
        form, progress.elapsed, at);
  }
  std::string operator()(const event::ApplyComplete& complete) const {
    const ResourceForm form = resource_form(complete.action.change);
    return hook_line(
        complete.action, "apply_complete", "info",
        fmt::format("{}: {} complete after {}s", form.address, words_of(form).noun, complete.elapsed.count()), form,
        complete.elapsed, at);
  }
  std::string operator()(const event::ApplyErrored& errored) const {
    const ResourceForm form = resource_form(errored.action.change);
    return hook_line(
        errored.action, "apply_errored", "error",
        fmt::format("{}: {} errored after {}s", form.address, words_of(form).noun, errored.elapsed.count()), form,
        errored.elapsed, at);
  }

  std::string operator()(const event::ApplySummary& summary) const {
    const bool converged = summary.result == "converged";
    const Counts counts(summary.done);
    std::string message = fmt::format("Apply {}! Resources: {} added, 0 changed, {} destroyed.",
                                      converged ? "complete" : "incomplete", counts.add, counts.remove);
    if (summary.missing != 0) {
      message += fmt::format(" Not in place: {} {}.", summary.missing, summary.missing == 1 ? "change" : "changes");
    }
    Line line(converged ? "info" : "error", message, at);
    write_changes(line, counts, "apply");
    line.open("cipherform")
        .field("result", summary.result)
        .field("missing", std::uint64_t{summary.missing})
        .field("requests", summary.requests)
        .close();
    return line.field("type", "change_summary").end();
  }

  std::string operator()(const event::Problem& problem) const {
    const bool error = problem.severity == event::Severity::error;
    Line line(error ? "error" : "warn", (error ? "Error: " : "Warning: ") + problem.summary, at);
    line.open("diagnostic")
        .field("severity", error ? "error" : "warning")
        .field("summary", problem.summary)
        .field("detail", problem.detail);
    if (!problem.address.empty()) line.field("address", problem.address);
    if (!problem.file.empty()) write_range(line, problem);
    line.close();
    return line.field("type", "diagnostic").end();
  }

  std::string operator()(const event::Note& note) const {
    return Line("info", note.text, at).field("type", "log").end();
  }

  std::string operator()(const event::Progress& progress) const {
    const std::string message = progress.total == 0
                                    ? fmt::format("{} {}", progress.done, progress.what)
                                    : fmt::format("{} of {} {}", progress.done, progress.total, progress.what);
    Line line("info", message, at);
    line.open("progress").field("done", progress.done).field("total", progress.total);
    return line.field("what", progress.what).close().field("type", "progress").end();
  }

  /// The declaration is known by line and column, the column in bytes; an end is not known,
  /// and Terraform's readers want one.
  static void write_range(Line& line, const event::Problem& problem) {
    line.open("range").field("filename", problem.file);
    if (problem.line != 0) {
      for (const std::string_view end : {"start", "end"}) {
        line.open(end).field("line", std::uint64_t{problem.line}).field("column", std::uint64_t{problem.column});
        line.close();
      }
    }
    line.close();
  }
};

std::string address_of(const Change& change) { return resource_form(change).address; }

/// The parts that are not empty, each on a line of its own.
std::string detail_of(std::initializer_list<std::string_view> parts) {
  std::string detail;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    if (!detail.empty()) detail += '\n';
    detail += part;
  }
  return detail;
}

}  // namespace

std::string event_line(const Event& event, Time at) { return std::visit(LineOf{at}, event); }

event::Problem problem_of(const Error& error) {
  const std::string_view lost =
      error.server_may_have_changed ? "The tenant may have changed: the answer to a request was lost." : "";
  return {event::Severity::error, error.what, detail_of({error.where, lost, error.hint})};
}

event::Problem problem_of(const Diagnostic& diagnostic) {
  return {event::Severity::error, diagnostic.message, diagnostic.hint,  {},
          diagnostic.file,        diagnostic.line,    diagnostic.column};
}

event::Problem problem_of(const BlockedAction& blocked) {
  return {event::Severity::warning, "blocked: " + blocked.message, {}, address_of(blocked.change)};
}

event::Problem problem_of(const GuardrailHit& hit) {
  return {event::Severity::warning, hit.message,
          hit.acknowledgement.empty() ? "apply refuses it; change the declaration"
                                      : fmt::format("apply refuses it without --ack {}", hit.acknowledgement)};
}

event::Problem problem_of(const Finding& finding) { return {event::Severity::warning, sentence_of(finding), {}}; }

event::Problem problem_of(const Action& action, const ActionReport& report) {
  const bool skipped = report.outcome == ActionOutcome::skipped;
  return {skipped ? event::Severity::warning : event::Severity::error,
          fmt::format("{}: {}", email_of(action.change),
                      skipped ? "not tried" : fmt::format("the change came to '{}'", to_string(report.outcome))),
          report.detail, address_of(action.change)};
}

event::Problem problem_of(const Action& action, const Standing& standing) {
  const bool conflicts = standing.standing == ActionStanding::conflicting;
  return {event::Severity::error,
          fmt::format("{}: {}", email_of(action.change), conflicts ? "the tenant has changed" : "not in place"),
          standing.why, address_of(action.change)};
}

}  // namespace cipherform
