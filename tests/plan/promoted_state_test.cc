#include "plan/promoted_state.h"

#include <gtest/gtest.h>

#include "fakes/states.h"

namespace cipherform::plan {
namespace {

using fakes::Desired;
using fakes::in;
using fakes::Live;

TEST(PromotedState, HasTheColumnsOfADesiredState) {
  const DesiredState from = Desired().environment("qa", "u").user("bob@x.com", {in("Eng").reason("R")});
  const LiveState live = Live().user("Zoe@x.com", {"Ops"}).user("bob@x.com", {"Ops", "Eng"}).user("Ada@x.com", {"Eng"});
  const DesiredState to = Desired().environment("prod", "v").group("Ops").group("Eng").user("ADA@x.com", {"Eng"});
  const auto promoted = promoted_state({from, live}, to, {});
  ASSERT_TRUE(promoted.has_value());
  const DesiredState& state = promoted->state;
  ASSERT_EQ(state.users.size(), 3U);
  EXPECT_EQ(state.users[0].email, "ADA@x.com");  // as the target's declaration spells it
  EXPECT_EQ(state.users[1].key, "bob@x.com");
  EXPECT_EQ(state.users[2].email, "Zoe@x.com");
  ASSERT_EQ(state.groups.size(), 2U);
  EXPECT_EQ(state.groups[0].name, "Eng");
  ASSERT_EQ(state.memberships_of(state.users[1]).size(), 2U);
  const auto& [eng, ops] = std::pair{state.memberships_of(state.users[1])[0], state.memberships_of(state.users[1])[1]};
  EXPECT_EQ(eng.group, 0U);
  EXPECT_EQ(source_of(state, state.sources_of(eng)[0]).reason, "R");
  EXPECT_EQ(source_of(state, state.sources_of(eng)[0]).file, "users.yaml");
  EXPECT_EQ(source_of(state, state.sources_of(ops)[0]).promoted_from, "qa");
}

TEST(PromotedState, HoldsWhoIsDeactivated) {
  const DesiredState from = Desired().environment("qa", "u");
  const LiveState live =
      Live().user("zoe@x.com", {"Eng"}).user("ada@x.com", {"Eng"}, {.status = "deactivated"}).unproved("why");
  const auto promoted = promoted_state({from, live}, Desired().group("Eng"), {});
  ASSERT_TRUE(promoted.has_value());
  ASSERT_EQ(promoted->rules.held.size(), 1U);
  EXPECT_EQ(promoted->rules.held.at(0), "the user is deactivated in qa");
  EXPECT_EQ(promoted->rules.unproved, "the user list of qa was not proved complete: why");
}

}  // namespace
}  // namespace cipherform::plan
