// Each check is one pass over the columns of all environments together, with masks for
// the environments in which something holds.
//
// A membership with an `until` may be over by the time of a plan, and validation knows no
// time: limits are held against the memberships that never expire, and the planner, which
// knows the time, holds them against the rest.
#include "config/declaration_checks.h"

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace cipherform::config {
namespace {

class Checks {
 public:
  Checks(const Resolved& resolved, const RawRoot& root, Diagnostics& errors)
      : data_(&resolved.data), resolved_(&resolved), root_(&root), errors_(&errors) {
    for (std::size_t i = 0; i < data_->environments.size(); ++i) existing_ |= std::uint64_t{1} << i;
  }

  void users_without_group();
  void similar_group_names();
  void separate_duties();
  void member_limits();
  void allowed_domains();
  void fallback_group();

 private:
  /// A group's name somewhere in the declaration.
  struct Mention {
    std::string_view name;
    SourcePosition at;
    bool declares = false;
  };

  std::uint64_t holds_in(const DesiredMembership& membership) const;
  std::uint64_t holds_for_ever_in(const DesiredMembership& membership) const;
  SourcePosition first_lasting_source(const DesiredMembership& membership) const;
  std::string environment_names(std::uint64_t mask) const;
  std::string in_place(SourcePosition at) const;
  std::vector<Mention> mentions() const;
  void report_sources_in(const std::map<std::string_view, Mention>& misspelled);
  std::vector<std::vector<std::uint32_t>> sets_of_groups() const;
  void separate_duties_of(const DesiredUser& user, const std::vector<std::vector<std::uint32_t>>& sets_of);

  const Declaration::Data* data_;
  const Resolved* resolved_;
  const RawRoot* root_;
  Diagnostics* errors_;
  std::uint64_t existing_ = 0;  ///< the mask of all environments
};

SourcePosition in_root(LineColumn at) { return {.file = 0, .line = at.line, .column = at.column}; }

/// Where a membership holds, over all its sources.
std::uint64_t Checks::holds_in(const DesiredMembership& membership) const {
  std::uint64_t mask = 0;
  for (const MembershipSource& source : data_->all.sources_of(membership)) mask |= data_->details_in[source.detail];
  return mask & data_->groups_in[membership.group];
}

std::uint64_t Checks::holds_for_ever_in(const DesiredMembership& membership) const {
  std::uint64_t mask = 0;
  for (const MembershipSource& source : data_->all.sources_of(membership)) {
    if (!data_->all.details[source.detail].until) mask |= data_->details_in[source.detail];
  }
  return mask & data_->groups_in[membership.group];
}

SourcePosition Checks::first_lasting_source(const DesiredMembership& membership) const {
  for (const MembershipSource& source : data_->all.sources_of(membership)) {
    if (!data_->all.details[source.detail].until) return source.at;
  }
  return {};
}

std::string Checks::environment_names(std::uint64_t mask) const {
  std::string names;
  for (std::size_t i = 0; i < data_->environments.size(); ++i) {
    if ((mask >> i & 1U) == 0) continue;
    if (!names.empty()) names += ", ";
    names += data_->environments[i].name;
  }
  return names;
}

std::string Checks::in_place(SourcePosition at) const {
  return data_->all.files[at.file] + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

void Checks::users_without_group() {
  for (const UserEntry& entry : resolved_->entries) {
    if (entry.faulty) continue;
    const DesiredUser& user = data_->all.users[entry.user];
    std::uint64_t covered = 0;
    for (const DesiredMembership& membership : data_->all.memberships_of(user)) covered |= holds_in(membership);
    const std::uint64_t missing = entry.environments & existing_ & ~covered;
    if (missing == 0) continue;
    std::string message = "user " + in_quotes(user.email) + " is in no group";
    if (existing_ != 1) message += " in " + environment_names(missing);
    errors_->add(entry.at, std::move(message),
                 (covered & existing_) == 0 ? "every user is in at least one group"
                                            : "limit the user with environments, or name a group that exists there");
  }
}

std::vector<Checks::Mention> Checks::mentions() const {
  std::vector<Mention> mentions;
  for (std::size_t g = 0; g < data_->all.groups.size(); ++g) {
    const DesiredGroup& group = data_->all.groups[g];
    mentions.push_back({.name = group.name, .at = group.at, .declares = data_->group_is_declared[g]});
  }
  const auto add_all = [&mentions](const std::vector<std::string>& names, const std::vector<LineColumn>& places) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      mentions.push_back({.name = names[i], .at = in_root(places[i]), .declares = false});
    }
  };
  const Guardrails& guardrails = root_->guardrails;
  add_all(guardrails.protected_groups, root_->protected_groups_at);
  add_all(guardrails.privileged_groups, root_->privileged_groups_at);
  for (std::size_t i = 0; i < guardrails.separate_duties.size(); ++i) {
    add_all(guardrails.separate_duties[i], root_->separate_duties_at[i]);
  }
  if (!guardrails.fallback_group.empty()) {
    mentions.push_back({.name = guardrails.fallback_group, .at = in_root(root_->fallback_group_at), .declares = false});
  }
  for (const RawRoot::Tenant& tenant : root_->environments) {
    for (const NamedAt& id : tenant.group_ids) {
      mentions.push_back({.name = id.name, .at = in_root(id.at), .declares = false});
    }
  }
  std::stable_sort(mentions.begin(), mentions.end(), [](const Mention& a, const Mention& b) {
    return a.declares != b.declares ? a.declares : a.at < b.at;
  });
  return mentions;
}

/// A name without what is easily mistyped.
std::string plain_form(std::string_view name) {
  std::string form;
  for (const char c : name) {
    if (c != ' ') form += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return form;
}

std::string similar(std::string_view name, std::string_view other) {
  return "group " + in_quotes(name) + " differs from " + in_quotes(other) + " only by case or spaces";
}

/// Of two such names the declared one is taken to be meant, else the first.
void Checks::similar_group_names() {
  std::unordered_map<std::string, Mention> meant_by;
  std::map<std::string_view, Mention> misspelled;
  for (const Mention& mention : mentions()) {
    const auto [first, added] = meant_by.emplace(plain_form(mention.name), mention);
    if (added || first->second.name == mention.name) continue;
    errors_->add(mention.at, similar(mention.name, first->second.name),
                 in_quotes(first->second.name) + " is at " + in_place(first->second.at));
    misspelled.emplace(mention.name, first->second);
  }
  if (!misspelled.empty()) report_sources_in(misspelled);
}

void Checks::report_sources_in(const std::map<std::string_view, Mention>& misspelled) {
  for (const DesiredMembership& membership : data_->all.memberships) {
    const std::string_view name = data_->all.groups[membership.group].name;
    const auto found = misspelled.find(name);
    if (found == misspelled.end() || data_->group_is_declared[membership.group]) continue;
    for (const MembershipSource& source : data_->all.sources_of(membership)) {
      errors_->add(source.at, similar(name, found->second.name),
                   in_quotes(found->second.name) + " is at " + in_place(found->second.at));
    }
  }
}

std::vector<std::vector<std::uint32_t>> Checks::sets_of_groups() const {
  const auto& groups = data_->all.groups;
  std::vector<std::vector<std::uint32_t>> sets_of(groups.size());
  const auto& sets = root_->guardrails.separate_duties;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    for (const std::string& name : sets[i]) {
      const auto group = std::lower_bound(groups.begin(), groups.end(), name,
                                          [](const DesiredGroup& g, std::string_view n) { return g.name < n; });
      if (group == groups.end() || group->name != name) continue;
      sets_of[static_cast<std::size_t>(group - groups.begin())].push_back(static_cast<std::uint32_t>(i));
    }
  }
  return sets_of;
}

void Checks::separate_duties() {
  if (root_->guardrails.separate_duties.empty()) return;
  const auto sets_of = sets_of_groups();
  for (const DesiredUser& user : data_->all.users) separate_duties_of(user, sets_of);
}

void Checks::separate_duties_of(const DesiredUser& user, const std::vector<std::vector<std::uint32_t>>& sets_of) {
  struct Held {
    const DesiredMembership* membership;
    std::uint64_t mask;
  };
  const std::uint64_t user_in = data_->users_in[static_cast<std::size_t>(&user - data_->all.users.data())] & existing_;
  std::map<std::uint32_t, std::vector<Held>> held_of;  // by set
  for (const DesiredMembership& membership : data_->all.memberships_of(user)) {
    for (const std::uint32_t set : sets_of[membership.group]) {
      const std::uint64_t mask = holds_for_ever_in(membership) & user_in;
      std::vector<Held>& held = held_of[set];
      const auto other = std::find_if(held.begin(), held.end(), [mask](const Held& h) { return (h.mask & mask) != 0; });
      if (other != held.end()) {
        const DesiredMembership* first = other->membership;
        const DesiredMembership* second = &membership;
        if (first_lasting_source(*second) < first_lasting_source(*first)) std::swap(first, second);
        errors_->add(
            first_lasting_source(*second),
            "user " + in_quotes(user.email) + " is in " + in_quotes(data_->all.groups[second->group].name) +
                " and in " + in_quotes(data_->all.groups[first->group].name) + ", which separate_duties keeps apart",
            in_quotes(data_->all.groups[first->group].name) + " is at " + in_place(first_lasting_source(*first)));
      }
      held.push_back({.membership = &membership, .mask = mask});
    }
  }
}

void Checks::member_limits() {
  if (resolved_->limits.empty()) return;
  constexpr std::uint32_t kUnlimited = ~std::uint32_t{0};
  std::vector<std::uint32_t> limit_of(data_->all.groups.size(), kUnlimited);
  for (std::uint32_t i = 0; i < resolved_->limits.size(); ++i) limit_of[resolved_->limits[i].group] = i;
  std::vector<std::array<std::uint32_t, kMaxEnvironments>> counts(resolved_->limits.size());
  for (std::size_t u = 0; u < data_->all.users.size(); ++u) {
    for (const DesiredMembership& membership : data_->all.memberships_of(data_->all.users[u])) {
      const std::uint32_t limit = limit_of[membership.group];
      if (limit == kUnlimited) continue;
      std::uint64_t mask = holds_for_ever_in(membership) & data_->users_in[u] & existing_;
      for (; mask != 0; mask &= mask - 1) ++counts[limit][static_cast<std::size_t>(std::countr_zero(mask))];
    }
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const DesiredGroup& group = data_->all.groups[resolved_->limits[i].group];
    for (std::size_t e = 0; e < data_->environments.size(); ++e) {
      if (counts[i][e] <= *group.max_members) continue;
      std::string message = "group " + in_quotes(group.name) + " has " + std::to_string(counts[i][e]) + " members";
      if (existing_ != 1) message += " in " + data_->environments[e].name;
      errors_->add(resolved_->limits[i].at,
                   std::move(message) + ", more than its max_members " + std::to_string(*group.max_members));
    }
  }
}

void Checks::allowed_domains() {
  const std::vector<std::string>& domains = root_->guardrails.allowed_domains;
  if (domains.empty()) return;
  const std::unordered_set<std::string_view> allowed(domains.begin(), domains.end());
  const std::vector<std::string_view> candidates(domains.begin(), domains.end());
  for (const DesiredUser& user : data_->all.users) {
    const std::string_view domain = user.key.substr(user.key.find('@') + 1);
    if (allowed.contains(domain)) continue;
    errors_->add(user.at, "the domain of " + in_quotes(user.email) + " is not in allowed_domains",
                 meant(domain, candidates));
  }
}

void Checks::fallback_group() {
  const Guardrails& guardrails = root_->guardrails;
  const auto& privileged = guardrails.privileged_groups;
  if (guardrails.fallback_group.empty()) return;
  if (std::find(privileged.begin(), privileged.end(), guardrails.fallback_group) == privileged.end()) return;
  errors_->add(in_root(root_->fallback_group_at),
               "fallback_group " + in_quotes(guardrails.fallback_group) + " is one of privileged_groups",
               "whoever loses a last group would become privileged");
}

}  // namespace

void check_declaration(const Resolved& resolved, const RawRoot& root, bool complete, Diagnostics& errors) {
  Checks checks(resolved, root, errors);
  if (complete) checks.users_without_group();
  checks.similar_group_names();
  checks.separate_duties();
  checks.member_limits();
  checks.allowed_domains();
  checks.fallback_group();
}

}  // namespace cipherform::config
