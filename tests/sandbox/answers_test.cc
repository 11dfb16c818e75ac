#include "sandbox/answers.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include "sample_tenant.h"

namespace cipherform::sandbox {
namespace {

using testing::sample_tenant;

constexpr std::string_view kBasic =
    R"({"id":"dac4b423-ec98-4a72-99aa-3285708e92ba","createdAt":"2025-01-01T00:00:00.000Z",)"
    R"("updatedAt":"2025-01-01T00:00:00.000Z","name":"Basic","description":"Basic role","deleteable":false,)"
    R"("type":"BASIC"})";

std::string user_text(const EmulatedTenant& tenant, std::uint32_t user) {
  std::string out;
  TenantWriter(tenant).append_user(out, tenant.users().at(user));
  return out;
}

std::string group_text(const EmulatedTenant& tenant, std::uint32_t group) {
  std::string out;
  TenantWriter(tenant).append_group(out, tenant, group);
  return out;
}

TEST(UserText, HasAllRequiredFields) {
  EXPECT_EQ(user_text(sample_tenant(), 1),
            R"({"id":"17f7abfb-5491-4a63-8609-64868cba0aa8","createdAt":"2025-01-02T00:00:01.000Z",)"
            R"("updatedAt":"2025-01-02T00:00:01.000Z","email":"bob@example.com","status":"Deactivated",)"
            R"("isOwner":false,"maxDevices":null,"roles":[)" +
                std::string(kBasic) +
                R"(],"groups":[{"id":"550e8400-e29b-41d4-a716-446655440000","name":"Engineering",)"
                R"("description":"Builds","createdAt":"2025-01-01T00:00:00.000Z",)"
                R"("updatedAt":"2025-01-01T00:00:00.000Z"}],"devices":[]})");
}

TEST(UserText, LeavesOutAnEmailThatIsNotThere) {
  const std::string text = user_text(sample_tenant(), 2);
  EXPECT_EQ(text.find("\"email\""), std::string::npos);
  EXPECT_NE(text.find(R"("lastConnection":"2025-01-02T01:00:02.000Z","status":"Active")"), std::string::npos) << text;
}

TEST(UserText, HasEachRoleOfItsGroupsOnceAndTheOwnersFirst) {
  simdjson::dom::parser parser;
  simdjson::padded_string text(user_text(sample_tenant(), 0));
  const simdjson::dom::element user = parser.parse(text);
  std::vector<std::string_view> types;
  for (const auto role : user["roles"].get_array()) types.push_back(role["type"].get_string());
  EXPECT_EQ(types, (std::vector<std::string_view>{"OWNER", "ADMIN", "BASIC"}));
  EXPECT_TRUE(bool(user["isOwner"].get_bool()));
  EXPECT_EQ(user["groups"].get_array().size(), 2U);
}

TEST(GroupText, HasAllFieldsAndItsMembers) {
  EXPECT_EQ(group_text(sample_tenant(), 2),
            R"({"id":"6ba7b811-9dad-41d1-80b4-00c04fd430c8","name":"Staff","createdAt":"2025-01-01T00:00:02.000Z",)"
            R"("updatedAt":"2025-01-01T00:00:02.000Z","roles":[)" +
                std::string(kBasic) +
                R"(],"users":[{"id":"bbf09866-10ae-45c9-a10e-42a269a26f25"}],"maxDevices":5,)"
                R"("isSamlDefaultGroup":true,"idpMapping":["staff","all \"quoted\""],"deleteable":false})");
}

TEST(GroupText, ShowsTheFirstHundredMembers) {
  const EmulatedTenant tenant = make_tenant({}, 3800).value();
  simdjson::dom::parser parser;
  simdjson::padded_string text(group_text(tenant, 0));
  const simdjson::dom::element group = parser.parse(text);
  const simdjson::dom::array users = group["users"].get_array();
  ASSERT_EQ(users.size(), 100U);
  EXPECT_EQ(std::string_view(users.at(0)["email"].get_string()), "user-0000001@example.com");
  EXPECT_TRUE(bool(group["deleteable"].get_bool()));
}

TEST(GroupText, CanHaveNoMembers) {
  TenantSeed seed;
  seed.groups = {testing::seed_group("Empty")};
  EXPECT_NE(group_text(make_tenant(seed, 0).value(), 0).find(R"("users":[],"maxDevices")"), std::string::npos);
}

TEST(PageEnd, CountsPagesFromZero) {
  const auto end = [](std::uint64_t offset, std::uint32_t limit, std::uint64_t returned, std::uint64_t total) {
    std::string out;
    append_page_end(out, {.limit = limit, .offset = offset, .sort = {}}, returned, total);
    return out;
  };
  EXPECT_EQ(end(0, 10, 3, 3), R"(],"total":3,"page":0,"limit":10,"hasNext":false,"hasPrevious":false})");
  EXPECT_EQ(end(25, 10, 10, 36), R"(],"total":36,"page":2,"limit":10,"hasNext":true,"hasPrevious":true})");
  EXPECT_EQ(end(26, 10, 10, 36), R"(],"total":36,"page":2,"limit":10,"hasNext":false,"hasPrevious":true})");
  EXPECT_EQ(end(18446744073709551615U, 10, 0, 36),
            R"(],"total":36,"page":1844674407370955161,"limit":10,"hasNext":false,"hasPrevious":true})");
}

TEST(ErrorBody, IsNestShaped) {
  EXPECT_EQ(error_body({404, {"no \"x\""}}), R"({"statusCode":404,"message":"no \"x\"","error":"Not Found"})");
  EXPECT_EQ(error_body({400, {"a", "b"}}), R"({"statusCode":400,"message":["a","b"],"error":"Bad Request"})");
  EXPECT_EQ(error_body({500, {"x"}}), R"({"statusCode":500,"message":"x","error":"Internal Server Error"})");
}

}  // namespace
}  // namespace cipherform::sandbox
