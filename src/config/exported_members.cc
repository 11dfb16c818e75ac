// Three kinds of users cannot be declared like the others, and each bends a group:
//
//   no email                 never removed by a plan: nothing to do
//   an email that a          unmanaged, so an authoritative group would remove them:
//   declaration refuses      their groups are additive
//   one email, several       declared where all of them are; a group that has only some
//   users                    of them is additive, and the email is not declared there
//
// A group that an identity provider fills is additive and declares nobody: whoever the
// provider takes out would be given the group back by the next apply.
#include "config/exported_members.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "config/source_text.h"
#include "config/yaml_text.h"

namespace cipherform::config {
namespace {

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// What email_value() and the text checks accept.
bool can_be_declared(std::string_view email) { return is_email(email) && !find_bad_character(email, false); }

/// A user who can be declared by email.
struct Person {
  std::string key;
  std::string_view id;
  std::uint32_t user;
};

/// What is said of a group.
struct Tally {
  std::size_t without_email = 0;
  std::size_t refused = 0;
  std::vector<std::string_view> shared;  ///< emails of which only some users are members
};

class Exporting {
 public:
  Exporting(const LiveState& live, const std::vector<std::string>& names)
      : live_(live), names_(names), members_(live.groups.size()), tallies_(live.groups.size()) {}

  ExportedTenant run() {
    for (std::uint32_t i = 0; i < live_.users.size(); ++i) sort_in(i);
    std::sort(people_.begin(), people_.end(),
              [](const Person& a, const Person& b) { return std::tie(a.key, a.id) < std::tie(b.key, b.id); });
    std::sort(left_out_.begin(), left_out_.end());
    tenant_.remarks = std::move(left_out_);
    for (auto first = people_.begin(); first != people_.end();) {
      const auto last = std::find_if(first, people_.end(), [first](const Person& p) { return p.key != first->key; });
      take({first, last});
      first = last;
    }
    if (only_there_ != 0) {
      tenant_.remarks.push_back(fmt::format("{} only in groups that declare no members, and so not declared",
                                            counted(only_there_, "user is", "users are")));
    }
    take_groups();
    return std::move(tenant_);
  }

 private:
  /// Whether the members of a live group are declared.
  bool lists_members(std::uint32_t group) const {
    return !names_[group].empty() && !live_.groups[group].identity_managed;
  }

  std::string groups_of(const LiveUser& user) const {
    std::vector<std::string> names;
    for (const std::uint32_t group : live_.memberships_of(user))
      names.push_back(yaml_comment(live_.groups[group].name));
    std::sort(names.begin(), names.end());
    return names.empty() ? "no group" : fmt::format("{}", fmt::join(names, ", "));
  }

  void sort_in(std::uint32_t index) {
    const LiveUser& user = live_.users[index];
    if (can_be_declared(user.email)) {
      people_.push_back({email_key(user.email), user.id, index});
      return;
    }
    for (const std::uint32_t group : live_.memberships_of(user)) {
      ++(user.email.empty() ? tallies_[group].without_email : tallies_[group].refused);
    }
    left_out_.push_back(user.email.empty()
                            ? fmt::format("user {} has no email and cannot be declared; is in {}",
                                          yaml_comment(user.id), groups_of(user))
                            : fmt::format("user {} has the email {}, which a declaration cannot hold; is in {}",
                                          yaml_comment(user.id), yaml_comment(user.email), groups_of(user)));
  }

  /// `copies` are the users who have one email.
  void take(std::span<const Person> copies) {
    std::vector<std::uint32_t> groups;
    for (const Person& copy : copies) {
      const auto memberships = live_.memberships_of(live_.users[copy.user]);
      groups.insert(groups.end(), memberships.begin(), memberships.end());
    }
    const std::string_view email = live_.users[copies.front().user].email;
    if (groups.empty()) {
      tenant_.remarks.push_back(fmt::format("user {} is in no group and cannot be declared", yaml_comment(email)));
    }
    if (copies.size() > 1) {
      tenant_.remarks.push_back(fmt::format("{} users have the email {}: declared in the groups that have them all",
                                            copies.size(), yaml_comment(email)));
    }
    std::sort(groups.begin(), groups.end());
    bool is_declared = false;
    for (auto first = groups.begin(); first != groups.end();) {
      const auto last = std::upper_bound(first, groups.end(), *first);
      if (static_cast<std::size_t>(last - first) == copies.size()) {
        members_[*first].push_back(copies.front().user);
        is_declared = is_declared || lists_members(*first);
      } else {
        tallies_[*first].shared.push_back(email);
      }
      first = last;
    }
    if (is_declared) ++tenant_.people;
    if (!is_declared && !groups.empty()) ++only_there_;
  }

  void take_groups() {
    for (std::uint32_t i = 0; i < live_.groups.size(); ++i) {
      if (names_[i].empty()) continue;
      ExportedGroup group;
      group.live = i;
      group.name = names_[i];
      if (live_.groups[i].identity_managed) {
        leave_to_provider(group);
      } else {
        fill(group);
      }
      tenant_.groups.push_back(std::move(group));
    }
    std::sort(tenant_.groups.begin(), tenant_.groups.end(),
              [](const ExportedGroup& a, const ExportedGroup& b) { return a.name < b.name; });
  }

  void leave_to_provider(ExportedGroup& group) const {
    const Tally& tally = tallies_[group.live];
    const std::size_t count = members_[group.live].size() + tally.without_email + tally.refused + tally.shared.size();
    group.authoritative = false;
    group.remarks.push_back(fmt::format(
        "an identity provider fills this group. Of the {} there nobody is declared: whom the provider takes out, the "
        "next apply would put back",
        counted(count, "member", "members")));
  }

  void fill(ExportedGroup& group) {
    const Tally& tally = tallies_[group.live];
    group.members = std::move(members_[group.live]);
    group.authoritative = tally.refused == 0 && tally.shared.empty();
    if (tally.refused != 0) {
      group.remarks.push_back(fmt::format("additive, because {} an email that a declaration cannot hold",
                                          counted(tally.refused, "member has", "members have")));
    }
    if (!tally.shared.empty()) {
      std::vector<std::string> emails;
      for (const std::string_view email : tally.shared) emails.push_back(yaml_comment(email));
      group.remarks.push_back(fmt::format("additive, because of the users who share an email only some are members: {}",
                                          fmt::join(emails, ", ")));
    }
    if (tally.without_email != 0) {
      group.remarks.push_back(fmt::format("{} no email; a plan never removes them",
                                          counted(tally.without_email, "member has", "members have")));
    }
    if (live_.groups[group.live].privileged) {
      group.remarks.emplace_back("gives privileges, so every membership needs a reason: replace `exported` by yours");
    }
  }

  const LiveState& live_;
  const std::vector<std::string>& names_;
  std::vector<std::vector<std::uint32_t>> members_;  ///< by live group
  std::vector<Tally> tallies_;                       ///< by live group
  std::vector<Person> people_;
  std::vector<std::string> left_out_;
  std::size_t only_there_ = 0;
  ExportedTenant tenant_;
};

}  // namespace

ExportedTenant exported_tenant(const LiveState& live, const std::vector<std::string>& names) {
  return Exporting(live, names).run();
}

}  // namespace cipherform::config
