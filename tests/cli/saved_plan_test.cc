#include "cli/saved_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/output_file.h"
#include "cli/plan_output.h"
#include "fakes/temporary_directory.h"

namespace cipherform::cli {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

const Time kMade = *parse_rfc3339("2027-01-19T09:30:00Z");

Plan small_plan() {
  Plan plan;
  plan.environment = "qa";
  plan.base_url = "https://example.com/qa";
  plan.tool_version = "1";
  plan.created_at = kMade;
  plan.declaration_digest = std::string(64, 'a');
  plan.live_digest = std::string(32, 'b');
  plan.proof.complete = true;
  plan.actions.push_back(
      {"0123456789abcdef", RemoveMember{"id-1", "ada@example.com", {"id-2", "Engineering"}, {}, {}}});
  return plan;
}

Environment environment(std::string name, std::string url) {
  Environment environment;
  environment.name = std::move(name);
  environment.url = std::move(url);
  return environment;
}

/// "" where the plan may be used at `now`.
std::string refusal(const Plan& plan, const Invocation& invocation, Time now,
                    const Environment& bound = environment("qa", "https://example.com/qa")) {
  const auto checked = check_plan(plan, bound, invocation, now);
  if (checked) return "";
  EXPECT_EQ(checked.error().kind, ErrorKind::stale);
  EXPECT_THAT(checked.error().hint, HasSubstr("nothing was changed"));
  return checked.error().what;
}

TEST(SavedPlan, ComesBackTheSame) {
  const fakes::TemporaryDirectory directory;
  const auto file = directory.path() / "plan.json";
  ASSERT_TRUE(save_plan(small_plan(), file));
  const auto loaded = load_plan(file);
  ASSERT_TRUE(loaded) << to_string(loaded.error());
  EXPECT_EQ(to_json(*loaded), to_json(small_plan()));
}

TEST(SavedPlan, ThatIsDamagedIsNamed) {
  const fakes::TemporaryDirectory directory;
  const auto file = directory.write("plan.json", "{");
  EXPECT_THAT(to_string(load_plan(file).error()), HasSubstr(file.string()));
}

TEST(SavedPlan, IsBoundToItsEnvironmentAndUrl) {
  EXPECT_EQ(refusal(small_plan(), {}, kMade), "");
  EXPECT_EQ(refusal(small_plan(), {}, kMade, environment("prod", "https://example.com/qa")),
            "the plan is for qa at https://example.com/qa, and the declaration has prod at https://example.com/qa");
  EXPECT_THAT(refusal(small_plan(), {}, kMade, environment("qa", "https://example.com/other")),
              HasSubstr("the declaration has qa at https://example.com/other"));
}

TEST(SavedPlan, GrowsTooOld) {
  EXPECT_EQ(refusal(small_plan(), {}, kMade + hours{24}), "");
  EXPECT_EQ(refusal(small_plan(), {}, kMade + hours{24} + seconds{1}),
            "the plan was made 24 h 0 min ago, and may be 24 h 0 min old");
  Invocation patient;
  patient.max_plan_age = hours{48};
  EXPECT_EQ(refusal(small_plan(), patient, kMade + hours{47}), "");
  Invocation strict;
  strict.max_plan_age = minutes{30};
  EXPECT_EQ(refusal(small_plan(), strict, kMade + minutes{31}), "the plan was made 31 min ago, and may be 30 min old");
}

TEST(SavedPlan, IsNotJudgedByItsAsOf) {
  Plan plan = small_plan();
  plan.as_of = kMade + hours{24 * 365};
  EXPECT_EQ(refusal(plan, {}, kMade), "");
  EXPECT_THAT(refusal(plan, {}, *plan.as_of), HasSubstr("the plan was made 8760 h 0 min ago"));
}

TEST(SavedPlan, FromTheFutureIsRefusedButForAClockThatIsALittleAhead) {
  EXPECT_EQ(refusal(small_plan(), {}, kMade - minutes{5}), "");
  EXPECT_EQ(refusal(small_plan(), {}, kMade - minutes{6}),
            "the plan was made at 2027-01-19T09:30:00Z, which is in the future");
}

TEST(SavedPlan, MustBeTheOneThatWasApproved) {
  Invocation invocation;
  invocation.expected_fingerprint = fingerprint(small_plan());
  EXPECT_EQ(refusal(small_plan(), invocation, kMade), "");
  Plan other = small_plan();
  std::get<RemoveMember>(other.actions[0].change).group = {"id-3", "Admins"};
  EXPECT_EQ(refusal(other, invocation, kMade), "this plan has the fingerprint " + fingerprint(other) + ", and " +
                                                   fingerprint(small_plan()) + " is what was approved");
}

}  // namespace
}  // namespace cipherform::cli
