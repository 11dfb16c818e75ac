// Random small states against what must hold of every plan. The model tenant executes the
// actions one by one and refuses what the API would refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

#include "cipherform/explain.h"
#include "cipherform/promotion.h"
#include "fakes/states.h"
#include "plan/planning.h"

namespace cipherform::plan_tests {
namespace {

constexpr unsigned kSeeds = 4000;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  unsigned below(unsigned end) { return static_cast<unsigned>(engine_() % end); }
  bool one_in(unsigned n) { return below(n) == 0; }
  std::mt19937& engine() { return engine_; }

 private:
  std::mt19937 engine_;
};

struct ModelUser {
  std::string id;
  std::string email;
  std::string status = "Active";
  bool owner = false;
  std::set<std::string> groups;  ///< names
};

struct ModelTenant {
  std::vector<std::string> groups;
  std::set<std::string> privileged;
  std::vector<ModelUser> users;
  bool proved = true;

  LiveState live() const {
    fakes::Live live;
    for (const std::string& group : groups) live.group(group, {.privileged = privileged.contains(group)});
    for (const ModelUser& user : users) {
      live.user(user.email, {user.groups.begin(), user.groups.end()},
                {.id = user.id, .status = user.status, .owner = user.owner});
    }
    if (!proved) live.unproved("no proof");
    return live;
  }
  ModelUser* by_id(const std::string& id) {
    const auto found = std::find_if(users.begin(), users.end(), [&](const ModelUser& user) { return user.id == id; });
    return found == users.end() ? nullptr : &*found;
  }
};

/// Executes changes; every check is a rule of the API or of the contract.
struct Execute {
  ModelTenant& tenant;

