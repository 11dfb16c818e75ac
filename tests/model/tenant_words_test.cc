#include <gmock/gmock.h>

#include "cipherform/model.h"

namespace cipherform {
namespace {

using testing::ElementsAre;
using testing::Field;

DesiredState two_people() {
  DesiredState state;
  state.users = {{.email = "Ada@example.com", .key = "ada@example.com", .first_membership = 0, .membership_count = 1},
                 {.email = "bob@b.example.org", .key = "bob@b.example.org", .first_membership = 1, .membership_count = 2}};
  state.mapping.email_domains = {{"example.com", "z.example.com"}, {"b.example.org", "a.example.org"}};
  return state;
}

TEST(TenantWords, SpellUsersAsTheTenantDoesAndKeepWhoHasWhat) {
  DesiredState state = two_people();
  state.mapping.email_domains = {{"b.example.org", "a.example.org"}};
  state.users[1].email = "aaa@B.example.org";
  state.users[1].key = "aaa@b.example.org";
  to_tenant_words(state);
  EXPECT_THAT(state.users, ElementsAre(Field(&DesiredUser::email, "aaa@a.example.org"),
                                       Field(&DesiredUser::email, "Ada@example.com")));
  EXPECT_EQ(state.users[0].key, "aaa@a.example.org");
  EXPECT_EQ(state.users[0].first_membership, 1U);
  EXPECT_EQ(state.users[0].membership_count, 2U);
}

TEST(TenantWords, ApplyToTheGuardrails) {
  DesiredState state = two_people();
  state.guardrails.protected_users = {"ada@example.com", "eve@elsewhere.org"};
  state.guardrails.allowed_domains = {"example.com", "elsewhere.org"};
  to_tenant_words(state);
  EXPECT_THAT(state.guardrails.protected_users, ElementsAre("ada@z.example.com", "eve@elsewhere.org"));
  EXPECT_THAT(state.guardrails.allowed_domains, ElementsAre("z.example.com", "elsewhere.org"));
}

TEST(TenantWords, LeaveAStateWithoutAMappingAsItIs) {
  DesiredState state = two_people();
  state.mapping = {};
  const char* const storage = state.users[0].email.data();
  to_tenant_words(state);
  EXPECT_EQ(state.users[0].email.data(), storage);
  EXPECT_EQ(state.strings.bytes(), 0U);
}

}  // namespace
}  // namespace cipherform
