// First who is meant, then what the states say of each of their memberships, then what the
// plan does about it. Groups and terms are the planner's own; what they cost is the size of
// the declaration, as for a plan.
#include "cipherform/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "plan/email_keys.h"
#include "plan/groups.h"
#include "plan/guardrails.h"
#include "plan/person_plan.h"
#include "plan/selector.h"
#include "plan/terms.h"
#include "plan/verdict.h"

namespace cipherform {
namespace plan {
namespace {

/// Who is meant. Views into the states.
struct Person {
  std::string key;  ///< of the email; empty where there is none
  const DesiredUser* declared = nullptr;
  std::vector<const LiveUser*> accounts;  ///< by id
};

const DesiredUser* find_declared(const DesiredState& desired, std::string_view key) {
  const auto found =
      std::lower_bound(desired.users.begin(), desired.users.end(), key,
                       [](const DesiredUser& user, std::string_view wanted) { return user.key < wanted; });
  return found == desired.users.end() || found->key != key ? nullptr : &*found;
}

const LiveUser* find_id(const LiveState& live, std::string_view id) {
  const std::string wanted = email_key(id);  // UUIDs compare without case
  const auto found = std::find_if(live.users.begin(), live.users.end(), [&wanted](const LiveUser& user) {
    return user.id.size() == wanted.size() && email_key(user.id) == wanted;
  });
  return found == live.users.end() ? nullptr : &*found;
}

Person find_person(const DesiredState& desired, const LiveState& live, std::string_view who) {
  Person person;
  const LiveUser* const by_id = find_id(live, who);
  if (by_id != nullptr && by_id->email.empty()) {
    person.accounts.push_back(by_id);
    return person;
  }
  person.key = email_key(by_id == nullptr ? who : by_id->email);
  person.declared = find_declared(desired, person.key);
  EmailKeys keys;
  for (const LiveUser& user : live.users) {
    if (!user.email.empty() && keys.of(user.email) == person.key) person.accounts.push_back(&user);
  }
  std::sort(person.accounts.begin(), person.accounts.end(),
            [](const LiveUser* a, const LiveUser* b) { return a->id < b->id; });
  return person;
}

Error unknown_person(const DesiredState& desired, const LiveState& live, std::string_view who) {
  std::vector<std::string_view> emails;
  emails.reserve(desired.users.size() + live.users.size());
  for (const DesiredUser& user : desired.users) emails.push_back(user.key);
  StringArena lowered;
  EmailKeys keys;
  for (const LiveUser& user : live.users) {
    const std::string_view key = keys.of(user.email);
    emails.push_back(key.data() == user.email.data() ? key : lowered.store(key));
  }
  const std::string_view meant = did_you_mean(email_key(who), emails);
  return {ErrorKind::usage,
          fmt::format("'{}' is neither declared nor in the tenant of {}", who, desired.environment),
          {},
          meant.empty() ? "an email, in whatever case, or the id of a user" : fmt::format("did you mean '{}'?", meant),
          false};
}

Account account_of(const LiveUser& user) {
  return {std::string{user.id}, std::string{user.email}, std::string{user.status_text}, user.is_owner};
}

Place place_of(const DesiredState& desired, SourcePosition at) { return {desired.files[at.file], at.line, at.column}; }

class Explaining {
 public:
  Explaining(const Plan& plan, const DesiredState& desired, const LiveState& live, const PersonElsewhere& elsewhere,
             const Groups& groups, const Terms& terms)
      : plan_(plan), desired_(desired), live_(live), elsewhere_(elsewhere), groups_(groups), terms_(terms) {}

  Explanation run(const Person& person) {
    Explanation explanation;
    describe_person(person, explanation);
    const PersonPlan own(plan_, person.key, explanation.accounts);
    for (const LiveUser* account : person.accounts) explain_account(person, account, own, explanation.groups);
    if (person.accounts.empty()) explain_account(person, nullptr, own, explanation.groups);
    explanation.findings = own.findings();
    explanation.guardrail_hits = guardrail_hits(person, own);
    return explanation;
  }

 private:
  /// What the states say of one membership.
  struct Facts {
    bool member = false;
    const DesiredMembership* asked = nullptr;
    std::vector<const SourceElsewhere*> elsewhere;
  };
  /// Indexes Groups::all; or kNone and a name, where the tenant has no such group.
  using GroupKey = std::pair<std::uint32_t, std::string_view>;
  using FactsByGroup = std::map<GroupKey, Facts>;

