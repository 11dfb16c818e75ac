#include "cli/plan_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cipherform/render.h"
#include "cli/output_file.h"
#include "fakes/temporary_directory.h"

namespace cipherform::cli {
namespace {

Plan small_plan() {
  Plan plan;
  plan.environment = "qa";
  plan.base_url = "https://example.com/qa";
  plan.tool_version = "1";
  plan.declaration_digest = std::string(64, 'a');
  plan.live_digest = std::string(32, 'b');
  plan.proof.complete = true;
  plan.actions.push_back(
      {"0123456789abcdef", RemoveMember{"id-1", "ada@example.com", {"id-2", "Engineering"}, {}, {}}});
  return plan;
}

TEST(PlanOutput, WritesEveryFormToItsPlace) {
  const fakes::TemporaryDirectory directory;
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const Surroundings around{.in = in, .out = out, .err = err};
  Console console(around, ColorMode::always);
  const Plan plan = small_plan();
  const auto file = directory.path() / "plan.txt";
  const auto page = directory.path() / "plan.html";
  ASSERT_TRUE(write_plan(
      plan, {{Form::json, std::nullopt}, {Form::text, file}, {Form::text, std::nullopt}, {Form::html, page}}, console));
  EXPECT_EQ(out.str(), to_json(plan) + render_text(plan, {.color = true}));
  EXPECT_EQ(read_file(file, 10'000), render_text(plan, {.color = false})) << "a file is never coloured";
  EXPECT_EQ(read_file(page, 1'000'000), render_html(plan));
}

TEST(PlanOutput, ThatNobodyCanReadIsAFailure) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  out.setstate(std::ios::badbit);
  const Surroundings around{.in = in, .out = out, .err = err};
  Console console(around, ColorMode::never);
  const auto written = write_plan(small_plan(), {{Form::text, std::nullopt}}, console);
  ASSERT_FALSE(written);
  EXPECT_THAT(to_string(written.error()), testing::HasSubstr("standard output cannot be written"));
}

TEST(PlanOutput, EachFormIsMadeForItsOutputAlone) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const Surroundings around{.in = in, .out = out, .err = err};
  Console console(around, ColorMode::never);
  std::vector<Form> made;
  ASSERT_TRUE(write_forms({{Form::json, std::nullopt}}, console, [&](Form form, bool /*color*/) {
    made.push_back(form);
    return std::string("{}\n");
  }));
  EXPECT_EQ(made, std::vector{Form::json});
  EXPECT_EQ(out.str(), "{}\n");
}

}  // namespace
}  // namespace cipherform::cli
