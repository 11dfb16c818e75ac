#include "sandbox/tenant_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "sample_tenant.h"

namespace cipherform::sandbox {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kAdmins;
using testing::kEngineering;
using testing::kLater;
using testing::kStaff;
using testing::sample_tenant;
using testing::TempDirectory;

class TenantApiTest : public ::testing::Test {
 protected:
  TenantApi make(EmulatedTenant tenant = sample_tenant(), std::optional<Store> store = {}) {
    settings_.base_path = "/qa";
    settings_.api_key = "secret";
    return {std::move(tenant),
            std::move(store),
            settings_,
            {.now = [this] { return now_; }, .steady = [this] { return steady_; }}};
  }

  static ApiAnswer ask(TenantApi& api, std::string_view method, std::string_view path, std::string_view body = {},
                       std::string_view key = "secret") {
    const auto question = std::min(path.find('?'), path.size());
    const std::string full = "/qa" + std::string(path.substr(0, question));
    return api.answer({.method = method,
                       .path = full,
                       .query = path.substr(std::min(question + 1, path.size())),
                       .api_key = key,
                       .body = body});
  }

  /// The emails (or, without one, "-") of a page.
  static std::vector<std::string> emails(const ApiAnswer& answer) {
    simdjson::dom::parser parser;
    const simdjson::padded_string text(answer.body);
    std::vector<std::string> found;
    for (const auto user : parser.parse(text)["data"].get_array()) {
      std::string_view email = "-";
      if (user["email"].get(email) != simdjson::SUCCESS) email = "-";
      found.emplace_back(email);
    }
    return found;
  }

  static std::string bob_path() { return "/tenants/users/" + to_string(sample_tenant().users().id(1)); }
  static std::string ada_path() { return "/tenants/users/" + to_string(sample_tenant().users().id(0)); }

  TenantApi::Settings settings_;
  Time now_ = kLater;
  std::chrono::steady_clock::time_point steady_{};
};

TEST_F(TenantApiTest, WantsTheKey) {
  TenantApi api = make();
  for (const char* key : {"", "Secret", "secret ", "secre", "secrets"}) {
    const ApiAnswer answer = ask(api, "GET", "/tenants/users", {}, key);
    EXPECT_EQ(answer.status, 401U) << key;
    EXPECT_EQ(answer.body, R"({"statusCode":401,"message":"Invalid API key","error":"Unauthorized"})");
  }
  EXPECT_EQ(ask(api, "GET", "/nothing", {}, "wrong").status, 401U) << "who has no key learns no paths";
  EXPECT_EQ(ask(api, "GET", "/tenants/users").status, 200U);
}

TEST_F(TenantApiTest, KnowsItsPathsAndTheirMethods) {
  TenantApi api = make();
  EXPECT_EQ(ask(api, "GET", "/tenants/nothing").body,
            R"({"statusCode":404,"message":"Cannot GET /qa/tenants/nothing","error":"Not Found"})");
  for (const char* path : {"", "/", "/tenants", "/tenants/users/", "/tenants/users/x/groups/y/z", "/tenants//users"}) {
    EXPECT_EQ(ask(api, "GET", path).status, path == std::string("/tenants/users/") ? 400U : 404U) << path;
  }
  EXPECT_EQ(
      api.answer({.method = "GET", .path = "/prod/tenants/users", .query = {}, .api_key = "secret", .body = {}}).status,
      404U);
  EXPECT_EQ(
      api.answer({.method = "GET", .path = "/qatenants/users", .query = {}, .api_key = "secret", .body = {}}).status,
      404U);
  const ApiAnswer wrong = ask(api, "PUT", "/tenants/users");
  EXPECT_EQ(wrong.status, 405U);
  EXPECT_EQ(wrong.allow, "GET, POST");
  EXPECT_EQ(ask(api, "DELETE", bob_path() + "/groups").allow, "POST");
}

TEST_F(TenantApiTest, ListsUsersByCreation) {
  TenantApi api = make(make_tenant({}, 25).value());
  const ApiAnswer first = ask(api, "GET", "/tenants/users");
  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(emails(first).size(), 10U);
  EXPECT_EQ(emails(first).front(), "user-0000001@example.com");
  EXPECT_THAT(first.body, HasSubstr(R"("total":25,"page":0,"limit":10,"hasNext":true,"hasPrevious":false})"));
  const ApiAnswer last = ask(api, "GET", "/tenants/users?limit=10&offset=20");
  EXPECT_EQ(emails(last).size(), 5U);
  EXPECT_THAT(last.body, HasSubstr(R"("total":25,"page":2,"limit":10,"hasNext":false,"hasPrevious":true})"));
  EXPECT_EQ(emails(ask(api, "GET", "/tenants/users?limit=5000")).size(), 25U);
  EXPECT_EQ(emails(ask(api, "GET", "/tenants/users?offset=25")).size(), 0U);
  EXPECT_EQ(emails(ask(api, "GET", "/tenants/users?offset=18446744073709551615")).size(), 0U);
  EXPECT_THAT(emails(ask(api, "GET", "/tenants/users?sort=-createdAt&limit=2&offset=1")),
              ElementsAre("user-0000024@example.com", "user-0000023@example.com"));
  EXPECT_THAT(emails(ask(api, "GET", "/tenants/users?sort=email:desc&limit=2")),
              ElementsAre("user-0000025@example.com", "user-0000024@example.com"));
  EXPECT_EQ(ask(api, "GET", "/tenants/users?limit=x").status, 400U);
}

TEST_F(TenantApiTest, ObeysItsOwnLimits) {
  settings_.limits = {.default_limit = 3, .max_limit = 7};
  TenantApi api = make(make_tenant({}, 25).value());
  EXPECT_EQ(emails(ask(api, "GET", "/tenants/users")).size(), 3U);
  EXPECT_EQ(emails(ask(api, "GET", "/tenants/users?limit=100")).size(), 7U);
}

TEST_F(TenantApiTest, SortsAnewAfterAChange) {
  TenantApi api = make();
  EXPECT_THAT(emails(ask(api, "GET", "/tenants/users?sort=email")),
              ElementsAre("-", "Ada@example.com", "bob@example.com"));
  EXPECT_THAT(emails(ask(api, "GET", "/tenants/users?sort=-updatedAt&limit=1")), ElementsAre("-"));
  const std::string body = R"({"email":"Aaron@example.com","groups":[")" + kStaff + "\"]}";
  ASSERT_EQ(ask(api, "POST", "/tenants/users", body).status, 201U);
  EXPECT_THAT(emails(ask(api, "GET", "/tenants/users?sort=email")),
              ElementsAre("-", "Aaron@example.com", "Ada@example.com", "bob@example.com"));
  EXPECT_THAT(emails(ask(api, "GET", "/tenants/users?sort=-updatedAt&limit=1")), ElementsAre("Aaron@example.com"));
}

