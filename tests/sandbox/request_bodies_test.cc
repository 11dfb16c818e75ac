#include "sandbox/request_bodies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cipherform::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> faults_of(std::string_view body) {
  const auto request = parse_create_users(body);
  return request ? std::vector<std::string>{} : request.error().messages;
}

TEST(CreateUsersBody, IsAnObjectOrAnArray) {
  const auto one = parse_create_users(R"({"groups":["g1","g2"],"email":"a\u0040example.com"})").value();
  EXPECT_FALSE(one.as_array);
  ASSERT_EQ(one.users.size(), 1U);
  EXPECT_EQ(one.users[0].email, "a@example.com");
  EXPECT_THAT(one.users[0].groups, ElementsAre("g1", "g2"));
  const auto many = parse_create_users(R"([{"email":"a","groups":[]},{"email":"b","groups":["g"]}])").value();
  EXPECT_TRUE(many.as_array);
  ASSERT_EQ(many.users.size(), 2U);
  EXPECT_EQ(many.users[1].email, "b");
  EXPECT_THAT(parse_create_users("[]").value().users, IsEmpty());
}

TEST(CreateUsersBody, SaysWhatIsMissingOrOfTheWrongType) {
  EXPECT_THAT(faults_of("{}"), ElementsAre("email must be a string", "groups must be an array"));
  EXPECT_THAT(faults_of(R"([{"email":1,"groups":{}},7])"),
              ElementsAre("0.email must be a string", "0.groups must be an array", "1 must be an object"));
  EXPECT_THAT(faults_of(R"({"email":null,"groups":["g",1]})"),
              ElementsAre("email must be a string", "each value in groups must be a UUID"));
  EXPECT_THAT(faults_of("7"), ElementsAre("an object or an array is expected"));
}

TEST(CreateUsersBody, RefusesWhatTheReferenceDoesNotHave) {
  EXPECT_THAT(faults_of(R"({"email":"a","groups":[],"role":"ADMIN"})"), ElementsAre("property role should not exist"));
  EXPECT_THAT(faults_of(R"({"email":"a","email":"b","groups":[]})"), ElementsAre("property email should not exist"));
  EXPECT_THAT(faults_of(R"({"email":"a","groups":[],")" + std::string(100, 'x') + R"(":1})"),
              ElementsAre("property of 100 bytes should not exist"));
}

TEST(CreateUsersBody, IsRefusedAboveAHundredBeforeAnythingElse) {
  std::string body = "[1";
  for (int n = 0; n < 100; ++n) body += ",1";
  EXPECT_THAT(faults_of(body + "]"), ElementsAre("at most 100 users can be created at once"));
}

TEST(CreateUsersBody, MustBeJsonInUtf8) {
  for (const std::string body : {"", "{", "{\"email\":}", "{} {}", "\xFF", "{\"email\":\"\xC3\"}"}) {
    const auto faults = faults_of(body);
    ASSERT_EQ(faults.size(), 1U) << body;
    EXPECT_TRUE(faults[0].starts_with("the body is not JSON: ")) << faults[0];
  }
  EXPECT_EQ(faults_of(std::string(5000, '[')).size(), 1U) << "nested beyond what is read";
}

TEST(GroupIdBody, IsOneString) {
  EXPECT_EQ(parse_group_id(R"({"groupId":"x"})"), "x");
  const auto faults = [](std::string_view body) { return parse_group_id(body).error().messages; };
  EXPECT_THAT(faults("{}"), ElementsAre("groupId must be a UUID"));
  EXPECT_THAT(faults(R"({"groupId":1})"), ElementsAre("groupId must be a UUID"));
  EXPECT_THAT(faults(R"({"groupId":"x","a":1})"), ElementsAre("property a should not exist"));
  EXPECT_THAT(faults("[]"), ElementsAre("an object is expected"));
  EXPECT_EQ(faults("").size(), 1U);
}

}  // namespace
}  // namespace cipherform::sandbox