  void operator()(const CreateUser& create) const {
    ModelUser user{"created-" + create.email, create.email, "Invited", false, {}};
    for (const ModelUser& other : tenant.users) EXPECT_NE(email_key(other.email), email_key(create.email));
    for (const Grant& grant : create.grants) EXPECT_TRUE(user.groups.insert(grant.group.name).second);
    EXPECT_FALSE(user.groups.empty());
    tenant.users.push_back(std::move(user));
  }
  void operator()(const AddMember& add) const {
    ModelUser* const user = tenant.by_id(add.user_id);
    ASSERT_NE(user, nullptr);
    EXPECT_EQ(email_key(user->email), email_key(add.email));
    EXPECT_TRUE(user->groups.insert(add.grant.group.name).second) << "a member already";
  }
  void operator()(const RemoveMember& removal) const {
    ModelUser* const user = tenant.by_id(removal.user_id);
    ASSERT_NE(user, nullptr);
    EXPECT_TRUE(tenant.proved);
    EXPECT_FALSE(user->owner);
    EXPECT_FALSE(user->email.empty());
    EXPECT_EQ(user->groups.erase(removal.group.name), 1U) << "no member";
    EXPECT_FALSE(user->groups.empty()) << "in no group";
  }
};

struct World {
  DesiredState desired;
  ModelTenant tenant;
  Selection selection;
};

const std::vector<std::string> kGroups = {"Alpha", "Beta", "Delta", "Epsilon", "Everyone", "Gamma"};

std::string some_email(Dice& dice) {
  return std::string(1, static_cast<char>((dice.one_in(4) ? 'A' : 'a') + dice.below(6))) + "@x.com";
}

fakes::Membership some_membership(Dice& dice) {
  fakes::Membership membership = kGroups[dice.below(6)];
  switch (dice.below(6)) {
    case 0:
      return std::move(membership).until("2025-06-01");
    case 1:
      return std::move(membership).until("2026-01-10");
    case 2:
      return std::move(membership).until("2026-06-01").reason("OPS-1");
    default:
      return membership;
  }
}

Guardrails some_guardrails(Dice& dice) {
  Guardrails guardrails;
  if (dice.one_in(2)) guardrails.fallback_group = kGroups[dice.below(6)];
  if (dice.one_in(4)) guardrails.protected_users = {email_key(some_email(dice))};
  if (dice.one_in(4)) guardrails.protected_groups = {kGroups[dice.below(6)]};
  if (dice.one_in(4)) guardrails.privileged_groups = {kGroups[dice.below(6)]};
  if (dice.one_in(4)) guardrails.separate_duties = {{"Alpha", "Beta", "Gamma"}};
  if (dice.one_in(6)) guardrails.allowed_domains = {"y.com"};
  return guardrails;
}

World some_world(unsigned seed) {
  Dice dice(seed);
  fakes::Desired desired;
  for (const std::string& group : kGroups) {
    const unsigned kind = dice.below(4);
    if (kind < 2) desired.group(group, {.max_members = 3});
    if (kind == 2) desired.additive(group);
  }
  for (unsigned i = dice.below(7); i > 0; --i) {
    std::vector<fakes::Membership> memberships;
    for (unsigned j = 1 + dice.below(3); j > 0; --j) memberships.push_back(some_membership(dice));
    desired.user(some_email(dice), std::move(memberships));
  }
  desired.guardrails(some_guardrails(dice));

  World world{desired, {}, {}};
  world.tenant.groups = kGroups;
  if (dice.one_in(2)) world.tenant.privileged = {kGroups[dice.below(6)]};
  world.tenant.proved = !dice.one_in(8);
  std::set<std::string> taken;
  for (unsigned i = dice.below(8); i > 0; --i) {
    ModelUser user{"id-" + std::to_string(i), dice.one_in(8) ? "" : some_email(dice), "Active", dice.one_in(8), {}};
    const bool is_taken = !user.email.empty() && !taken.insert(email_key(user.email)).second;
    if (is_taken && !dice.one_in(6)) continue;
    if (dice.one_in(6)) user.status = dice.one_in(2) ? "Deactivated" : "Expired";
    for (unsigned j = 1 + dice.below(4); j > 0; --j) user.groups.insert(kGroups[dice.below(6)]);
    world.tenant.users.push_back(std::move(user));
  }
  if (dice.one_in(4)) world.selection.targets = {dice.one_in(2) ? "[a-c]@*" : kGroups[dice.below(6)]};
  if (dice.one_in(6)) world.selection.excludes = {kGroups[dice.below(6)]};
  return world;
}

const DesiredGroup* declared(const DesiredState& desired, std::string_view name) {
  const auto found = std::find_if(desired.groups.begin(), desired.groups.end(),
                                  [&](const DesiredGroup& group) { return group.name == name; });
  return found == desired.groups.end() ? nullptr : &*found;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Removals only from authoritative groups, and from nobody and nothing protected.
void expect_removals_allowed(const World& world, const Plan& plan) {
  const Guardrails& guardrails = world.desired.guardrails;
  for (const Action& action : plan.actions) {
    const auto* removal = std::get_if<RemoveMember>(&action.change);
    if (removal == nullptr) continue;
    const DesiredGroup* group = declared(world.desired, removal->group.name);
    ASSERT_NE(group, nullptr);
    EXPECT_EQ(group->authority, Authority::authoritative);
    EXPECT_FALSE(contains(guardrails.protected_users, email_key(removal->email)));
    EXPECT_FALSE(contains(guardrails.protected_groups, removal->group.name));
  }
}

void expect_all(ActionStanding expected, const Plan& plan, const LiveState& live) {
  const std::vector<Standing> standings = standing_of(plan.actions, live);
  ASSERT_EQ(standings.size(), plan.actions.size());
  for (std::size_t i = 0; i < standings.size(); ++i) {
    EXPECT_EQ(standings[i].standing, expected) << line_of(plan.actions[i].change) << ": " << standings[i].why;
  }
}

class EveryPlan : public ::testing::Test {
 protected:
  template <class Check>
  void for_all_worlds(Check check) {
    for (unsigned seed = 0; seed < kSeeds && !HasFailure(); ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      World world = some_world(seed);
      const Plan plan = plan_of(world.desired, world.tenant.live(), world.selection);
      check(world, plan, seed);
    }
  }
};

TEST_F(EveryPlan, LeavesNobodyWithoutAGroupAndConverges) {
  for_all_worlds([](World& world, const Plan& plan, unsigned /*seed*/) {
    expect_all(ActionStanding::still_valid, plan, world.tenant.live());
    expect_removals_allowed(world, plan);
    for (const Action& action : plan.actions) std::visit(Execute{world.tenant}, action.change);
    expect_all(ActionStanding::already_done, plan, world.tenant.live());
    const Plan again = plan_of(world.desired, world.tenant.live(), world.selection);
    EXPECT_THAT(actions(again), ::testing::IsEmpty());
    EXPECT_EQ(blocked(again), blocked(plan));
  });
}

TEST_F(EveryPlan, IsTheSameInWhateverOrderTheTenantLists) {
  for_all_worlds([](World& world, const Plan& plan, unsigned seed) {
    Dice dice(seed + 1);
    std::shuffle(world.tenant.users.begin(), world.tenant.users.end(), dice.engine());
    std::shuffle(world.tenant.groups.begin(), world.tenant.groups.end(), dice.engine());
    EXPECT_EQ(to_json(plan_of(world.desired, world.tenant.live(), world.selection)), to_json(plan));
  });
}

TEST_F(EveryPlan, SurvivesBeingSaved) {
  for_all_worlds([](World& /*world*/, const Plan& plan, unsigned /*seed*/) {
    const std::string json = to_json(plan);
    const auto read = plan_from_json(json);
    ASSERT_TRUE(read.has_value()) << to_string(read.error());
    EXPECT_EQ(read->actions, plan.actions);
    EXPECT_EQ(read->blocked, plan.blocked);
    EXPECT_EQ(read->findings, plan.findings);
    EXPECT_EQ(read->guardrail_hits, plan.guardrail_hits);
    EXPECT_EQ(to_json(*read), json);
  });
}

/// What the plan does about memberships, as "kind user-id group action-id"; no id where blocked.
/// What is withheld goes by the email: users with the same one have one finding.
std::set<std::string> verdicts_of(const Plan& plan) {
  std::set<std::string> all;
  const auto take = [&all](const Change& change, const std::string& id) {
    const std::string end = " " + id;
    if (const auto* create = std::get_if<CreateUser>(&change)) {
      for (const Grant& grant : create->grants) all.insert("gets " + create->email + " " + grant.group.name + end);
    } else if (const auto* add = std::get_if<AddMember>(&change)) {
      all.insert((id.empty() ? "blocked " : "gets ") + add->user_id + " " + add->grant.group.name + end);
    } else if (const auto* removal = std::get_if<RemoveMember>(&change)) {
      all.insert((id.empty() ? "blocked " : "loses ") + removal->user_id + " " + removal->group.name + end);
    }
  };
  for (const Action& action : plan.actions) take(action.change, action.id);
  for (const BlockedAction& blocked : plan.blocked) take(blocked.change, "");
  for (const Finding& finding : plan.findings) {
    if (finding.kind == FindingKind::removal_withheld) all.insert("withheld " + finding.subject + " " + finding.group);
  }
  return all;
}

/// Everybody whom a world has, once.
std::vector<std::string> people_of(const World& world) {
  std::set<std::string> emails;
  for (const DesiredUser& user : world.desired.users) emails.emplace(user.key);
  std::vector<std::string> people;
  for (const ModelUser& user : world.tenant.users) {
    if (user.email.empty()) people.push_back(user.id);
    if (!user.email.empty()) emails.insert(email_key(user.email));
  }
  people.insert(people.end(), emails.begin(), emails.end());
  return people;
}

std::vector<Explanation> explanations_of(const World& world, const Plan& plan) {
  std::vector<Explanation> explanations;
  const LiveState live = world.tenant.live();
  for (const std::string& person : people_of(world)) {
    auto explanation = explain(plan, world.desired, live, {}, person);
    EXPECT_TRUE(explanation.has_value()) << to_string(explanation.error());
    if (explanation) explanations.push_back(std::move(*explanation));
  }
  return explanations;
}

/// The same of an explained membership; empty where the plan should have nothing.
std::string verdict_of(const Explanation& person, const ExplainedGroup& group, ModelTenant& tenant) {
  const std::string who = group.user_id.empty() ? person.email : group.user_id;
  const std::string end = " " + group.group.name + " " + group.action_id;
  switch (group.verdict) {
    case Verdict::gets:
      return "gets " + who + end;
    case Verdict::loses:
      return "loses " + who + end;
    case Verdict::blocked:
      return "blocked " + who + end;
    case Verdict::withheld:
      return "withheld " + (person.declared ? person.email : tenant.by_id(who)->email) + " " + group.group.name;
    case Verdict::keeps:
    case Verdict::untouched:
      return {};
  }
  return {};
}

TEST_F(EveryPlan, IsExplainedAsItIs) {
  for_all_worlds([](World& world, const Plan& plan, unsigned /*seed*/) {
    std::set<std::string> verdicts;
    for (const Explanation& person : explanations_of(world, plan)) {
      for (const ExplainedGroup& group : person.groups) {
        const std::string verdict = verdict_of(person, group, world.tenant);
        EXPECT_FALSE(group.why.empty()) << verdict;
        EXPECT_EQ(group.action_id.empty(), group.verdict != Verdict::gets && group.verdict != Verdict::loses);
        EXPECT_EQ(group.cause.has_value(), group.verdict == Verdict::blocked);
        if (verdict.empty()) continue;
        EXPECT_TRUE(verdicts.insert(verdict).second || group.verdict == Verdict::withheld) << verdict << " twice";
      }
    }
    EXPECT_EQ(verdicts, verdicts_of(plan));
  });
}

/// Whether an explained membership will be there after an apply.
bool is_member_after(const ExplainedGroup& group) {
  return group.verdict == Verdict::gets || (group.member && group.verdict != Verdict::loses);
}

TEST_F(EveryPlan, IsExplainedWithWhatAnApplyWillLeave) {
  for_all_worlds([](World& world, const Plan& plan, unsigned /*seed*/) {
    const std::vector<Explanation> explanations = explanations_of(world, plan);
    for (const Action& action : plan.actions) std::visit(Execute{world.tenant}, action.change);
    std::map<std::string, std::set<std::string>> explained;
    for (const Explanation& person : explanations) {
      for (const ExplainedGroup& group : person.groups) {
        const std::string user = group.user_id.empty() ? "created-" + person.email : group.user_id;
        if (is_member_after(group)) explained[user].insert(group.group.name);
        EXPECT_TRUE(group.verdict != Verdict::keeps || group.member);
        EXPECT_TRUE(group.verdict != Verdict::withheld || group.member);
      }
    }
    std::map<std::string, std::set<std::string>> left;
    for (const ModelUser& user : world.tenant.users) left[user.id] = user.groups;
    EXPECT_EQ(explained, left);
  });
}

TEST_F(EveryPlan, IsExplainedWithTheGuardrailsThatNameThePerson) {
  static constexpr std::array kPersonal = {GuardrailKind::separate_duties, GuardrailKind::allowed_domains,
                                           GuardrailKind::privileged_reason};
  for_all_worlds([](World& world, const Plan& plan, unsigned /*seed*/) {
    for (const Explanation& person : explanations_of(world, plan)) {
      for (const GuardrailKind kind : kPersonal) {
        const auto names_person = [&](const GuardrailHit& hit) {
          const std::string name = person.email.empty() ? person.accounts.front().user_id : person.email;
          return hit.kind == kind && email_key(hit.message).find(email_key(name)) != std::string::npos;
        };
        const bool in_plan = std::any_of(plan.guardrail_hits.begin(), plan.guardrail_hits.end(), names_person);
        const bool explained = std::any_of(person.guardrail_hits.begin(), person.guardrail_hits.end(), names_person);
        EXPECT_EQ(explained, in_plan) << person.email;
        EXPECT_EQ(explained, std::any_of(person.guardrail_hits.begin(), person.guardrail_hits.end(),
                                         [kind](const GuardrailHit& hit) { return hit.kind == kind; }));
      }
    }
  });
}

/// 0 create, 1 add, 2 privileged add, 3 remove.
unsigned step_of(const Change& change) {
  if (std::holds_alternative<CreateUser>(change)) return 0;
  const auto* add = std::get_if<AddMember>(&change);
  if (add == nullptr) return 3;
  return add->grant.privileged ? 2 : 1;
}

TEST_F(EveryPlan, KeepsTheOrderOfStepsAndHasUniqueIds) {
  for_all_worlds([](World& /*world*/, const Plan& plan, unsigned /*seed*/) {
    std::set<std::string> ids;
    for (const Action& action : plan.actions) EXPECT_TRUE(ids.insert(action.id).second);
    EXPECT_TRUE(std::is_sorted(plan.actions.begin(), plan.actions.end(),
                               [](const Action& a, const Action& b) { return step_of(a.change) < step_of(b.change); }));
  });
}

/// A group that nobody is in may be missing from the tenant.
void drop_an_empty_group(ModelTenant& tenant, Dice& dice) {
  const std::string group = kGroups[dice.below(6)];
  const bool in_use = std::any_of(tenant.users.begin(), tenant.users.end(),
                                  [&](const ModelUser& user) { return user.groups.contains(group); });
  if (!in_use && group != "Everyone") std::erase(tenant.groups, group);
}

TEST(EveryPromotion, LeavesNobodyWithoutAGroupAndConverges) {
  unsigned with_blocked_groups = 0;
  for (unsigned seed = 0; seed < kSeeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    const World source = some_world(seed + kSeeds);
    World target = some_world(seed);
    target.desired.guardrails.fallback_group.clear();
    drop_an_empty_group(target.tenant, dice);
    PromotionOptions options;
    options.plan.now = fakes::time_of(kNow);
    options.all_groups = dice.one_in(3);
    if (dice.one_in(4)) options.groups = {"*a"};
    if (dice.one_in(4)) target.desired.guardrails.allowed_domains = {"y.com"};
    const LiveState from = source.tenant.live();
    const auto promoted = [&] {
      return plan_promotion({source.desired, from}, {target.desired, target.tenant.live()}, options);
    };
    const auto plan = promoted();
    if (!plan) continue;  // "*a" is declared in no group
    expect_all(ActionStanding::still_valid, *plan, target.tenant.live());
    expect_removals_allowed(target, *plan);
    EXPECT_TRUE(source.tenant.proved || plan->counts().remove == 0);
    for (const Action& action : plan->actions) std::visit(Execute{target.tenant}, action.change);
    const auto again = promoted();
    ASSERT_TRUE(again.has_value());
    EXPECT_THAT(actions(*again), ::testing::IsEmpty());
    const auto read = plan_from_json(to_json(*plan));
    ASSERT_TRUE(read.has_value()) << to_string(read.error());
    EXPECT_EQ(to_json(*read), to_json(*plan));
    with_blocked_groups += std::any_of(plan->blocked.begin(), plan->blocked.end(), [](const BlockedAction& blocked) {
      return blocked.cause == BlockCause::group_absent;
    });
  }
  EXPECT_GT(with_blocked_groups, kSeeds / 50);
}

}  // namespace
}  // namespace cipherform::plan_tests
