#include "apply/created_users.h"

#include <gtest/gtest.h>

namespace cipherform::apply {
namespace {

CreateUser asked(std::string email, const std::vector<std::string>& groups) {
  CreateUser create{std::move(email), {}};
  for (const std::string& name : groups) {
    create.grants.push_back({.group = {"id-" + name, name}, .sources = {}, .until = {}});
  }
  return create;
}

std::vector<std::string> missing(const std::vector<CreateUser>& users, const std::vector<CreatedUser>& answered) {
  std::vector<const CreateUser*> pointers;
  pointers.reserve(users.size());
  for (const CreateUser& user : users) pointers.push_back(&user);
  return missing_from_answer(pointers, answered);
}

using Lines = std::vector<std::string>;

TEST(CreatedUsers, AreMatchedByEmailWhateverOrderAndCase) {
  EXPECT_EQ(missing({asked("ada@x.com", {"A"}), asked("Bob@x.com", {"A", "B"})},
                    {{"2", "bob@X.com", {"id-B", "id-A", "id-C"}}, {"1", "ADA@x.com", {"id-A"}}}),
            (Lines{"", ""}));
}

TEST(CreatedUsers, WhoIsNotInTheAnswerIsMissing) {
  EXPECT_EQ(missing({asked("ada@x.com", {"A"}), asked("bob@x.com", {"A"})}, {{"1", "ada@x.com", {"id-A"}}}),
            (Lines{"", "the answer does not name this user"}));
  EXPECT_EQ(missing({asked("ada@x.com", {"A"})}, {}), Lines{"the answer does not name this user"});
}

TEST(CreatedUsers, GroupsThatTheAnswerLacksAreNamed) {
  EXPECT_EQ(missing({asked("ada@x.com", {"A", "B", "C"})}, {{"1", "ada@x.com", {"id-B"}}}),
            Lines{"the answer names this user without A, C"});
}

TEST(CreatedUsers, OthersInTheAnswerDoNotMatter) {
  EXPECT_EQ(missing({asked("ada@x.com", {"A"})}, {{"7", "eve@x.com", {}}, {"8", "", {}}, {"1", "ada@x.com", {"id-A"}}}),
            Lines{""});
}

}  // namespace
}  // namespace cipherform::apply
