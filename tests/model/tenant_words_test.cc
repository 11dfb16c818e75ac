#include <gmock/gmock.h>

#include "cipherform/model.h"

namespace cipherform {
namespace {

using testing::ElementsAre;
using testing::Field;

DesiredState two_people() {
  DesiredState state;
  const auto user = [](std::string_view email, std::string_view key, std::uint32_t first, std::uint32_t count) {
    DesiredUser made;
    made.email = email;
    made.key = key;
    made.first_membership = first;
    made.membership_count = count;
    return made;
  };
  state.users = {user("Ada@example.com", "ada@example.com", 0, 1),
                 user("bob@b.example.org", "bob@b.example.org", 1, 2)};
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

TEST(DeclaredWords, TakeTheTenantsGroupsAndEmailsBack) {
  LiveState live;
  for (const std::string_view name : {"ENG-Prod", "Engineering", "Sales"})
    live.groups.push_back({.id = name, .name = name});
  for (const std::string_view email : {"Ada@qa.example.com", "eve@example.com", "", "bob@elsewhere.org"}) {
    LiveUser user;
    user.email = email;
    live.users.push_back(user);
  }
  to_declared_words(
      live, {.group_names = {{"Engineering", "ENG-Prod"}}, .email_domains = {{"example.com", "qa.example.com"}}});
  EXPECT_THAT(live.groups, ElementsAre(Field(&LiveGroup::name, "Engineering"), Field(&LiveGroup::name, ""),
                                       Field(&LiveGroup::name, "Sales")));
  EXPECT_THAT(live.users, ElementsAre(Field(&LiveUser::email, "Ada@example.com"), Field(&LiveUser::email, ""),
                                      Field(&LiveUser::email, ""), Field(&LiveUser::email, "bob@elsewhere.org")));
}

}  // namespace
}  // namespace cipherform
