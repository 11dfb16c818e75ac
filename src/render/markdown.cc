// The plan for a pull request: a comment that a reviewer reads from the top and may stop
// reading early. First what may stop the merge, as an alert; then what each person gains and
// loses, as a diff, which GitHub and GitLab colour; then what is only worth knowing. What is
// long is folded, and a small plan has no fold.
//
// GitHub refuses a comment of more than 65,536 characters, and says not of what kind; so
// bytes are counted, the most of all. What is long takes its share of what is left, in the
// order in which a reviewer needs it: what apply refuses, removals, privileged grants, what
// is blocked, people, findings. All that is not a list has a bound of its own (kReserved).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cipherform/render.h"
#include "render/markdown_escape.h"
#include "render/markdown_page.h"
#include "render/markdown_review.h"
#include "render/phrases.h"
#include "render/rows.h"

namespace cipherform {
namespace {

constexpr std::size_t kMostFindings = 50;
constexpr std::size_t kMostExamples = 5;
constexpr std::size_t kMostStages = 6;
constexpr std::size_t kMostMemberships = 20;  // of one person
constexpr std::size_t kWidestLabel = 32;

/// The parts of the alert, each a paragraph or a list, apart from each other.
class Alert {
 public:
  Alert(MarkdownPage& page, std::string_view kind) : page_(page) { page_.line(fmt::format("> [!{}]", kind)); }
  void part(std::string_view text) {
    if (!first_) page_.line(">");
    page_.line(fmt::format("> {}", text));
    first_ = false;
  }
  void list(std::size_t total, const std::function<std::string(std::size_t)>& entry) {
    page_.list("> ", total, entry, {page_.share(1, 4), kSmall});
  }

