#include "render/markdown_review.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "render/markdown_escape.h"
#include "render/phrases.h"

namespace cipherform {
namespace {

constexpr std::size_t kMostGroups = 5;
constexpr std::size_t kLongestGroup = 64;

std::string person_span(std::string_view email, std::string_view user_id) {
  return email.empty() ? "(no email) " + code_span(user_id) : code_span(email);
}

std::string with_why(std::string what, std::string_view why) {
  if (why.empty()) return what;
  what += ": ";
  what += prose(why);
  return what;
}

std::string entry_line(const ReviewEntry& entry, std::string_view verb) {
  return with_why(fmt::format("{} {} {}", person_span(entry.person->email, entry.person->user_id), verb,
                              code_span(entry.membership->group)),
                  why_of(*entry.membership));
}

std::string_view group_of(const Change& change) {
  if (const auto* add = std::get_if<AddMember>(&change)) return add->grant.group.name;
  if (const auto* removal = std::get_if<RemoveMember>(&change)) return removal->group.name;
  return {};
}

std::string blocked_line(const BlockedAction& blocked) {
  const std::string_view email = email_of(blocked.change);
  const std::string_view group = group_of(blocked.change);
  std::string line = person_span(email, user_id_of(blocked.change));
  if (std::holds_alternative<CreateUser>(blocked.change)) {
    line += " is not created";
  } else {
    line += std::holds_alternative<AddMember>(blocked.change) ? " does not get " : " keeps ";
    line += code_span(group);
  }
  const std::array names{email, group};
  return line + ": " + prose(blocked.message, names);
}

}  // namespace

Review review_of(const Plan& plan) {
  Review review{plan, make_rows(plan), {}, {}, {}};
  for (const PersonRow& person : review.rows.people) {
    bool changes = false;
    for (std::size_t i = person.first; i < person.first + person.count; ++i) {
      const MembershipRow& row = review.rows.memberships[i];
      changes |= row.mark != Mark::blocked;
      if (row.mark == Mark::remove) review.removals.push_back({&person, &row});
      if (row.mark == Mark::add && row.privileged) review.privileged.push_back({&person, &row});
    }
    if (changes) review.changing.push_back(&person);
  }
  return review;
}

std::string Concern::headline() const { return counted(total, singular, plural); }

std::vector<Concern> concerns_of(const Review& review) {
  std::vector<Concern> concerns{
      {"removal", "removals", review.removals.size(),
       [&review](std::size_t i) { return entry_line(review.removals[i], "loses"); },
       [&review](std::size_t i) { return review.removals[i].membership->group; }},
      {"privileged grant", "privileged grants", review.privileged.size(),
       [&review](std::size_t i) { return entry_line(review.privileged[i], "gets"); },
       [&review](std::size_t i) { return review.privileged[i].membership->group; }},
      {"blocked change", "blocked changes", review.plan.blocked.size(),
       [&review](std::size_t i) { return blocked_line(review.plan.blocked[i]); },
       [&review](std::size_t i) { return group_of(review.plan.blocked[i].change); }},
  };
  std::erase_if(concerns, [](const Concern& concern) { return concern.total == 0; });
  return concerns;
}

std::string by_group(const Concern& concern) {
  std::map<std::string_view, std::size_t> counts;
  for (std::size_t i = 0; i < concern.total; ++i) ++counts[concern.group(i)];
  std::vector<std::pair<std::string_view, std::size_t>> most(counts.begin(), counts.end());
  std::stable_sort(most.begin(), most.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> items;
  for (const auto& [group, count] : most) {
    if (items.size() == kMostGroups) break;
    const std::string name = group.empty() ? "new users" : code_span(group, kLongestGroup);
    items.push_back(fmt::format("{} {}", name, grouped_digits(count)));
  }
  if (items.size() < most.size()) items.push_back(counted(most.size() - items.size(), "more group", "more groups"));
  return listed(items);
}

std::string guardrail_line(const GuardrailHit& hit) {
  const std::string end = hit.acknowledgement.empty()
                              ? "Cannot be acknowledged: change the declaration."
                              : "If this is meant: " + code_span("--ack " + hit.acknowledgement);
  return prose(hit.message) + ". " + end;
}

std::string finding_line(const Finding& finding) {
  const std::array<std::string_view, 2> names{finding.subject, finding.group};
  return prose(sentence_of(finding), names);
}

}  // namespace cipherform
