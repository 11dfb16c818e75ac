#include "cli/planning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "fakes/fake_tenant.h"
#include "fakes/temporary_directory.h"

namespace cipherform::cli {
namespace {

using testing::HasSubstr;

constexpr std::string_view kEnvironments =
    "version: 1\nenvironments:\n  qa: {url: 'https://api.example.com/qa'}\ninclude: [people.yaml]\n";

class Silent final : public Progress, public Interruption {
 public:
  void update(std::string_view /*what*/, std::uint64_t /*done*/, std::uint64_t /*total*/) override {}
  void waiting(std::string_view /*why*/, std::chrono::milliseconds /*left*/) override {}
  bool requested() const noexcept override { return false; }
};

class PlanningTest : public testing::Test {
 protected:
  PlanningTest() {
    invocation_.project = directory_.path();
    directory_.write("cipherform.yaml", kEnvironments);
    tenant_.add_group("Eng");
    tenant_.add_user("ada@x.com", {"Eng"});
  }

  tl::expected<Plan, ExitCode> plan(const std::string& people) {
    directory_.write("people.yaml", people);
    auto clock = std::make_unique<fakes::VirtualClock>();
    TenantAccess access;
    access.environment.name = "qa";
    access.transport = std::make_unique<fakes::ScriptedTransport>(*clock, tenant_.handler());
    access.clock = std::move(clock);
    access.random = std::make_unique<std::mt19937_64>(1);
    access.link = std::make_unique<TenantLink>(*access.transport, *access.clock, *access.random, TenantLink::Options{});
    Silent silent;
    return plan_environment(invocation_, access, console_, silent, silent);
  }

  const fakes::TemporaryDirectory directory_;
  fakes::FakeTenant tenant_;
  Invocation invocation_;
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  const Surroundings surroundings_{.in = in_, .out = out_, .err = err_};
  Console console_{surroundings_, ColorMode::never};
};

TEST_F(PlanningTest, ComparesTheDeclarationWithTheTenant) {
  const auto made = plan("users:\n- {email: bob@x.com, groups: [Eng]}\n");
  ASSERT_TRUE(made) << err_.str();
  EXPECT_EQ(made->environment, "qa");
  EXPECT_EQ(made->counts(), (PlanCounts{.create = 1}));
  EXPECT_TRUE(made->selection.everything());
  EXPECT_EQ(err_.str(), "");
}

TEST_F(PlanningTest, ShowsEveryErrorOfTheDeclaration) {
  EXPECT_EQ(plan("users:\n- {email: bob, groups: [Eng]}\n- {email: cleo@x.com, group: [Eng]}\n").error(),
            ExitCode::error);
  EXPECT_THAT(err_.str(), HasSubstr("people.yaml:2:11: error: "));
  EXPECT_THAT(err_.str(), HasSubstr("people.yaml:3:23: error: "));
}

TEST_F(PlanningTest, ShowsEveryNameThatTheTenantDoesNotHave) {
  EXPECT_EQ(plan("users:\n- {email: bob@x.com, groups: [Engg, Ops]}\n").error(), ExitCode::error);
  EXPECT_THAT(err_.str(), HasSubstr("'Engg'"));
  EXPECT_THAT(err_.str(), HasSubstr("'Ops'"));
}

TEST_F(PlanningTest, RefusesASelectionThatSelectsNothing) {
  invocation_.selection.targets = {"bobb@x.com", "Eng"};
  EXPECT_EQ(plan("users:\n- {email: bob@x.com, groups: [Eng]}\n").error(), ExitCode::error);
  EXPECT_EQ(err_.str(),
            "error: --target 'bobb@x.com' matches no email and no group (neither in the declaration nor in the tenant "
            "of qa)\n");
}

TEST_F(PlanningTest, WithoutAGoodDeclarationThereIsNoEnvironment) {
  directory_.write("people.yaml", "users: 1\n");
  EXPECT_TRUE(environment_of(invocation_, console_)) << "included files are not read for it";
  directory_.write("cipherform.yaml", std::string(kEnvironments) + "bogus: 1\n");
  EXPECT_FALSE(environment_of(invocation_, console_));
  EXPECT_THAT(err_.str(), HasSubstr("cipherform.yaml:5:1: error: unknown key 'bogus'"));
  EXPECT_THAT(err_.str(), HasSubstr("people.yaml:1:8: error: ")) << "all errors in one run";
}

TEST_F(PlanningTest, EachKindOfErrorHasItsExitCode) {
  for (const auto& [kind, code] :
       {std::pair{ErrorKind::guardrail, ExitCode::refused}, std::pair{ErrorKind::stale, ExitCode::stale},
        std::pair{ErrorKind::interrupted, ExitCode::interrupted}, std::pair{ErrorKind::usage, ExitCode::error},
        std::pair{ErrorKind::transport, ExitCode::error}, std::pair{ErrorKind::ledger, ExitCode::error}}) {
    EXPECT_EQ(report_error(console_, {kind, "it failed", {}, {}, false}), code);
  }
}

}  // namespace
}  // namespace cipherform::cli
