// Actions and blocked actions are sorted by person, keeping the plan's order within one
// (adds, privileged adds, removes, then what is blocked), and cut into persons.
#include "render/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "render/phrases.h"

namespace cipherform {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

/// An action or a blocked action, with what it is sorted by.
struct Entry {
  PersonKey person;
  const Change* change = nullptr;
  const BlockedAction* blocked = nullptr;  ///< null for an action
};

std::vector<Entry> entries_of(const Plan& plan) {
  std::vector<Entry> entries;
  entries.reserve(plan.actions.size() + plan.blocked.size());
  for (const Action& action : plan.actions) entries.push_back({person_key(action.change), &action.change, nullptr});
  for (const BlockedAction& blocked : plan.blocked) {
    entries.push_back({person_key(blocked.change), &blocked.change, &blocked});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.person < b.person; });
  return entries;
}

MembershipRow grant_row(const Grant& grant, Time now) {
  MembershipRow row;
  row.mark = Mark::add;
  row.group = grant.group.name;
  row.privileged = grant.privileged;
  if (grant.fallback) row.note = "fallback, because no other group would be left";
  row.origin = origin_phrase(grant.sources);
  if (grant.until) row.until = until_phrase(*grant.until, now);
  row.reason = reasons_phrase(grant.sources);
  return row;
}

MembershipRow removal_row(const RemoveMember& removal, const Plan& plan) {
  const Time now = plan.now();
  MembershipRow row;
  row.mark = Mark::remove;
  row.group = removal.group.name;
  switch (removal.cause) {
    case RemovalCause::not_declared:
      row.note = "not declared";
      break;
    case RemovalCause::not_in_source:
      row.note = "not in " + (plan.promoted_from ? plan.promoted_from->environment : "the source");
      break;
    case RemovalCause::expired:
      row.note = expired_phrase(removal.sources, now);
      row.origin = origin_phrase(removal.sources);
      row.reason = reasons_phrase(removal.sources);
      break;
  }
  return row;
}

void append_rows(const Change& change, const Plan& plan, std::vector<MembershipRow>& rows) {
  const Time now = plan.now();
  std::visit(Overloaded{[&](const CreateUser& create) {
                          for (const Grant& grant : create.grants) rows.push_back(grant_row(grant, now));
                        },
                        [&](const AddMember& add) { rows.push_back(grant_row(add.grant, now)); },
                        [&](const RemoveMember& removal) { rows.push_back(removal_row(removal, plan)); }},
             change);
}

/// A blocked action shows why it is blocked; where the membership came from is kept.
void append_blocked_rows(const BlockedAction& blocked, const Plan& plan, std::vector<MembershipRow>& rows) {
  const std::size_t first = rows.size();
  append_rows(blocked.change, plan, rows);
  for (std::size_t i = first; i < rows.size(); ++i) {
    rows[i].mark = Mark::blocked;
    rows[i].note = "blocked: " + blocked.message;
  }
}

PersonRow person_of(std::span<const Entry> entries) {
  PersonRow person;
  person.mark = Mark::change;
  person.withheld = true;
  for (const Entry& entry : entries) {
    if (entry.blocked != nullptr) {
      person.mark = Mark::blocked;
    } else if (std::holds_alternative<CreateUser>(*entry.change) && person.mark == Mark::change) {
      person.mark = Mark::add;
    }
    person.withheld &= entry.blocked != nullptr && entry.blocked->cause == BlockCause::unproved_listing;
    if (person.email.empty()) person.email = email_of(*entry.change);
    if (person.user_id.empty()) person.user_id = user_id_of(*entry.change);
  }
  return person;
}

void append_people(const Plan& plan, PlanRows& rows) {
  const std::vector<Entry> entries = entries_of(plan);
  rows.memberships.reserve(entries.size());
  for (auto first = entries.begin(); first != entries.end();) {
    const auto last = std::find_if(first, entries.end(), [&](const Entry& e) { return e.person != first->person; });
    PersonRow person = person_of({first, last});
    person.first = rows.memberships.size();
    for (; first != last; ++first) {
      if (first->blocked != nullptr) {
        append_blocked_rows(*first->blocked, plan, rows.memberships);
      } else {
        append_rows(*first->change, plan, rows.memberships);
      }
    }
    person.count = rows.memberships.size() - person.first;
    rows.people.push_back(person);
  }
}

struct SectionForm {
  FindingKind kind;
  bool listed;
  std::string_view title;         ///< of a listed section, or for one finding
  std::string_view plural_title;  ///< for several
};

