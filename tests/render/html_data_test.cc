// The script's data of small plans, whole.
#include "render/html_data.h"

#include <gtest/gtest.h>

#include <string>

#include "render/sample_plans.h"

namespace cipherform {
namespace {

std::string data_of(const Plan& plan) { return script_data(plan, make_rows(plan)); }

Plan plan_of_one() {
  Plan plan = samples::empty_plan();
  plan.actions = {{"1", AddMember{"id-1", "bob@example.com", {{"g", "Admins"}, true, false, {}, {}}}},
                  {"2", RemoveMember{"id-1", "bob@example.com", {"h", "Sales"}, RemovalCause::not_declared, {}}}};
  plan.people = {{"id-1", "bob@example.com", {"Everyone", "Sales"}}};
  plan.groups = {{"Admins", 3}, {"Sales", 12}};
  return plan;
}

TEST(ScriptData, IsColumnsOfIndexesIntoStrings) {
  EXPECT_EQ(data_of(plan_of_one()),
            R"({"strings":["","Admins","Sales","bob@example.com","id-1","not declared","Everyone"],
"groups":{"name":[1,2,6],
"members":[3,12,-1]},
"people":{"email":[3],
"id":[4],
"mark":"~",
"changes":[2],
"befores":[1]},
"changes":{"group":[0,1],
"kind":"Ar",
"note":[0,5],
"origin":[0,0],
"until":[0,0],
"reason":[0,0]},
"befores":{"id":[4],
"set":[0],
"sets":[[2,1]]},
"findings":{"titles":[],
"section":[],
"text":[],
"subject":[]}})");
}

TEST(ScriptData, TellsCreatedFromAddedAndBlocked) {
  EXPECT_NE(data_of(samples::rich_plan()).find(R"("kind":"rCccaArbarbc")"), std::string::npos)
      << data_of(samples::rich_plan());
}

TEST(ScriptData, KeepsAllThatAnEmailWasInWhereTwoUsersHaveIt) {
  Plan plan = plan_of_one();
  plan.people = {{"id-1", "Bob@example.com", {"Sales"}}, {"id-2", "bob@example.com", {"Admins"}}};
  const std::string data = data_of(plan);
  EXPECT_NE(data.find("\"befores\":[2]"), std::string::npos) << data;
  EXPECT_NE(data.find("\"sets\":[[1],[0]]"), std::string::npos) << data;
}

TEST(ScriptData, WritesAListOfGroupsThatManyAreInOnce) {
  Plan plan = samples::large_plan(3);
  for (int i = 0; i < 3; ++i) {
    const std::string email = "person-00000" + std::to_string(i) + "@example.com";
    plan.people.push_back({"id-" + email, email, {"Contractors"}});
  }
  const std::string data = data_of(plan);
  EXPECT_NE(data.find("\"set\":[0,0,0],\n\"sets\":[[2]]"), std::string::npos) << data;
}

TEST(ScriptData, HoldsApartGroupsThatLookTheSame) {
  Plan plan = samples::empty_plan();
  plan.actions = {{"1", AddMember{"id-1", "bob@example.com", {{"g", "A\x1b"}, false, false, {}, {}}}},
                  {"2", AddMember{"id-1", "bob@example.com", {{"h", "A\\x1b"}, false, false, {}, {}}}}};
  EXPECT_NE(data_of(plan).find("\"group\":[0,1]"), std::string::npos);
}

TEST(ScriptData, HasNothingInItThatMarkupIsMadeOf) {
  for (const Plan& plan : {samples::markup_plan(), samples::hostile_plan()}) {
    EXPECT_EQ(data_of(plan).find_first_of("<>&"), std::string::npos);
  }
}

}  // namespace
}  // namespace cipherform
