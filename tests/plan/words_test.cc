#include "plan/words.h"

#include <gtest/gtest.h>

namespace cipherform::plan {
namespace {

TEST(Words, EveryValueIsReadBackFromItsWord) {
  EXPECT_EQ(from_word<RemovalCause>("expired"), RemovalCause::expired);
  EXPECT_EQ(from_word<BlockCause>("duplicate_email"), BlockCause::duplicate_email);
  EXPECT_EQ(from_word<FindingKind>("unmanaged_user"), FindingKind::unmanaged_user);
  EXPECT_EQ(from_word<FindingKind>("groups_not_listed"), FindingKind::groups_not_listed);
  EXPECT_EQ(from_word<FindingKind>("people_not_compared"), FindingKind::people_not_compared);
  EXPECT_EQ(from_word<GuardrailKind>("privileged_reason"), GuardrailKind::privileged_reason);
}

TEST(Words, AnUnknownWordIsNoValue) {
  EXPECT_EQ(from_word<FindingKind>(""), std::nullopt);
  EXPECT_EQ(from_word<FindingKind>("Unmanaged_user"), std::nullopt);
  EXPECT_EQ(from_word<GuardrailKind>("unmanaged_user"), std::nullopt);
}

TEST(Words, NameTheKindsOfChanges) {
  EXPECT_EQ(kind_word(CreateUser{}), "create_user");
  EXPECT_EQ(kind_word(AddMember{}), "add_member");
  EXPECT_EQ(kind_word(RemoveMember{}), "remove_member");
}

}  // namespace
}  // namespace cipherform::plan
