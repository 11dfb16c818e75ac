#include <gtest/gtest.h>

#include <array>

#include "cipherform/tenant.h"

namespace cipherform {
namespace {

TEST(Requests, ListUsersWithAndWithoutSort) {
  const HttpRequest sorted = list_users_request(95, 100, "createdAt");
  EXPECT_EQ(sorted.method, Method::get);
  EXPECT_EQ(sorted.path, "/tenants/users?limit=100&offset=95&sort=createdAt");
  EXPECT_EQ(sorted.body, "");
  EXPECT_EQ(list_users_request(0, 10, "").path, "/tenants/users?limit=10&offset=0");
  EXPECT_EQ(list_users_request(0, 10, "a&limit=1 #").path, "/tenants/users?limit=10&offset=0&sort=a%26limit%3D1%20%23");
}

TEST(Requests, ListGroups) {
  EXPECT_EQ(list_groups_request(0, 100).method, Method::get);
  EXPECT_EQ(list_groups_request(190, 100).path, "/tenants/groups?limit=100&offset=190");
}

TEST(Requests, OneUserIsCreatedAsAnObject) {
  const std::array users{NewUser{"ada@example.com", {"g1", "g2"}}};
  const HttpRequest request = create_users_request(users);
  EXPECT_EQ(request.method, Method::post);
  EXPECT_EQ(request.path, "/tenants/users");
  EXPECT_EQ(request.body, R"({"email":"ada@example.com","groups":["g1","g2"]})");
}

TEST(Requests, SeveralUsersAreCreatedAsAnArray) {
  const std::array users{NewUser{"a@example.com", {"g1"}}, NewUser{"b@example.com", {}}};
  EXPECT_EQ(create_users_request(users).body,
            R"([{"email":"a@example.com","groups":["g1"]},{"email":"b@example.com","groups":[]}])");
  EXPECT_EQ(create_users_request({}).body, "[]");
}

TEST(Requests, TextsAreEscapedForJson) {
  const std::array users{NewUser{"\"\\\n\x01\x1fü@example.com", {"\"]}"}}};
  EXPECT_EQ(create_users_request(users).body, R"({"email":"\"\\\u000a\u0001\u001fü@example.com","groups":["\"]}"]})");
}

TEST(Requests, MembershipChanges) {
  const HttpRequest add = add_member_request("u1", "g1");
  EXPECT_EQ(add.method, Method::post);
  EXPECT_EQ(add.path, "/tenants/users/u1/groups");
  EXPECT_EQ(add.body, R"({"groupId":"g1"})");
  const HttpRequest remove = remove_member_request("u1", "g1");
  EXPECT_EQ(remove.method, Method::del);
  EXPECT_EQ(remove.path, "/tenants/users/u1/groups/g1");
  EXPECT_EQ(remove.body, "");
}

TEST(Requests, AHostileIdStaysOneSegmentOfThePath) {
  EXPECT_EQ(remove_member_request("../../x?y#z", "a/b%2F\r\n ü").path,
            "/tenants/users/..%2F..%2Fx%3Fy%23z/groups/a%2Fb%252F%0D%0A%20%C3%BC");
  EXPECT_EQ(remove_member_request("..", ".").path, "/tenants/users/%2E%2E/groups/%2E");
  EXPECT_EQ(remove_member_request("", "g").path, "/tenants/users//groups/g");
}

TEST(Requests, MethodsHaveTheirNames) {
  EXPECT_EQ(to_string(Method::get), "GET");
  EXPECT_EQ(to_string(Method::post), "POST");
  EXPECT_EQ(to_string(Method::del), "DELETE");
}

}  // namespace
}  // namespace cipherform