  void describe_person(const Person& person, Explanation& explanation) const;
  void explain_account(const Person& person, const LiveUser* account, const PersonPlan& own,
                       std::vector<ExplainedGroup>& explained) const;
  FactsByGroup gather(const Person& person, const LiveUser* account, const PersonPlan& own) const;
  GroupKey key_of(std::string_view name) const;
  ExplainedGroup describe(const GroupKey& key, const Facts& facts) const;
  void describe_asked(const Facts& facts, ExplainedGroup& group) const;
  DesiredState desired_of(const Person& person) const;
  LiveState live_of(const Person& person) const;
  std::vector<GuardrailHit> guardrail_hits(const Person& person, const PersonPlan& own) const;

  const Plan& plan_;
  const DesiredState& desired_;
  const LiveState& live_;
  const PersonElsewhere& elsewhere_;
  const Groups& groups_;
  const Terms& terms_;
};

void Explaining::describe_person(const Person& person, Explanation& explanation) const {
  explanation.environment = plan_.environment;
  explanation.base_url = plan_.base_url;
  explanation.as_of = plan_.now();
  explanation.plan_fingerprint = fingerprint(plan_);
  for (const LiveUser* account : person.accounts) explanation.accounts.push_back(account_of(*account));
  if (person.key.empty()) return;
  explanation.declared = person.declared != nullptr;
  if (person.declared != nullptr) {
    explanation.email = person.declared->email;
    explanation.at = place_of(desired_, person.declared->at);
  } else {
    explanation.email = person.accounts.empty() ? elsewhere_.email : std::string{person.accounts.front()->email};
    if (!elsewhere_.email.empty()) explanation.at = Place{elsewhere_.file, elsewhere_.line, elsewhere_.column};
  }
  for (const SourceElsewhere& source : elsewhere_.sources) {
    for (const std::string& environment : source.environments) {
      auto& others = explanation.other_environments;
      if (std::find(others.begin(), others.end(), environment) == others.end()) others.push_back(environment);
    }
  }
  const std::vector<std::string>& spared = desired_.guardrails.protected_users;
  explanation.is_protected = std::find(spared.begin(), spared.end(), person.key) != spared.end();
}

Explaining::GroupKey Explaining::key_of(std::string_view name) const {
  for (std::uint32_t i = 0; i < groups_.all.size(); ++i) {
    if (groups_.all[i].name == name) return {i, {}};
  }
  return {kNone, name};
}

Explaining::FactsByGroup Explaining::gather(const Person& person, const LiveUser* account,
                                            const PersonPlan& own) const {
  FactsByGroup facts;
  if (account != nullptr) {
    for (const std::uint32_t group : live_.memberships_of(*account)) facts[{group, {}}].member = true;
  }
  if (person.declared != nullptr) {
    for (const DesiredMembership& membership : desired_.memberships_of(*person.declared)) {
      const std::uint32_t group = groups_.of_desired[membership.group];
      const GroupKey key{group, group == kNone ? desired_.groups[membership.group].name : std::string_view{}};
      facts[key].asked = &membership;
    }
  }
  if (!person.key.empty()) {
    for (const SourceElsewhere& source : elsewhere_.sources) facts[key_of(source.group)].elsewhere.push_back(&source);
  }
  for (const PlanEntry& entry : own.entries()) {
    // The fallback group is given without being asked for.
    if (entry.grant != nullptr && entry.grant->fallback && account != nullptr && entry.user_id == account->id) {
      facts[{groups_.fallback, {}}];
    }
  }
  return facts;
}

void Explaining::describe_asked(const Facts& facts, ExplainedGroup& group) const {
  if (facts.asked != nullptr) {
    group.wanted = terms_.active(*facts.asked) ? Wanted::yes : Wanted::expired;
    group.until = terms_.end(*facts.asked);
    const std::vector<Source> active = terms_.active_sources(*facts.asked);
    for (Source& source : terms_.all_sources(*facts.asked)) {
      const bool in_force = std::find(active.begin(), active.end(), source) != active.end();
      group.sources.push_back({std::move(source), in_force ? SourceForce::in_force : SourceForce::ended, {}});
    }
  }
  for (const SourceElsewhere* source : facts.elsewhere) {
    group.sources.push_back({source->source, SourceForce::elsewhere, source->environments});
  }
}

ExplainedGroup Explaining::describe(const GroupKey& key, const Facts& facts) const {
  ExplainedGroup group;
  const auto& [index, name] = key;
  std::uint32_t declared = kNone;
  if (index == kNone) {
    group.group.name = name;
    if (facts.asked != nullptr) declared = facts.asked->group;
  } else {
    const Group& known = groups_.all[index];
    group.group = {std::string{known.id}, std::string{known.name}};
    group.privileged = known.privileged;
    group.is_protected = known.is_protected;
    group.identity_managed = index < live_.groups.size() && live_.groups[index].identity_managed;
    declared = known.desired;
  }
  if (declared != kNone) {
    const DesiredGroup& declaration = desired_.groups[declared];
    group.rule = declaration.authority == Authority::authoritative ? GroupRule::authoritative : GroupRule::additive;
    group.declared_at = place_of(desired_, declaration.at);
  }
  group.member = facts.member;
  describe_asked(facts, group);
  return group;
}

void Explaining::explain_account(const Person& person, const LiveUser* account, const PersonPlan& own,
                                 std::vector<ExplainedGroup>& explained) const {
  const Selector selector(plan_.selection);
  const Match match = selector.of_email(person.key);
  const std::size_t first = explained.size();
  for (const auto& [key, facts] : gather(person, account, own)) {
    ExplainedGroup group = describe(key, facts);
    if (account != nullptr) group.user_id = account->id;
    judge(group, {.plan = own,
                  .environment = desired_.environment,
                  .has_email = !person.key.empty(),
                  .is_selected = selected(match, selector.of_group(group.group.name)),
                  .is_fallback = key.first != kNone && key.first == groups_.fallback});
    explained.push_back(std::move(group));
  }
  std::sort(explained.begin() + static_cast<std::ptrdiff_t>(first), explained.end(),
            [](const ExplainedGroup& a, const ExplainedGroup& b) {
              return std::tie(a.group.name, a.group.id) < std::tie(b.group.name, b.group.id);
            });
}

/// The states with this person and nobody else, for guardrails: what terms_ says of a
/// membership still holds, because where its sources are is not changed.
DesiredState Explaining::desired_of(const Person& person) const {
  DesiredState alone;
  alone.groups = desired_.groups;
  alone.guardrails = desired_.guardrails;
  if (person.declared == nullptr) return alone;
  const auto memberships = desired_.memberships_of(*person.declared);
  alone.users.push_back(*person.declared);
  alone.users.back().first_membership = 0;
  alone.memberships.assign(memberships.begin(), memberships.end());
  return alone;
}

LiveState Explaining::live_of(const Person& person) const {
  LiveState alone;
  alone.groups = live_.groups;
  for (const LiveUser* account : person.accounts) {
    const auto memberships = live_.memberships_of(*account);
    alone.users.push_back(*account);
    alone.users.back().first_membership = static_cast<std::uint32_t>(alone.memberships.size());
    alone.memberships.insert(alone.memberships.end(), memberships.begin(), memberships.end());
  }
  return alone;
}

/// The guardrails that judge people one by one, of this person and nobody else.
std::vector<GuardrailHit> Explaining::guardrail_hits(const Person& person, const PersonPlan& own) const {
  Plan plan = own.alone();
  plan.selection = plan_.selection;
  const DesiredState desired = desired_of(person);
  const LiveState live = live_of(person);
  const Proposal proposal{plan, desired, live, groups_, terms_};
  std::vector<GuardrailHit> hits = check_separate_duties(proposal);
  if (auto hit = check_allowed_domains(proposal)) hits.push_back(std::move(*hit));
  if (auto hit = check_privileged_reason(proposal)) hits.push_back(std::move(*hit));
  for (GuardrailHit& hit : hits) hit.acknowledgement.clear();  // it would be the whole plan's
  return hits;
}

}  // namespace
}  // namespace plan

std::string email_meant(const LiveState& live, std::string_view who) {
  const LiveUser* const user = plan::find_id(live, who);
  return std::string{user == nullptr ? who : user->email};
}

Result<Explanation> explain(const Plan& plan, const DesiredState& desired, const LiveState& live,
                            const PersonElsewhere& elsewhere, std::string_view who) {
  const plan::Person person = plan::find_person(desired, live, who);
  if (person.declared == nullptr && person.accounts.empty() && elsewhere.email.empty()) {
    return tl::unexpected(plan::unknown_person(desired, live, who));
  }
  const plan::Selector selector(plan.selection);
  const plan::Terms terms(desired, plan.now());
  const auto groups = plan::resolve_groups(desired, live, terms, selector);
  if (!groups) return tl::unexpected(groups.error().front());  // then there would be no plan either
  return plan::Explaining(plan, desired, live, elsewhere, *groups, terms).run(person);
}

}  // namespace cipherform