TEST_F(TenantApiTest, CreatesOneUserForAnObject) {
  TenantApi api = make();
  const std::string body = R"({"email":"carol@example.com","groups":[")" + kAdmins + "\"]}";
  const ApiAnswer answer = ask(api, "POST", "/tenants/users", body);
  EXPECT_EQ(answer.status, 201U);
  EXPECT_THAT(answer.body, ::testing::StartsWith(R"({"id":")" + to_string(make_uuid(IdKind::user, 3)) +
                                                 R"(","createdAt":"2026-05-04T00:00:00.000Z",)"));
  EXPECT_THAT(answer.body, HasSubstr(R"("email":"carol@example.com","status":"Invited")"));
  EXPECT_EQ(api.users(), 4U);
  EXPECT_EQ(api.invitations("CAROL@example.com"), 1U);
  EXPECT_EQ(api.invitations("Ada@example.com"), 0U);
  EXPECT_EQ(api.invitations("nobody@example.com"), 0U);
  EXPECT_EQ(ask(api, "POST", "/tenants/users", body).status, 409U);
  EXPECT_EQ(api.invitations("carol@example.com"), 1U);
}

TEST_F(TenantApiTest, CreatesAnArrayInItsOrderOrNotAtAll) {
  TenantApi api = make();
  const auto user = [](const std::string& email) {
    return R"({"email":")" + email + R"(","groups":[")" + kStaff + "\"]}";
  };
  EXPECT_EQ(
      ask(api, "POST", "/tenants/users", "[" + user("c@example.com") + "," + user("ada@example.com") + "]").status,
      409U);
  EXPECT_EQ(ask(api, "POST", "/tenants/users", "[" + user("c@example.com") + "," + user("nonsense") + "]").status,
            400U);
  EXPECT_EQ(ask(api, "POST", "/tenants/users", "[]").status, 400U);
  EXPECT_EQ(ask(api, "POST", "/tenants/users", "{").status, 400U);
  EXPECT_EQ(api.users(), 3U);
  EXPECT_EQ(api.invitations("c@example.com"), 0U);
  const ApiAnswer answer =
      ask(api, "POST", "/tenants/users", "[" + user("z@example.com") + "," + user("c@example.com") + "]");
  EXPECT_EQ(answer.status, 201U);
  EXPECT_THAT(emails({.status = 201, .body = R"({"data":)" + answer.body + "}", .retry_after = {}, .allow = {}}),
              ElementsAre("z@example.com", "c@example.com"));
  EXPECT_EQ(ask(api, "POST", "/tenants/users", "[" + user("y@example.com") + "]").body.front(), '[')
      << "an array of one is answered by an array";
}

