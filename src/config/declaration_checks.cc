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
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "config/root_keys.h"

namespace cipherform::config {
namespace {

class Checks {
 public:
  Checks(const Resolved& resolved, const RawRoot& root, Diagnostics& errors)
      : data_(&resolved.data),
        resolved_(&resolved),
        root_(&root),
        errors_(&errors),
        existing_(existing_environments(resolved.data)) {}

  void users_without_group();
  void similar_group_names();
  void separate_duties();
  void member_limits();
  void allowed_domains();
  void fallback_group();
  void mapped_emails();
  void mapped_groups();

 private:
  /// One list of guardrails, and where it holds.
  struct Scope {
    const RawGuardrails* guardrails;
    std::uint64_t environments;
  };

  std::vector<Scope> scopes(std::string_view key) const;
  bool is_somewhere_in(const DesiredUser& user, std::uint64_t environments) const;
  std::string restricted_to(std::uint64_t environments) const;
  void with_a_word_of_their_own(const DesiredUser& user, const Environment& environment, std::uint64_t bit);
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
  std::vector<std::vector<std::uint32_t>> sets_of_groups(const std::vector<std::vector<std::string>>& sets) const;
  void separate_duties_of(const DesiredUser& user, const std::vector<std::vector<std::uint32_t>>& sets_of,
                          std::uint64_t environments);
  void allowed_domains_in(const Scope& scope);

