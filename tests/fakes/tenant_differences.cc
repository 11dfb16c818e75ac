#include "fakes/tenant_differences.h"

#include <fmt/format.h>

#include <string>

#include "fakes/hostile_strings.h"

namespace cipherform::fakes {
namespace {

ComparedTenant tenant(std::string environment, std::uint32_t users) {
  ListingProof proved;
  proved.complete = true;
  std::string url = "https://public-api.cipherscale.com/" + environment;
  return {std::move(environment), std::move(url), std::string(32, 'a'), proved, users};
}

}  // namespace

TenantDifference empty_difference() {
  TenantDifference difference;
  difference.tenants = {tenant("qa", 1), tenant("prod", 12'000)};
  return difference;
}

TenantDifference rich_difference() {
  TenantDifference difference = empty_difference();
  difference.tenants[1].proof.complete = false;
  difference.tenants[1].proof.reason = "the list shrank while it was read";
  difference.selection = {{"Eng*", "*@example.com"}, {"bot@example.com"}};
  difference.people = {
      {{"ada@example.com"}, Presence::both, {{{"Admins"}, Side::second}, {{"Eng"}, Side::first}}},
      {{"bob@example.com"}, Presence::only_first, {{{"Eng"}, Side::first}, {{"Old Eng", true}, Side::first}}},
      {{"cyd@legacy.example", true}, Presence::only_second, {{{"Eng"}, Side::second}}},
      {{"dan@example.com"}, Presence::only_second, {}},
  };
  difference.notes = {
      {DifferenceNoteKind::groups_not_listed, Side::first, "", "the key of qa may not list groups"},
      {DifferenceNoteKind::group_in_one, Side::second, "Sales", "qa has no group Sales"},
      {DifferenceNoteKind::duplicate_group, Side::first, "Eng", "2 groups of qa have the name Eng"},
      {DifferenceNoteKind::duplicate_email, Side::first, "ada@example.com", "2 users of qa have the email"},
      {DifferenceNoteKind::user_without_email, Side::second, "id-7", "user id-7 of prod has no email"},
      {DifferenceNoteKind::deactivated_in_one, Side::first, "ada@example.com", "ada@example.com is deactivated in qa"},
  };
  return difference;
}

TenantDifference hostile_difference() {
  TenantDifference difference = empty_difference();
  for (const HostileString& hostile : kHostileStrings) {
    const std::string text{hostile.text};
    difference.tenants[1].environment = text;
    difference.tenants[1].base_url = text;
    difference.tenants[1].proof.complete = false;
    difference.tenants[1].proof.reason = text;
    difference.selection.targets.push_back(text);
    difference.people.push_back({{text, true}, Presence::only_second, {{{text, true}, Side::second}}});
    difference.notes.push_back({DifferenceNoteKind::user_without_email, Side::second, text, text + " of " + text});
  }
  return difference;
}

TenantDifference large_difference(std::size_t people) {
  TenantDifference difference = empty_difference();
  for (std::size_t i = 0; i < people; ++i) {
    difference.people.push_back({{fmt::format("user-{:06}@example.com", i)},
                                 Presence::both,
                                 {{{"Admins"}, Side::second}, {{"Engineering"}, Side::first}}});
    difference.notes.push_back({DifferenceNoteKind::deactivated_in_one, Side::first, fmt::format("user-{:06}", i),
                                fmt::format("user-{:06} is deactivated in qa", i)});
  }
  return difference;
}

}  // namespace cipherform::fakes
