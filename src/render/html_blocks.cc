// What may stop an approval comes first and is never folded; lists end after a few with how
// many more there are, since the page's script shows them all.
#include "render/html_blocks.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "render/phrases.h"

namespace cipherform {
namespace {

constexpr std::size_t kMostListed = 10;
constexpr std::size_t kMostFindings = 50;

/// A row with whose it is.
struct PersonsRow {
  const PersonRow* person;
  const MembershipRow* row;
};

template <class Wanted>
std::vector<PersonsRow> rows_where(const PlanRows& rows, Wanted wanted) {
  std::vector<PersonsRow> found;
  for (const PersonRow& person : rows.people) {
    for (std::size_t i = person.first; i < person.first + person.count; ++i) {
      if (wanted(rows.memberships[i])) found.push_back({&person, &rows.memberships[i]});
    }
  }
  return found;
}

/// How many persons the rows are about; the rows of one are side by side.
std::size_t persons_of(const std::vector<PersonsRow>& found) {
  std::size_t persons = 0;
  const PersonRow* last = nullptr;
  for (const PersonsRow& entry : found) {
    if (entry.person != last) ++persons;
    last = entry.person;
  }
  return persons;
}

void start_warning(HtmlWriter& page, std::string_view kind, std::string_view mark) {
  page.own(R"(<li class="warning )");
  page.own(kind);
  page.own(R"("><span class="mark" aria-hidden="true">)");
  page.own(mark);
  page.own("</span><div>");
}

void end_warning(HtmlWriter& page) { page.own("</div></li>\n"); }

void write_person_name(HtmlWriter& page, const PersonRow& person) {
  if (!person.email.empty()) {
    page.name(person.email);
    return;
  }
  page.own("(no email) ");
  page.name(person.user_id);
}

void write_more(HtmlWriter& page, std::size_t shown, std::size_t total) {
  if (shown == total) return;
  page.own(R"(<li class="more">and )");
  page.own(grouped_digits(total - shown));
  page.own(" more</li>\n");
}

/// Who, which group, and why.
void write_listed(HtmlWriter& page, const std::vector<PersonsRow>& found) {
  const std::size_t shown = std::min(found.size(), kMostListed);
  page.own("<ul class=\"listed\">\n");
  for (std::size_t i = 0; i < shown; ++i) {
    page.own("<li><b>");
    write_person_name(page, *found[i].person);
    page.own(R"(</b> <span class="group">)");
    page.name(found[i].row->group);
    page.own(R"(</span> <span class="why">)");
    page.sentence(why_of(*found[i].row));
    page.own("</span></li>\n");
  }
  write_more(page, shown, found.size());
  page.own("</ul>");
}

void write_show_link(HtmlWriter& page, std::string_view action) {
  page.own(R"( <a class="scripted" href="#action=)");
  page.own(action);
  page.own(R"(">Show</a>)");
}

void warn_of_unproved(HtmlWriter& page, const Plan& plan) {
  const ListingProof& proof = plan.proof;
  if (proof.complete) return;
  start_warning(page, "stop", "!");
  page.own("<p><b>The user list was not proved complete, so every removal is withheld.</b></p><p>");
  if (!proof.reason.empty()) {
    page.own("Why: ");
    page.sentence(proof.reason);
    page.own(". ");
  }
  page.own(again_sentence(plan) + "</p>");
  end_warning(page);
}

void warn_of_unproved_source(HtmlWriter& page, const std::optional<PromotedFrom>& from) {
  if (!from || from->proof.complete) return;
  start_warning(page, "stop", "!");
  page.own("<p><b>");
  page.sentence(unproved_source_phrase(*from));
  page.own(".</b></p><p>");
  if (!from->proof.reason.empty()) {
    page.own("Why: ");
    page.sentence(from->proof.reason);
    page.own(".");
  }
  page.own("</p>");
  end_warning(page);
}

void warn_of_limits(HtmlWriter& page, const Plan& plan) {
  const std::vector<std::string> limits = limits_of(plan);
  if (limits.empty()) return;
  start_warning(page, "part", "◐");
  page.own("<p><b>Only a part was compared:</b>");
  for (const std::string& limit : limits) {
    page.own(" <code>");
    page.name(limit);
    page.own("</code>");
  }
  page.own("</p><p>Differences elsewhere are not in this plan.</p>");
  end_warning(page);
}

void warn_of_other_time(HtmlWriter& page, const Plan& plan) {
  if (!plan.as_of) return;
  start_warning(page, "part", "◷");
  page.own("<p><b>Judged as of " + format_rfc3339(*plan.as_of) + "</b>, not of when it was made.</p>");
  end_warning(page);
}

void warn_of_guardrails(HtmlWriter& page, const Plan& plan) {
  for (const GuardrailHit& hit : plan.guardrail_hits) {
    start_warning(page, "stop", "!");
    page.own("<p><b>Apply refuses this plan:</b> ");
    page.sentence(hit.message);
    page.own("</p><p>");
    if (hit.acknowledgement.empty()) {
      page.own("Cannot be acknowledged: change the declaration.");
    } else {
      page.own("If this is meant: apply with <code>--ack ");
      page.name(hit.acknowledgement);
      page.own("</code>");
    }
    page.own("</p>");
    end_warning(page);
  }
}

void warn_of_removals(HtmlWriter& page, const PlanRows& rows) {
  const auto found = rows_where(rows, [](const MembershipRow& row) { return row.mark == Mark::remove; });
  if (found.empty()) return;
  start_warning(page, "remove", "−");
  page.own("<p><b>");
  page.own(found.size() == 1 ? "1 membership is" : grouped_digits(found.size()) + " memberships are");
  page.own(" taken away</b> from " + counted(persons_of(found), "person", "people") + '.');
  write_show_link(page, "remove");
  page.own("</p>");
  write_listed(page, found);
  end_warning(page);
}

void warn_of_privileged(HtmlWriter& page, const PlanRows& rows) {
  const auto found = rows_where(rows, [](const MembershipRow& row) { return row.mark == Mark::add && row.privileged; });
  if (found.empty()) return;
  start_warning(page, "privileged", "◆");
  page.own("<p><b>" + counted(found.size(), "privileged grant", "privileged grants") + "</b> to " +
           counted(persons_of(found), "person", "people") + '.');
  write_show_link(page, "privileged");
  page.own("</p>");
  write_listed(page, found);
  end_warning(page);
}

void warn_of_blocked(HtmlWriter& page, const Plan& plan, const PlanRows& rows) {
  if (plan.blocked.empty()) return;
  start_warning(page, "blocked", "!");
  page.own("<p><b>" + counted(plan.blocked.size(), "change", "changes") + " blocked</b>");
  page.own(plan.empty() ? "; nothing else is to be done." : "; the others can be applied.");
  write_show_link(page, "blocked");
  page.own("</p>");
  write_listed(page, rows_where(rows, [](const MembershipRow& row) { return row.mark == Mark::blocked; }));
  end_warning(page);
}

void write_count(HtmlWriter& page, std::string_view kind, std::string_view mark, std::uint32_t count,
                 std::string_view words) {
  page.own(R"(<li class="count )");
  page.own(kind);
  page.own(count == 0 ? R"( none">)" : R"(">)");
  page.own(R"(<span class="number"><span aria-hidden="true">)");
  page.own(mark);
  page.own("</span>" + grouped_digits(count) + "</span> ");
  page.own(words);
  page.own("</li>\n");
}

/// "qa ✓ 2 days ago → staging ✗ → prod"
void write_promotion(HtmlWriter& page, const Plan& plan) {
  if (plan.promotion.empty()) return;
  page.own("<div><dt>Promotion</dt><dd>");
  for (const Stage& stage : plan.promotion) {
    page.name(stage.environment);
    page.own(" " + stage_phrase(stage, plan.created_at) + " → ");
  }
  page.name(plan.environment);
  page.own("</dd></div>\n");
}

}  // namespace

void write_facts(HtmlWriter& page, const Plan& plan) {
  const std::string made = format_rfc3339(std::chrono::floor<std::chrono::seconds>(plan.created_at));
  page.own("<dl class=\"facts\">\n<div><dt>Tenant</dt><dd>");
  page.name(plan.base_url);
  page.own("</dd></div>\n<div><dt>Made</dt><dd><time datetime=\"" + made + R"(">)" + made + "</time> by cipherform ");
  page.name(plan.tool_version);
  page.own("</dd></div>\n");
  if (plan.promoted_from) {
    page.own("<div><dt>Promotion from</dt><dd>");
    page.name(plan.promoted_from->environment);
    page.own(", ");
    page.name(plan.promoted_from->base_url);
    if (plan.promoted_from->all_groups) page.own(", also groups that are not declared");
    page.own("</dd></div>\n");
  }
  page.own("<div><dt>Users</dt><dd>");
  if (plan.promoted_from) {
    page.name(desired_users_phrase(plan));
  } else {
    page.own(grouped_digits(plan.declared_users) + " declared");
  }
  page.own(", " + grouped_digits(plan.live_users) + " in the tenant</dd></div>\n");
  write_promotion(page, plan);
  if (plan.drift && plan.drift->last_converged) {
    page.own("<div><dt>Last converged apply</dt><dd>" +
             format_rfc3339(std::chrono::floor<std::chrono::seconds>(*plan.drift->last_converged)) + "</dd></div>\n");
  }
  page.own(R"(<div><dt>Fingerprint</dt><dd><code class="fingerprint">)" + fingerprint(plan) +
           "</code></dd></div>\n</dl>\n");
}

void write_counts(HtmlWriter& page, const Plan& plan) {
  if (plan.empty() && plan.blocked.empty()) {
    page.own(R"(<p class="settled">)");
    page.sentence(summary_line(plan));
    page.own("</p>\n");
    return;
  }
  const PlanCounts counts = plan.counts();
  page.own("<ul class=\"counts\" aria-label=\"What changes\">\n");
  write_count(page, "create", "+", counts.create, "to create");
  write_count(page, "add", "+", counts.add, "to add");
  write_count(page, "remove", "−", counts.remove, "to remove");
  if (counts.blocked != 0) write_count(page, "blocked", "!", counts.blocked, "blocked");
  page.own("</ul>\n<p class=\"requests\">" + requests_line(plan) + "</p>\n");
}

void write_warnings(HtmlWriter& page, const Plan& plan, const PlanRows& rows) {
  std::string items;
  HtmlWriter writer(items);
  warn_of_unproved(writer, plan);
  warn_of_unproved_source(writer, plan.promoted_from);
  warn_of_limits(writer, plan);
  warn_of_other_time(writer, plan);
  warn_of_guardrails(writer, plan);
  warn_of_removals(writer, rows);
  warn_of_privileged(writer, rows);
  warn_of_blocked(writer, plan, rows);
  if (items.empty()) {
    if (!plan.empty()) {
      page.own(R"(<p class="calm">Nothing is removed or blocked, nobody gets a privileged group, and no guardrail is )"
               "hit.</p>\n");
    }
    return;
  }
  page.own(
      "<section class=\"warnings\" aria-labelledby=\"warnings\">\n<h2 id=\"warnings\">Before you approve</h2>\n"
      "<ul>\n");
  page.own(items);
  page.own("</ul>\n</section>\n");
}

void write_findings(HtmlWriter& page, const PlanRows& rows) {
  const auto is_shown = [](const FindingSection& section) { return section.kind != FindingKind::privileged_grant; };
  if (std::none_of(rows.sections.begin(), rows.sections.end(), is_shown)) return;
  page.own("<section class=\"findings\" aria-labelledby=\"findings\">\n<h2 id=\"findings\">Worth knowing</h2>\n");
  for (const FindingSection& section : rows.sections) {
    if (!is_shown(section)) continue;
    const bool open = section.kind == FindingKind::expires_soon || section.kind == FindingKind::appeared_undeclared ||
                      section.kind == FindingKind::vanished;
    page.own(open ? "<details open>" : "<details>");
    page.own("<summary>" + section.title + "</summary>\n<ul>\n");
    const std::size_t shown = std::min(section.findings.size(), kMostFindings);
    for (const Finding* finding : section.findings.first(shown)) {
      page.own("<li>");
      page.sentence(section.listed ? sentence_of(*finding) : example_of(*finding));
      page.own("</li>\n");
    }
    write_more(page, shown, section.findings.size());
    page.own("</ul>\n</details>\n");
  }
  page.own("</section>\n");
}

}  // namespace cipherform