  const Declaration::Data* data_;
  const Resolved* resolved_;
  const RawRoot* root_;
  Diagnostics* errors_;
  std::uint64_t existing_;  ///< the mask of all environments
};

/// Where a guardrail's key is in force: what all environments have, but for those with their own.
std::vector<Checks::Scope> Checks::scopes(std::string_view key) const {
  std::vector<Scope> scopes{{.guardrails = &root_->guardrails, .environments = existing_}};
  for (std::size_t i = 0; i < root_->environments.size(); ++i) {
    const RawGuardrails& own = root_->environments[i].guardrails;
    if (!own.given.contains(key)) continue;
    scopes.front().environments &= ~(std::uint64_t{1} << i);
    scopes.push_back({.guardrails = &own, .environments = std::uint64_t{1} << i});
  }
  return scopes;
}

bool Checks::is_somewhere_in(const DesiredUser& user, std::uint64_t environments) const {
  if (environments == existing_) return true;
  const std::uint64_t mask = data_->users_in[static_cast<std::size_t>(&user - data_->all.users.data())] & environments;
  const auto memberships = data_->all.memberships_of(user);
  return std::any_of(memberships.begin(), memberships.end(),
                     [&](const DesiredMembership& membership) { return (holds_in(membership) & mask) != 0; });
}

/// " in qa", where it is not about all of them.
std::string Checks::restricted_to(std::uint64_t environments) const {
  return environments == existing_ ? std::string{} : " in " + environment_names(environments);
}

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
  const auto add_guardrails = [&](const RawGuardrails& raw) {
    const Guardrails& guardrails = raw.values;
    add_all(guardrails.protected_groups, raw.protected_groups_at);
    add_all(guardrails.privileged_groups, raw.privileged_groups_at);
    for (std::size_t i = 0; i < guardrails.separate_duties.size(); ++i) {
      add_all(guardrails.separate_duties[i], raw.separate_duties_at[i]);
    }
    if (guardrails.fallback_group.empty()) return;
    mentions.push_back({.name = guardrails.fallback_group, .at = in_root(raw.fallback_group_at), .declares = false});
  };
  add_guardrails(root_->guardrails);
  for (const RawRoot::Tenant& tenant : root_->environments) {
    add_guardrails(tenant.guardrails);
    for (const auto* names : {&tenant.group_ids, &tenant.group_names}) {
      for (const NamedAt& name : *names) {
        mentions.push_back({.name = name.name, .at = in_root(name.at), .declares = false});
      }
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

std::vector<std::vector<std::uint32_t>> Checks::sets_of_groups(
    const std::vector<std::vector<std::string>>& sets) const {
  const auto& groups = data_->all.groups;
  std::vector<std::vector<std::uint32_t>> sets_of(groups.size());
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
  for (const Scope& scope : scopes("separate_duties")) {
    const auto& sets = scope.guardrails->values.separate_duties;
    if (sets.empty() || scope.environments == 0) continue;
    const auto sets_of = sets_of_groups(sets);
    for (const DesiredUser& user : data_->all.users) separate_duties_of(user, sets_of, scope.environments);
  }
}

void Checks::separate_duties_of(const DesiredUser& user, const std::vector<std::vector<std::uint32_t>>& sets_of,
                                std::uint64_t environments) {
  struct Held {
    const DesiredMembership* membership;
    std::uint64_t mask;
  };
  const std::uint64_t user_in =
      data_->users_in[static_cast<std::size_t>(&user - data_->all.users.data())] & environments;
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
                " and in " + in_quotes(data_->all.groups[first->group].name) + ", which separate_duties keeps apart" +
                restricted_to(environments),
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
  for (const Scope& scope : scopes("allowed_domains")) allowed_domains_in(scope);
}

void Checks::allowed_domains_in(const Scope& scope) {
  const std::vector<std::string>& domains = scope.guardrails->values.allowed_domains;
  if (domains.empty() || scope.environments == 0) return;
  const std::unordered_set<std::string_view> allowed(domains.begin(), domains.end());
  const std::vector<std::string_view> candidates(domains.begin(), domains.end());
  for (const DesiredUser& user : data_->all.users) {
    const std::string_view domain = user.key.substr(user.key.find('@') + 1);
    if (allowed.contains(domain) || !is_somewhere_in(user, scope.environments)) continue;
    errors_->add(
        user.at,
        "the domain of " + in_quotes(user.email) + " is not in allowed_domains" + restricted_to(scope.environments),
        meant(domain, candidates));
  }
}

void Checks::fallback_group() {
  std::set<SourcePosition> reported;
  for (const RawRoot::Tenant& tenant : root_->environments) {
    const RawGuardrails raw = in_force(root_->guardrails, tenant.guardrails);
    const std::string& fallback = raw.values.fallback_group;
    const auto& privileged = raw.values.privileged_groups;
    if (fallback.empty() || std::find(privileged.begin(), privileged.end(), fallback) == privileged.end()) continue;
    const SourcePosition at = in_root(raw.fallback_group_at);
    if (!reported.insert(at).second) continue;
    errors_->add(at, "fallback_group " + in_quotes(fallback) + " is one of privileged_groups",
                 "whoever loses a last group would become privileged");
  }
}

/// Read back from the tenant, the email must be this person's: it is by it that a comparison of two
/// tenants, an export and a promotion know who it is.
void Checks::with_a_word_of_their_own(const DesiredUser& user, const Environment& environment, std::uint64_t bit) {
  const auto& users = data_->all.users;
  const std::string word = declared_email(environment.mapping, user.key).value_or(std::string(user.key));
  if (word == user.key) return;
  const auto other = std::lower_bound(users.begin(), users.end(), word,
                                      [](const DesiredUser& u, const std::string& k) { return u.key < k; });
  if (other != users.end() && other->key == word && is_somewhere_in(*other, bit)) return;  // reported as one person
  errors_->add(user.at, in_quotes(user.email) + " is what " + environment.name + " calls " + in_quotes(word),
               "email_domains says so: declare " + in_quotes(word) + ", or limit the user to other environments");
}

/// Two people of the declaration may not have one email in a tenant.
void Checks::mapped_emails() {
  const auto& users = data_->all.users;
  for (std::size_t i = 0; i < root_->environments.size(); ++i) {
    const Environment& environment = root_->environments[i].environment;
    const std::uint64_t bit = std::uint64_t{1} << i;
    if (environment.mapping.email_domains.empty()) continue;
    for (const DesiredUser& user : users) {
      const std::string key = tenant_email(environment.mapping, user.key);
      if (!is_somewhere_in(user, bit)) continue;
      if (key == user.key) {
        with_a_word_of_their_own(user, environment, bit);
        continue;
      }
      if (!is_email(key)) {
        errors_->add(user.at, "the email of " + in_quotes(user.email) + " in " + environment.name + " is too long");
        continue;
      }
      const auto other = std::lower_bound(users.begin(), users.end(), key,
                                          [](const DesiredUser& u, const std::string& k) { return u.key < k; });
      if (other == users.end() || other->key != key || !is_somewhere_in(*other, bit)) continue;
      if (tenant_email(environment.mapping, key) != key) continue;  // and that one has a third
      errors_->add(std::max(user.at, other->at),
                   "users " + in_quotes(user.email) + " and " + in_quotes(other->email) + " are one person in " +
                       environment.name,
                   "email_domains gives both the email " + in_quotes(key) + "; the other is at " +
                       in_place(std::min(user.at, other->at)));
    }
  }
}

/// A name in group_names that nothing else mentions maps nothing, so it is a misspelt one.
void Checks::mapped_groups() {
  std::vector<std::string_view> names;
  for (const DesiredGroup& group : data_->all.groups) names.push_back(group.name);
  for (const RawRoot::Tenant& tenant : root_->environments) {
    const Guardrails guardrails = in_force(root_->guardrails, tenant.guardrails).values;
    std::vector<std::string_view> known = names;
    known.insert(known.end(), guardrails.protected_groups.begin(), guardrails.protected_groups.end());
    known.insert(known.end(), guardrails.privileged_groups.begin(), guardrails.privileged_groups.end());
    for (const auto& set : guardrails.separate_duties) known.insert(known.end(), set.begin(), set.end());
    known.emplace_back(guardrails.fallback_group);
    for (const NamedAt& name : tenant.group_names) {
      if (std::find(known.begin(), known.end(), name.name) != known.end()) continue;
      errors_->add(in_root(name.at), "group_names has " + in_quotes(name.name) + ", which nothing else names",
                   meant(name.name, names));
    }
  }
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
  checks.mapped_emails();
  if (complete) checks.mapped_groups();
}

}  // namespace cipherform::config