TEST_F(TenantApiTest, AddsAndRemovesMembers) {
  TenantApi api = make();
  const std::string body = R"({"groupId":")" + kAdmins + "\"}";
  const ApiAnswer added = ask(api, "POST", bob_path() + "/groups", body);
  EXPECT_EQ(added.status, 201U);
  EXPECT_EQ(added.body, "");
  EXPECT_THAT(ask(api, "GET", bob_path()).body, HasSubstr(R"("name":"Admins")"));
  EXPECT_EQ(ask(api, "POST", bob_path() + "/groups", body).status, 409U);
  EXPECT_EQ(ask(api, "DELETE", bob_path() + "/groups/" + kEngineering).status, 204U);
  EXPECT_EQ(ask(api, "DELETE", bob_path() + "/groups/" + kEngineering).status, 404U);
  const ApiAnswer last = ask(api, "DELETE", bob_path() + "/groups/" + kAdmins);
  EXPECT_EQ(last.status, 400U);
  EXPECT_EQ(last.body,
            R"({"statusCode":400,"message":"a user must belong to at least one group","error":"Bad Request"})");
}

TEST_F(TenantApiTest, DoesNotKnowOthers) {
  TenantApi api = make();
  const std::string nobody = "550e8400-e29b-41d4-a716-446655440001";
  EXPECT_EQ(ask(api, "GET", "/tenants/users/" + nobody).status, 404U);
  EXPECT_EQ(ask(api, "GET", "/tenants/users/bob").status, 400U);
  EXPECT_EQ(ask(api, "GET", "/tenants/groups/" + nobody).status, 404U);
  EXPECT_EQ(ask(api, "POST", "/tenants/users/" + nobody + "/groups", R"({"groupId":")" + kAdmins + "\"}").status, 404U);
  EXPECT_EQ(ask(api, "POST", bob_path() + "/groups", R"({"groupId":")" + nobody + "\"}").status, 404U);
  EXPECT_EQ(ask(api, "POST", bob_path() + "/groups", "{}").status, 400U);
  EXPECT_EQ(ask(api, "DELETE", bob_path() + "/groups/" + nobody).status, 404U);
}

TEST_F(TenantApiTest, ListsGroups) {
  TenantApi api = make();
  const ApiAnswer answer = ask(api, "GET", "/tenants/groups?limit=2");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_THAT(answer.body, HasSubstr(R"("total":3,"page":0,"limit":2,"hasNext":true,"hasPrevious":false})"));
  EXPECT_THAT(answer.body, HasSubstr(R"("name":"Admins")"));
  EXPECT_THAT(ask(api, "GET", "/tenants/groups?limit=1&sort=-createdAt").body, HasSubstr(R"("name":"Staff")"));
  EXPECT_EQ(ask(api, "GET", "/tenants/groups?sort=email").status, 400U);
  EXPECT_EQ(ask(api, "GET", "/tenants/groups?offset=-1").status, 400U);
  EXPECT_EQ(ask(api, "GET", "/tenants/groups/" + kStaff).status, 200U);
}

TEST_F(TenantApiTest, MayForbidToListGroups) {
  settings_.list_groups = false;
  TenantApi api = make();
  EXPECT_EQ(ask(api, "GET", "/tenants/groups").body,
            R"({"statusCode":403,"message":"the key may not list groups","error":"Forbidden"})");
  EXPECT_EQ(ask(api, "GET", "/tenants/groups/" + kStaff).status, 403U);
  EXPECT_EQ(ask(api, "GET", "/tenants/users").status, 200U);
}

TEST_F(TenantApiTest, RefusesBodiesThatAreTooLong) {
  TenantApi api = make();
  const ApiAnswer answer = api.answer({.method = "POST",
                                       .path = "/qa/tenants/users",
                                       .query = {},
                                       .api_key = "secret",
                                       .body = "{}",
                                       .body_too_long = true});
  EXPECT_EQ(answer.body,
            R"({"statusCode":413,"message":"the body is longer than 1048576 bytes","error":"Payload Too Large"})");
}