 private:
  MarkdownPage& page_;
  bool first_ = true;
};

void write_guardrails(Alert& alert, const Plan& plan) {
  const auto& hits = plan.guardrail_hits;
  if (hits.empty()) return;
  alert.part(
      fmt::format("**Apply refuses this plan: {}**", counted(hits.size(), "guardrail is hit", "guardrails are hit")));
  alert.list(hits.size(), [&](std::size_t i) { return guardrail_line(hits[i]); });
}

void write_proof(Alert& alert, const Plan& plan) {
  const ListingProof& proof = plan.proof;
  if (proof.complete) return;
  std::string text = "**The user list was not proved complete, so every removal is withheld.**";
  if (!proof.reason.empty()) text += " Why: " + prose(proof.reason) + ".";
  alert.part(text + " " + again_sentence(plan));
}

void write_source_proof(Alert& alert, const std::optional<PromotedFrom>& from) {
  if (!from || from->proof.complete) return;
  const std::array<std::string_view, 1> names{from->environment};
  std::string text = prose(unproved_source_phrase(*from), names) + ".";
  if (!from->proof.reason.empty()) text += " Why: " + prose(from->proof.reason) + ".";
  alert.part(text);
}

void write_limits(Alert& alert, const Plan& plan) {
  const std::vector<std::string> limits = limits_of(plan);
  if (limits.empty()) return;
  alert.part("**Only a part was compared.** Nothing is known of the rest.");
  alert.list(limits.size(), [&](std::size_t i) { return code_span(limits[i]); });
}

void write_concern(Alert& alert, const Concern& concern) {
  if (!concern.is_long()) {
    alert.part(fmt::format("**{}**", concern.headline()));
    alert.list(concern.total, concern.line);
    return;
  }
  alert.part(fmt::format("**{}**, listed below: {}", concern.headline(), by_group(concern)));
}

void write_alert(MarkdownPage& page, const Review& review, const std::vector<Concern>& concerns) {
  const Plan& plan = review.plan;
  const bool stops = !plan.guardrail_hits.empty() || !plan.proof.complete || !plan.blocked.empty() ||
                     (plan.promoted_from && !plan.promoted_from->proof.complete);
  if (!stops && plan.compared_everything() && concerns.empty()) return;
  Alert alert(page, stops ? "CAUTION" : "WARNING");
  write_guardrails(alert, plan);
  write_proof(alert, plan);
  write_source_proof(alert, plan.promoted_from);
  write_limits(alert, plan);
  for (const Concern& concern : concerns) write_concern(alert, concern);
  page.line();
}

void open_fold(MarkdownPage& page, std::string_view summary) {
  page.line(fmt::format("<details><summary>{}</summary>", summary));
  page.line();
}

void close_fold(MarkdownPage& page) {
  page.line();
  page.line("</details>");
  page.line();
}

void write_long_concerns(MarkdownPage& page, const std::vector<Concern>& concerns) {
  for (const Concern& concern : concerns) {
    if (!concern.is_long()) continue;
    open_fold(page, concern.headline());
    page.list("", concern.total, concern.line, {page.share(1, 2), concern.total});
    close_fold(page);
  }
}

std::size_t label_of(const MembershipRow& row, std::string& out) {
  const std::size_t width = append_code(out, row.group);
  constexpr std::string_view privileged = " (privileged)";
  if (!row.privileged) return width;
  out += privileged;
  return width + privileged.size();
}

std::string person_lines(const PlanRows& rows, const PersonRow& person, std::size_t width) {
  std::string lines = fmt::format("{} ", static_cast<char>(person.mark));
  append_code(lines, person.email.empty() ? person.user_id : person.email);
  if (person.email.empty()) lines += " (no email)";
  if (person.user_id.empty()) lines += " (new)";
  lines += '\n';
  const std::size_t shown = std::min(person.count, kMostMemberships);
  for (std::size_t i = person.first; i < person.first + shown; ++i) {
    const MembershipRow& row = rows.memberships[i];
    lines += fmt::format("{}   ", static_cast<char>(row.mark));
    const std::size_t used = label_of(row, lines);
    if (const std::string why = why_of(row); !why.empty()) {
      lines.append((used < width ? width - used : 0) + 3, ' ');
      append_code(lines, why, kLongestName);
    }
    lines += '\n';
  }
  if (shown < person.count) {
    lines += fmt::format("~   and {} more memberships\n", grouped_digits(person.count - shown));
  }
  return lines;
}

std::size_t label_width(const PlanRows& rows) {
  std::size_t widest = 0;
  std::string scratch;
  for (const MembershipRow& row : rows.memberships) {
    scratch.clear();
    if (const std::size_t width = label_of(row, scratch); width <= kWidestLabel) widest = std::max(widest, width);
  }
  return widest;
}

void write_people(MarkdownPage& page, const Review& review) {
  const auto& people = review.changing;
  if (people.empty()) return;
  const std::string headline = review.plan.drift ? counted(people.size(), "person differs", "people differ")
                                                 : counted(people.size(), "person changes", "people change");
  const bool folded = people.size() > kSmall;
  if (folded) {
    open_fold(page, headline);
  } else {
    page.line(fmt::format("#### {}\n", headline));
  }
  const std::size_t room = page.share(3, 4);
  const std::size_t width = label_width(review.rows);
  std::string lines;
  std::size_t shown = 0;
  for (; shown < people.size(); ++shown) {
    const std::string next = person_lines(review.rows, *people[shown], width);
    if (lines.size() + next.size() > room) break;
    lines += next;
  }
  if (!lines.empty()) page.own(code_block("diff", lines));
  if (shown < people.size()) {
    page.line(fmt::format("\nand {} more", grouped_digits(people.size() - shown)));
    page.cut();
  }
  folded ? close_fold(page) : page.line();
}

/// The privileged grants stand above, one by one.
std::vector<const FindingSection*> sections_of(const PlanRows& rows) {
  std::vector<const FindingSection*> sections;
  for (const FindingSection& section : rows.sections) {
    if (section.kind != FindingKind::privileged_grant) sections.push_back(&section);
  }
  return sections;
}

/// Each finding; or, of a section that is not worth a line each, some examples.
void write_section(MarkdownPage& page, const FindingSection& section) {
  page.line(fmt::format("**{}**", section.title));
  page.line();
  const auto line = [&](std::size_t i) {
    return section.listed ? finding_line(*section.findings[i]) : code_span(example_of(*section.findings[i]));
  };
  page.list("", section.findings.size(), line, {page.share(1, 2), section.listed ? kMostFindings : kMostExamples});
  page.line();
}

void write_findings(MarkdownPage& page, const Review& review) {
  const auto sections = sections_of(review.rows);
  if (sections.empty()) return;
  std::size_t lines = 0;
  std::vector<std::string> titles;
  for (const FindingSection* section : sections) {
    lines += std::min(section->findings.size(), section->listed ? kMostFindings : kMostExamples);
    titles.push_back(section->title);
  }
  const bool folded = lines > kSmall;
  if (folded) {
    open_fold(page, "Worth knowing: " + listed(titles));
  } else {
    page.line("#### Worth knowing\n");
  }
  for (const FindingSection* section : sections) write_section(page, *section);
  if (folded) page.line("</details>\n");
}

/// "+2 created, +3 added, −3 removed, 2 blocked"; of a drift "+2 to create, …". What is none is
/// left out.
std::string counts_phrase(const Plan& plan) {
  const PlanCounts counts = plan.counts();
  std::vector<std::string> items;
  const auto count = [&](std::string_view sign, std::uint32_t number, std::string_view verb, std::string_view done) {
    if (number == 0) return;
    items.push_back(plan.drift ? fmt::format("{}{} to {}", sign, grouped_digits(number), verb)
                               : fmt::format("{}{} {}", sign, grouped_digits(number), done));
  };
  count("+", counts.create, "create", "created");
  count("+", counts.add, "add", "added");
  count("−", counts.remove, "remove", "removed");
  if (counts.blocked != 0) items.push_back(fmt::format("{} blocked", grouped_digits(counts.blocked)));
  return fmt::format("{}", fmt::join(items, ", "));
}

/// "2027-01-19 09:30 UTC"
std::string minute_phrase(Time time) {
  std::string text = format_rfc3339(std::chrono::floor<std::chrono::minutes>(time)).substr(0, 16);
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text + " UTC";
}

/// "`qa` ✓ 2 days ago → `staging` ✗ → `prod`", of the last stages.
std::string promotion_line(const Plan& plan) {
  const std::size_t shown = std::min(plan.promotion.size(), kMostStages);
  std::string line = shown < plan.promotion.size() ? "Promotion: … → " : "Promotion: ";
  for (const Stage& stage : std::span(plan.promotion).last(shown)) {
    line += fmt::format("{} {} → ", code_span(stage.environment), stage_phrase(stage, plan.created_at));
  }
  return line + code_span(plan.environment);
}

std::string marker_of(const Plan& plan) {
  if (plan.drift) return drift_marker(plan.environment);
  return plan.promoted_from ? promotion_marker(plan.environment) : plan_marker(plan.environment);
}

void write_head(MarkdownPage& page, const Plan& plan) {
  page.line(marker_of(plan));
  if (plan.empty() && plan.blocked.empty()) {
    page.line("### " + prose(summary_line(plan)));
  } else {
    page.line(fmt::format("### {} {}: {}", heading_of(plan), code_span(plan.environment), counts_phrase(plan)));
  }
  page.line();
  if (plan.promoted_from) {
    const PromotedFrom& from = *plan.promoted_from;
    page.line(fmt::format("**Promotion from {}** · {} · {} there{}", code_span(from.environment),
                          code_span(from.base_url), counted(from.users, "user", "users"),
                          from.all_groups ? " · also groups that are not declared" : ""));
    page.line();
  }
  const std::array<std::string_view, 1> names{plan.promoted_from ? std::string_view{plan.promoted_from->environment}
                                                                 : std::string_view{}};
  page.line(fmt::format("{} · made {} by cipherform {} · {}, {} in the tenant · fingerprint `{}`",
                        code_span(plan.base_url), minute_phrase(plan.created_at), code_span(plan.tool_version),
                        plan.promoted_from ? prose(desired_users_phrase(plan), names) : desired_users_phrase(plan),
                        grouped_digits(plan.live_users), fingerprint(plan)));
  page.line();
  if (!plan.promotion.empty()) page.line(promotion_line(plan) + "\n");
  if (plan.drift && plan.drift->last_converged) {
    page.line(fmt::format("Last converged apply: {}.\n", minute_phrase(*plan.drift->last_converged)));
  }
  if (plan.as_of) page.line(fmt::format("Judged as of {}, not of when it was made.\n", minute_phrase(*plan.as_of)));
}

void write_end(MarkdownPage& page, const Plan& plan) {
  if (!plan.empty()) page.line(requests_line(plan));
  if (page.whole()) return;
  if (!plan.empty()) page.line();
  page.line("What does not fit into a comment is in the text and JSON forms of this plan.");
}

}  // namespace

std::string render_markdown(const Plan& plan) {
  const Review review = review_of(plan);
  const std::vector<Concern> concerns = concerns_of(review);
  MarkdownPage page(kCommentLimit, kCommentReserved);
  write_head(page, plan);
  write_alert(page, review, concerns);
  write_long_concerns(page, concerns);
  write_people(page, review);
  write_findings(page, review);
  write_end(page, plan);
  return std::move(page).take();
}

}  // namespace cipherform
