// An apply against a tenant, a ledger and a clock of the test's own. Whatever a test is
// about, these hold at its end: every change had a durable intent that was open when its
// request left, nobody was created twice, nobody was ever to be left without a group.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "cipherform/apply.h"
#include "fakes/fake_tenant.h"
#include "fakes/memory_ledger.h"
#include "fakes/scripted_transport.h"

namespace cipherform {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Stops when a test says so.
class StopWhen final : public Interruption {
 public:
  explicit StopWhen(std::function<bool()> when) : when_(std::move(when)) {}
  bool requested() const noexcept override { return when_(); }

 private:
  std::function<bool()> when_;
};

class ApplyTest : public testing::Test {
 protected:
  ApplyTest() {
    for (const char* name : {"Engineering", "Sales", "Support", "Admins"}) tenant_.add_group(name);
    tenant_.before_change([this](std::size_t index, std::span<const fakes::AskedChange> asked) {
      std::string line = asked.front().kind;
      for (const auto& change : asked) {
        line += " " + change.email.substr(0, change.email.find('@'));
        if (!change.group.empty()) line += " " + change.group;
        if (!ledger_.is_open(change.kind, change.email, change.group)) {
          ADD_FAILURE() << "request " << index << " left without an intent: " << line;
        }
      }
      sent_.push_back(line);
      if (at_change_) at_change_(index);
    });
    plan_.environment = "qa";
    plan_.base_url = "https://public-api.cipherscale.com/qa";
    plan_.created_at = clock_.now();
    lease_ = *ledger_.acquire("qa", {"ada", "laptop", 4711}, clock_.now());
    run_ = *ledger_.begin_run(lease_, plan_, clock_.now());
  }
  void TearDown() override { EXPECT_EQ(tenant_.violations(), std::vector<std::string>{}); }

  static std::string email(const std::string& name) { return name + "@example.com"; }
  GroupRef group(const std::string& name) const { return {group_ids_.at(name), name}; }

  /// A user who exists, in these groups.
  void exists(const std::string& name, const std::vector<std::string>& groups) {
    ids_[name] = tenant_.add_user(email(name), groups);
    plan_.live_users = static_cast<std::uint32_t>(tenant_.users().size());
  }
  // Actions, in the order in which a test names them. Their ids read like what is sent.
  void create(const std::string& name, const std::vector<std::string>& groups = {"Engineering"}) {
    CreateUser change{email(name), {}};
    for (const std::string& of : groups) change.grants.push_back({.group = group(of), .sources = {}, .until = {}});
    plan_.actions.push_back({"create " + name, std::move(change)});
  }
  void create_many(int count, const std::vector<std::string>& groups = {"Engineering"}) {
    for (int i = 0; i < count; ++i) create("user" + std::to_string(i), groups);
  }
  void add(const std::string& name, const std::string& to, bool privileged = false) {
    plan_.actions.push_back(
        {"add " + name + " " + to,
         AddMember{
             ids_.at(name), email(name), {.group = group(to), .privileged = privileged, .sources = {}, .until = {}}}});
  }
  void remove(const std::string& name, const std::string& from) {
    plan_.actions.push_back({"remove " + name + " " + from,
                             RemoveMember{ids_.at(name), email(name), group(from), RemovalCause::not_declared, {}}});
  }

  ApplyReport apply(const Interruption* interruption = nullptr, ApplyObserver* observer = nullptr,
                    Progress* progress = nullptr) {
    TenantLink link(transport_, clock_, random_, link_options_);
    LeaseKeeper lease(ledger_, lease_, clock_.instant(), clock_, progress, interruption);
    return apply_plan(plan_, link, lease, run_, options_, observer);
  }

  /// "done", "refused: answered 422: no", … of each action.
  static std::vector<std::string> outcomes(const ApplyReport& report) {
    std::vector<std::string> lines;
    for (const ActionReport& action : report.actions) {
      std::string line(to_string(action.outcome));
      if (!action.detail.empty()) line += ": " + action.detail;
      lines.push_back(line);
    }
    return lines;
  }
  static std::size_t count(const ApplyReport& report, ActionOutcome outcome) {
    std::size_t n = 0;
    for (const ActionReport& action : report.actions) n += action.outcome == outcome ? 1 : 0;
    return n;
  }
  /// What the ledger has is what was reported, for every action that was tried.
  void expect_ledger_agrees(const ApplyReport& report) const {
    for (std::size_t i = 0; i < plan_.actions.size(); ++i) {
      const std::string recorded = ledger_.outcome_of(plan_.actions[i].id);
      if (recorded.empty()) {
        EXPECT_EQ(report.actions[i].outcome, ActionOutcome::skipped) << plan_.actions[i].id;
      } else {
        EXPECT_EQ(recorded, to_string(report.actions[i].outcome)) << plan_.actions[i].id;
        EXPECT_EQ(ledger_.detail_of(plan_.actions[i].id), report.actions[i].detail) << plan_.actions[i].id;
      }
    }
  }
  /// The change requests that were sent, retries included, with their times.
  std::vector<fakes::ScriptedTransport::Sent> change_requests() const {
    std::vector<fakes::ScriptedTransport::Sent> changes;
    for (const auto& sent : transport_.sent()) {
      if (sent.request.method != Method::get) changes.push_back(sent);
    }
    return changes;
  }

  using Lines = std::vector<std::string>;

  fakes::VirtualClock clock_;
  fakes::FakeTenant tenant_;
  fakes::MemoryLedger ledger_;
  fakes::ScriptedTransport transport_{clock_, tenant_.handler()};
  std::mt19937_64 random_{1};
  TenantLink::Options link_options_{.retry = {}, .parallelism = 8};
  ApplyOptions options_;
  Plan plan_;
  Lease lease_;
  RunId run_ = 0;
  Lines sent_;                                  ///< "add_member ada Sales", in order
  std::function<void(std::size_t)> at_change_;  ///< a test's own, at each change request
  std::map<std::string, std::string> ids_;      ///< of users, by name
  std::map<std::string, std::string> group_ids_{{"Engineering", "00000000-0000-4000-8000-000000000001"},
                                                {"Sales", "00000000-0000-4000-8000-000000000002"},
                                                {"Support", "00000000-0000-4000-8000-000000000003"},
                                                {"Admins", "00000000-0000-4000-8000-000000000004"}};
};

}  // namespace cipherform
