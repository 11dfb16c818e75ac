// Writes the pages that the browser tests open: html_pages DIRECTORY.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "cipherform/render.h"
#include "render/random_plans.h"
#include "render/sample_plans.h"

namespace cipherform {
namespace {

/// Numbers that are the same everywhere: the library's distributions are not.
class Numbers {
 public:
  unsigned below(unsigned limit) { return static_cast<unsigned>(engine_() % limit); }
  bool once_in(unsigned times) { return below(times) == 0; }

 private:
  std::mt19937_64 engine_{20270119};  // NOLINT(cert-msc51-cpp): the same numbers on purpose
};

/// A company: names, departments, and what a reorganisation does to them.
class Company {
 public:
  Company(unsigned people, unsigned groups) : people_(people) {
    static const std::vector<std::string> departments = {"Engineering", "Finance", "Sales",  "Support",
                                                         "Security",    "Legal",   "People", "Research"};
    for (unsigned i = 0; i < groups; ++i) {
      const std::string& department = departments[i % departments.size()];
      names_.push_back(i < departments.size() ? department : fmt::format("{} {:03}", department, i));
    }
  }

  Plan plan() {
    Plan plan = samples::empty_plan();
    plan.environment = "prod";
    plan.base_url = "https://public-api.cipherscale.com/prod";
    plan.live_users = people_ * 3;
    plan.declared_users = plan.live_users + 20;
    for (unsigned i = 0; i < people_; ++i) person(plan, i);
    const auto kind = [](const Action& action) { return action.change.index(); };
    std::stable_sort(plan.actions.begin(), plan.actions.end(),
                     [&](const Action& a, const Action& b) { return kind(a) < kind(b); });
    for (const auto& [group, members] : members_) plan.groups.push_back({group, members});
    return plan;
  }

 private:
  std::string email(unsigned i) const {
    static const std::vector<std::string> first = {"ada", "bob", "cleo", "dan", "eve",
                                                   "fay", "gus", "hal",  "ida", "jon"};
    static const std::vector<std::string> last = {"abel", "baker", "chen", "diaz", "evans", "fox", "gupta", "haas"};
    return fmt::format("{}.{}.{:06}@example.com", first[i * first.size() / people_], last[i % last.size()], i);
  }

  Grant grant(unsigned i) {
    Grant grant;
    const std::string& name = names_[numbers_.below(static_cast<unsigned>(names_.size()))];
    grant.group = {"id-of-" + name, name};
    grant.privileged = numbers_.once_in(200);
    Source source{fmt::format("users/{:02}.yaml", i % 64),    i / 64 + 3, 7, "",
                  fmt::format("OPS-{}", numbers_.below(900)), {}};
    if (numbers_.once_in(3)) source.team = "platform";
    if (numbers_.once_in(20)) source.until = parse_until("2027-01-31");
    grant.until = source.until;
    grant.sources = {source};
    touch(name);
    return grant;
  }

  void touch(const std::string& group) { members_.try_emplace(group, 40 + numbers_.below(400)); }

  void act(Plan& plan, Change change) {
    plan.actions.push_back({fmt::format("{:016x}", plan.actions.size() + 1), std::move(change)});
  }

  void person(Plan& plan, unsigned i) {
    if (numbers_.once_in(16)) {
      CreateUser create{email(i), {grant(i)}};
      act(plan, std::move(create));
      return;
    }
    PersonBefore before{fmt::format("{:08x}-90c0-4b58-8f0e-3c1f6f0f8a11", i), email(i), {"Everyone"}};
    const std::string& left = names_[numbers_.below(8)];
    before.groups.push_back(left);
    std::sort(before.groups.begin(), before.groups.end());
    act(plan, AddMember{before.user_id, before.email, grant(i)});
    if (numbers_.once_in(3)) {
      touch(left);
      act(plan, RemoveMember{before.user_id, before.email, {"id-of-" + left, left}, RemovalCause::not_declared, {}});
    }
    plan.people.push_back(std::move(before));
  }

  unsigned people_;
  Numbers numbers_;
  std::vector<std::string> names_;
  std::map<std::string, std::uint32_t> members_;
};

Plan hundred_thousand_actions() {
  Plan plan = Company(80'000, 400).plan();
  plan.actions.erase(plan.actions.begin() + 100'000, plan.actions.end());
  plan.guardrail_hits = {{GuardrailKind::max_creates, "4,963 users would be created: more than 200", "creates=4963"}};
  return plan;
}

int write_pages(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  const std::vector<std::pair<std::string, Plan>> pages = {{"rich", samples::rich_plan()},
                                                           {"empty", samples::empty_plan()},
                                                           {"hostile", samples::hostile_plan()},
                                                           {"markup", samples::markup_plan()},
                                                           {"corpus", samples::plan_of_the_corpus()},
                                                           {"unproved", samples::unproved_plan(90)},
                                                           {"findings", samples::plan_with_many_findings()},
                                                           {"company", Company(60, 14).plan()},
                                                           {"large", hundred_thousand_actions()}};
  for (const auto& [name, plan] : pages) {
    std::ofstream file(directory / (name + ".html"), std::ios::binary);
    file << render_html(plan);
    if (!file.flush()) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace cipherform

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("html_pages DIRECTORY\n", stderr);
    return 1;
  }
  return cipherform::write_pages(argv[1]);
}