/// In the order in which a reviewer wants them.
constexpr std::array kSections = std::to_array<SectionForm>({
    {FindingKind::people_not_compared, true, "Who appeared or vanished is not known", ""},
    {FindingKind::appeared_undeclared, true, "Appeared, and declared by nobody", ""},
    {FindingKind::vanished, true, "Vanished", ""},
    {FindingKind::appeared, true, "Appeared, and declared", ""},
    {FindingKind::groups_not_listed, true, "Groups not listed", ""},
    {FindingKind::identity_managed_group, true, "Groups that an identity provider fills", ""},
    {FindingKind::other_name, true, "Groups that have another name in the tenant", ""},
    {FindingKind::privileged_undeclared, true, "Privileged, and declared by nobody", ""},
    {FindingKind::not_promoted, true, "Not promoted", ""},
    {FindingKind::not_in_source, true, "Kept, although not in what is promoted", ""},
    {FindingKind::removal_withheld, true, "Removals withheld", ""},
    {FindingKind::deactivated_user, true, "Declared, but deactivated in the tenant", ""},
    {FindingKind::expired_invitation, true, "Declared, but the invitation has expired", ""},
    {FindingKind::expires_soon, true, "Ending within 14 days", ""},
    {FindingKind::expired_not_removed, true, "Ended, but kept because the group is additive", ""},
    {FindingKind::privileged_grant, false, "privileged grant", "privileged grants"},
    {FindingKind::user_without_email, false, "user without an email", "users without an email"},
    {FindingKind::unmanaged_user, false, "unmanaged user", "unmanaged users"},
});

void append_findings(const Plan& plan, PlanRows& rows) {
  rows.findings.reserve(plan.findings.size());
  std::vector<std::pair<const SectionForm*, std::size_t>> starts;
  for (const SectionForm& form : kSections) {
    starts.emplace_back(&form, rows.findings.size());
    for (const Finding& finding : plan.findings) {
      if (finding.kind == form.kind) rows.findings.push_back(&finding);
    }
  }
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto [form, first] = starts[i];
    const std::size_t last = i + 1 < starts.size() ? starts[i + 1].second : rows.findings.size();
    if (first == last) continue;
    const auto count = last - first;
    std::string title = form->listed ? fmt::format("{} ({})", form->title, grouped_digits(count))
                                     : counted(count, form->title, form->plural_title);
    rows.sections.push_back(
        {form->kind, std::move(title), form->listed, std::span{rows.findings}.subspan(first, count)});
  }
}

}  // namespace

PersonKey person_key(const Change& change) {
  const std::string_view email = email_of(change);
  if (email.empty()) return {{}, user_id_of(change)};
  return {email_key(email), {}};
}

PlanRows make_rows(const Plan& plan) {
  PlanRows rows;
  append_people(plan, rows);
  append_findings(plan, rows);
  return rows;
}

std::string why_of(const MembershipRow& row) {
  std::string why;
  for (const std::string* part : {&row.note, &row.origin, &row.until, &row.reason}) {
    if (part->empty()) continue;
    if (!why.empty()) why += ", ";
    why += *part;
  }
  return why;
}

std::string sentence_of(const Finding& finding) {
  if (finding.message.empty()) return example_of(finding);
  if (finding.message.find(finding.subject) != std::string::npos) return finding.message;
  return finding.subject + ": " + finding.message;
}

std::string example_of(const Finding& finding) {
  return finding.group.empty() ? finding.subject : fmt::format("{} ({})", finding.subject, finding.group);
}

std::string_view heading_of(const Plan& plan) { return plan.drift ? "cipherform drift of" : "cipherform plan for"; }

std::string again_sentence(const Plan& plan) {
  return fmt::format("{} again when nobody else is changing the tenant.", plan.drift ? "Check" : "Plan");
}

std::string summary_line(const Plan& plan) {
  if (plan.empty() && plan.blocked.empty()) {
    const std::string_view nothing = plan.drift ? "No drift" : "No changes";
    if (plan.promoted_from && plan.compared_everything()) {
      return fmt::format("No changes. {} has what {} has.", plan.environment, plan.promoted_from->environment);
    }
    return plan.compared_everything()
               ? fmt::format("{}. {} matches the declaration.", nothing, plan.environment)
               : fmt::format("{} in what is selected; the rest of {} was not compared.", nothing, plan.environment);
  }
  const PlanCounts counts = plan.counts();
  std::string line = fmt::format("{}: {} to create, {} to add, {} to remove", plan.drift ? "Drift" : "Plan",
                                 counts.create, counts.add, counts.remove);
  if (counts.blocked != 0) line += fmt::format(", {} blocked", counts.blocked);
  return line + '.';
}

std::string desired_users_phrase(const Plan& plan) {
  const std::string users = counted(plan.declared_users, "user", "users");
  return plan.promoted_from ? fmt::format("{} in {}", users, plan.promoted_from->environment) : users + " declared";
}

std::string unproved_source_phrase(const PromotedFrom& from) {
  return fmt::format("the user list of {} was not proved complete, so every removal is withheld", from.environment);
}

std::vector<std::string> limits_of(const Plan& plan) {
  std::vector<std::string> limits;
  if (plan.promoted_from) limits = limits_of("--group", plan.promoted_from->groups);
  std::ranges::move(limits_of(plan.selection), std::back_inserter(limits));
  return limits;
}

std::string requests_line(const Plan& plan) {
  constexpr std::uint32_t kRequestsPerSecond = 10;  // a guess that is said; no rate limit is published
  const std::uint32_t requests = plan.requests();
  if (requests == 0) return "Requests: 0.";
  const std::uint32_t seconds = (requests + kRequestsPerSecond - 1) / kRequestsPerSecond;
  return fmt::format("Requests: {}, about {} at {} requests/s.", requests, estimate_phrase(seconds),
                     kRequestsPerSecond);
}

}  // namespace cipherform
