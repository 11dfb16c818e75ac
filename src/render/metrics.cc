// One family after another, since the format wants all samples of a name side by side; within
// one the checks in their order. A kind of which there is nothing is 0, so that a series does
// not end where a problem does; what is not known has no sample, so that nobody takes it for 0.
#include "cipherform/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "cipherform/utf8.h"

namespace cipherform {
namespace {

/// A label's value: backslash, quote and line feed are escaped. It has to be UTF-8, or whoever
/// reads the file refuses all of it.
void append_label_value(std::string& out, std::string_view text) {
  for (const char c : repaired_utf8(text)) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
}

struct Label {
  std::string_view name;
  std::string_view value;
};

/// The samples of one name.
class Family {
 public:
  explicit Family(std::string_view name) : name_(name) {}

  void sample(const DriftCheck& check, Label label, std::string_view value) {
    samples_ += name_;
    std::string_view separator = "{";
    for (const Label& one : std::array{Label{"environment", check.environment}, label}) {
      if (one.value.empty()) continue;
      samples_ += fmt::format("{}{}=\"", separator, one.name);
      append_label_value(samples_, one.value);
      samples_ += '"';
      separator = ",";
    }
    if (separator == ",") samples_ += '}';
    samples_ += fmt::format(" {}\n", value);
  }
  void number(const DriftCheck& check, std::uint64_t value, Label label = {}) {
    sample(check, label, std::to_string(value));
  }
  void time(const DriftCheck& check, Time at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    const auto rest = (at - seconds).count();
    const auto whole = seconds.time_since_epoch().count();
    sample(check, {}, rest == 0 ? std::to_string(whole) : fmt::format("{}.{:03}", whole, rest));
  }

  const std::string& samples() const { return samples_; }

 private:
  std::string_view name_;
  std::string samples_;
};

class Page {
 public:
  explicit Page(std::span<const DriftCheck> checks) : checks_(checks) {}

  /// `write` gives each check's samples.
  template <class Write>
  void family(std::string_view name, std::string_view help, Write write) {
    Family family(name);
    for (const DriftCheck& check : checks_) write(family, check);
    if (family.samples().empty()) return;
    text_ += fmt::format("# HELP {} {}\n# TYPE {} gauge\n{}", name, help, name, family.samples());
  }
  /// The same of the checks that have a plan.
  template <class Write>
  void plan_family(std::string_view name, std::string_view help, Write write) {
    family(name, help, [&write](Family& family, const DriftCheck& check) {
      if (check.plan) write(family, check, *check.plan);
    });
  }
  std::string take() && { return std::move(text_); }

 private:
  std::span<const DriftCheck> checks_;
  std::string text_;
};

/// How many of `things` there are of each kind.
template <class Kind, class Things>
void count_kinds(Family& family, const DriftCheck& check, std::string_view label, const Things& things) {
  for (std::uint8_t i = 0; !to_string(static_cast<Kind>(i)).empty(); ++i) {
    const auto kind = static_cast<Kind>(i);
    const auto count = std::count_if(things.begin(), things.end(), [kind](const auto& t) { return t.kind == kind; });
    family.number(check, static_cast<std::uint64_t>(count), {label, to_string(kind)});
  }
}

std::uint64_t count_of(const Plan& plan, FindingKind kind) {
  return static_cast<std::uint64_t>(std::count_if(plan.findings.begin(), plan.findings.end(),
                                                  [kind](const Finding& finding) { return finding.kind == kind; }));
}

bool people_compared(const Plan& plan) { return plan.drift && count_of(plan, FindingKind::people_not_compared) == 0; }

void write_check(Page& page) {
  page.family("cipherform_up", "Whether the tenant was read and compared with the declaration.",
              [](Family& family, const DriftCheck& check) { family.number(check, check.plan ? 1 : 0); });
  page.family("cipherform_check_timestamp_seconds", "When the check was made, in seconds since the Unix epoch.",
              [](Family& family, const DriftCheck& check) { family.time(check, check.at); });
  page.plan_family("cipherform_listing_complete", "Whether the list of users was proved complete.",
                   [](Family& family, const DriftCheck& check, const Plan& plan) {
                     family.number(check, plan.proof.complete ? 1 : 0);
                   });
  page.plan_family(
      "cipherform_listing_requests", "Page requests that the last read of the tenant took.",
      [](Family& family, const DriftCheck& check, const Plan& plan) { family.number(check, plan.proof.requests); });
}

void write_difference(Page& page) {
  page.plan_family("cipherform_users", "Users in the tenant (live) and in the declaration (declared).",
                   [](Family& family, const DriftCheck& check, const Plan& plan) {
                     family.number(check, plan.live_users, {"side", "live"});
                     family.number(check, plan.declared_users, {"side", "declared"});
                   });
  page.plan_family("cipherform_drift_actions", "Actions that would make the tenant match the declaration.",
                   [](Family& family, const DriftCheck& check, const Plan& plan) {
                     const PlanCounts counts = plan.counts();
                     family.number(check, counts.create, {"action", "create"});
                     family.number(check, counts.add, {"action", "add"});
                     family.number(check, counts.remove, {"action", "remove"});
                   });
  page.plan_family(
      "cipherform_blocked_actions", "Actions that the declaration asks for and no apply would do.",
      [](Family& family, const DriftCheck& check, const Plan& plan) { family.number(check, plan.counts().blocked); });
  page.plan_family("cipherform_guardrail_hits", "Guardrails at which an apply would stop, by guardrail.",
                   [](Family& family, const DriftCheck& check, const Plan& plan) {
                     count_kinds<GuardrailKind>(family, check, "guardrail", plan.guardrail_hits);
                   });
  page.plan_family("cipherform_findings", "What is worth knowing and no action, by kind.",
                   [](Family& family, const DriftCheck& check, const Plan& plan) {
                     count_kinds<FindingKind>(family, check, "kind", plan.findings);
                   });
}

void write_people(Page& page) {
  page.plan_family("cipherform_people_appeared", "People in the tenant who were not there at the last converged apply.",
                   [](Family& family, const DriftCheck& check, const Plan& plan) {
                     if (!people_compared(plan)) return;
                     family.number(check, count_of(plan, FindingKind::appeared), {"declared", "true"});
                     family.number(check, count_of(plan, FindingKind::appeared_undeclared), {"declared", "false"});
                   });
  page.plan_family("cipherform_people_vanished",
                   "People who were in the tenant at the last converged apply, and are not.",
                   [](Family& family, const DriftCheck& check, const Plan& plan) {
                     if (people_compared(plan)) family.number(check, count_of(plan, FindingKind::vanished));
                   });
  page.plan_family("cipherform_last_converged_timestamp_seconds",
                   "When an apply last converged, in seconds since the Unix epoch.",
                   [](Family& family, const DriftCheck& check, const Plan& plan) {
                     if (plan.drift && plan.drift->last_converged) family.time(check, *plan.drift->last_converged);
                   });
}

}  // namespace

std::string render_metrics(std::span<const DriftCheck> checks) {
  Page page(checks);
  write_check(page);
  write_difference(page);
  write_people(page);
  return std::move(page).take();
}

}  // namespace cipherform