TEST_F(TenantApiTest, LimitsTheRateExactly) {
  settings_.requests_per_second = 5;
  TenantApi api = make();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(api, "GET", "/tenants/users").status, 200U);
  for (int i = 0; i < 3; ++i) {
    const ApiAnswer answer = ask(api, "GET", "/tenants/users");
    EXPECT_EQ(answer.status, 429U);
    EXPECT_EQ(answer.retry_after, 1s);
    EXPECT_EQ(answer.body,
              R"({"statusCode":429,"message":"ThrottlerException: Too Many Requests","error":"Too Many Requests"})");
  }
  EXPECT_EQ(ask(api, "GET", "/tenants/users", {}, "wrong").status, 401U) << "who has no key takes no tokens";
  steady_ += 400ms;
  EXPECT_EQ(ask(api, "GET", "/tenants/users").status, 200U);
  EXPECT_EQ(ask(api, "GET", "/tenants/users").status, 200U);
  EXPECT_EQ(ask(api, "GET", "/tenants/users").status, 429U);
}

TEST_F(TenantApiTest, CountsAnswersByOperation) {
  TenantApi api = make();
  ask(api, "GET", "/tenants/users?limit=1");
  ask(api, "GET", "/tenants/users?limit=x");
  ask(api, "GET", bob_path());
  ask(api, "POST", bob_path() + "/groups", "{");
  ask(api, "DELETE", ada_path() + "/groups/" + kAdmins);
  ask(api, "PATCH", "/tenants/users");
  ask(api, "GET", "/tenants/groups", {}, "wrong");
  EXPECT_EQ(api.requests("GET /tenants/users"), 2U);
  EXPECT_EQ(api.requests("GET /tenants/users/{id}"), 1U);
  EXPECT_EQ(api.requests("POST /tenants/users"), 0U);
  EXPECT_EQ(api.requests("POST /tenants/users/{id}/groups"), 1U);
  EXPECT_EQ(api.requests("DELETE /tenants/users/{id}/groups/{groupId}"), 1U);
  EXPECT_EQ(api.requests("GET /tenants/groups"), 1U) << "refusals are answers too";
  EXPECT_EQ(api.requests("PATCH /tenants/users"), 0U);
  EXPECT_EQ(api.requests("nonsense"), 0U);
}

TEST_F(TenantApiTest, AnswersOnlyWhatIsStored) {
  const TempDirectory directory;
  Store store = Store::open(directory / "t").value();
  ASSERT_TRUE(store.save(sample_tenant()));
  {
    TenantApi api = make(sample_tenant(), std::move(store));
    ASSERT_EQ(ask(api, "POST", bob_path() + "/groups", R"({"groupId":")" + kAdmins + "\"}").status, 201U);
    ASSERT_EQ(ask(api, "DELETE", ada_path() + "/groups/" + kEngineering).status, 204U);
    ASSERT_EQ(ask(api, "POST", "/tenants/users", R"({"email":"c@example.com","groups":[")" + kStaff + "\"]}").status,
              201U);
  }
  const EmulatedTenant stored = Store::open(directory / "t").value().load().value();
  EXPECT_THAT(stored.users().groups(0), ElementsAre(1));
  EXPECT_THAT(stored.users().groups(1), ElementsAre(0, 1));
  EXPECT_EQ(stored.users().at(3).email, "c@example.com");
}

TEST_F(TenantApiTest, ChangesNothingThatCannotBeStored) {
  const TempDirectory directory;
  Store store = Store::open(directory / "t").value();
  ASSERT_TRUE(store.save(sample_tenant()));
  // The file knows user 3 already, so that storing another one must fail.
  UserAddition in_the_way;
  in_the_way.users.push_back({make_uuid(IdKind::user, 9), "x@example.com", {0}, kLater});
  ASSERT_TRUE(store.record(in_the_way, 3));
  TenantApi api = make(sample_tenant(), std::move(store));
  const ApiAnswer answer =
      ask(api, "POST", "/tenants/users", R"({"email":"c@example.com","groups":[")" + kStaff + "\"]}");
  EXPECT_EQ(answer.status, 500U);
  EXPECT_THAT(answer.body, HasSubstr("cannot be written"));
  EXPECT_EQ(api.users(), 3U);
}

}  // namespace
}  // namespace cipherform::sandbox
