#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tenant/decode.h"

namespace cipherform {
namespace {

std::string users_error(std::string body) {
  PageDecoder decoder;
  const auto page = decoder.users(body);
  if (page) return "decoded";
  EXPECT_EQ(page.error().kind, ErrorKind::answer);
  EXPECT_EQ(page.error().where, "");
  return page.error().what;
}

std::string groups_error(std::string body) {
  PageDecoder decoder;
  const auto page = decoder.groups(body);
  return page ? "decoded" : page.error().what;
}

/// A page with one user of these fields beside the good ones.
std::string user_with(std::string_view fields) { return fmt::format(R"({{"data":[{{{}}}]}})", fields); }

constexpr std::string_view kWhole = R"({"data":[
  {"id":"u1","createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-02T00:00:00.000Z","lastConnection":null,
   "email":"Ada@example.com","status":"Active","firstName":"Ada","isOwner":true,"maxDevices":null,
   "roles":[{"id":"r1","type":"OWNER","groups":[]}],
   "groups":[{"id":"g1","name":"Everyone","description":"","createdAt":"x","users":[{"id":"u9"}]},{"name":"Admins","id":"g2"}],
   "devices":[{"id":"d1","groups":[{"id":"g9"}]}],"image":"a.png","new":{"deep":[[{}]]}},
  {"groups":[],"isOwner":false,"status":"Invited","id":"u2"}],
 "total":2,"page":0,"limit":100,"hasNext":false,"hasPrevious":false})";

TEST(DecodeUserPage, TakesWhatWeRelyOnAndStepsOverTheRest) {
  PageDecoder decoder;
  std::string body(kWhole);
  const auto decoded = decoder.users(body);
  ASSERT_TRUE(decoded) << decoded.error().what;
  const UserPage& page = **decoded;
  ASSERT_EQ(page.users.size(), 2U);
  ASSERT_EQ(page.keys.size(), 2U);
  EXPECT_EQ(page.keys[0].id, "u1");
  EXPECT_EQ(page.keys[0].created_at, "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(page.keys[0].updated_at, "2026-01-02T00:00:00.000Z");
  EXPECT_EQ(page.users[0].email, "Ada@example.com");
  EXPECT_EQ(page.users[0].status, "Active");
  EXPECT_TRUE(page.users[0].is_owner);
  ASSERT_EQ(page.users[0].group_count, 2U);
  EXPECT_EQ(page.groups[0].id, "g1");
  EXPECT_EQ(page.groups[0].name, "Everyone");
  EXPECT_EQ(page.groups[1].id, "g2");
  EXPECT_EQ(page.groups[1].name, "Admins");
  EXPECT_EQ(page.keys[1].id, "u2");
  EXPECT_EQ(page.keys[1].created_at, "");
  EXPECT_EQ(page.users[1].email, "");
  EXPECT_EQ(page.users[1].first_group, 2U);
  EXPECT_EQ(page.users[1].group_count, 0U);
  EXPECT_EQ(page.facts.total, 2U);
  EXPECT_EQ(page.facts.has_next, false);
}

TEST(DecodeUserPage, IsUsedAgainWithoutLeftovers) {
  PageDecoder decoder;
  std::string first(kWhole);
  ASSERT_TRUE(decoder.users(first));
  std::string second = R"({"data":[]})";
  const auto page = decoder.users(second);
  ASSERT_TRUE(page);
  EXPECT_TRUE((*page)->users.empty());
  EXPECT_TRUE((*page)->groups.empty());
  EXPECT_EQ((*page)->facts.total, std::nullopt);
  EXPECT_EQ((*page)->facts.has_next, std::nullopt);
}

TEST(DecodeUserPage, AFaultLeavesTheDecoderUsable) {
  PageDecoder decoder;
  std::string bad = R"({"data":[{"id":1}]})";
  EXPECT_FALSE(decoder.users(bad));
  std::string good(kWhole);
  EXPECT_TRUE(decoder.users(good));
}

TEST(DecodeUserPage, EscapesAreDecoded) {
  PageDecoder decoder;
  std::string body = user_with(R"("id":"\u0075\u00fc\ud83d\ude00","status":"\"","isOwner":false,"groups":[])");
  const auto page = decoder.users(body);
  ASSERT_TRUE(page);
  EXPECT_EQ((*page)->keys[0].id, "uü😀");
  EXPECT_EQ((*page)->users[0].status, "\"");
}

TEST(DecodeUserPage, AnEmailMayBeAbsentOrNull) {
  EXPECT_EQ(users_error(user_with(R"("id":"u","status":"s","isOwner":false,"groups":[],"email":null)")), "decoded");
  EXPECT_EQ(users_error(user_with(R"("id":"u","status":"s","isOwner":false,"groups":[])")), "decoded");
}

TEST(DecodeUserPage, WrongTypesNameThePath) {
  EXPECT_EQ(users_error(R"({"data":[{"id":"a","status":"s","isOwner":false,"groups":[]},{"id":7}]})"),
            "data[1].id is a number, not a string");
  EXPECT_EQ(users_error(user_with(R"("id":null)")), "data[0].id is null, not a string");
  EXPECT_EQ(users_error(user_with(R"("id":"")")), "data[0].id is empty");
  EXPECT_EQ(users_error(user_with(R"("email":5)")), "data[0].email is a number, not a string");
  EXPECT_EQ(users_error(user_with(R"("email":["a"])")), "data[0].email is an array, not a string");
  EXPECT_EQ(users_error(user_with(R"("status":true)")), "data[0].status is a boolean, not a string");
  EXPECT_EQ(users_error(user_with(R"("isOwner":"yes")")), "data[0].isOwner is a string, not a boolean");
  EXPECT_EQ(users_error(user_with(R"("isOwner":null)")), "data[0].isOwner is null, not a boolean");
  EXPECT_EQ(users_error(user_with(R"("createdAt":1767225600)")), "data[0].createdAt is a number, not a string");
  EXPECT_EQ(users_error(user_with(R"("groups":null)")), "data[0].groups is null, not an array");
  EXPECT_EQ(users_error(user_with(R"("groups":["g"])")), "data[0].groups[0] is a string, not an object");
  EXPECT_EQ(users_error(user_with(R"("groups":[{"id":"g"},{"id":8}])")),
            "data[0].groups[1].id is a number, not a string");
  EXPECT_EQ(users_error(user_with(R"("groups":[{"id":"g","name":{}}])")),
            "data[0].groups[0].name is an object, not a string");
  EXPECT_EQ(users_error(R"({"data":{}})"), "data is an object, not an array");
  EXPECT_EQ(users_error(R"({"data":null})"), "data is null, not an array");
  EXPECT_EQ(users_error(R"({"data":[null]})"), "data[0] is null, not an object");
  EXPECT_EQ(users_error(R"({"data":[[]]})"), "data[0] is an array, not an object");
}

TEST(DecodeUserPage, MissingFieldsNameThePath) {
  EXPECT_EQ(users_error("{}"), "data is missing");
  EXPECT_EQ(users_error(R"({"users":[],"total":0})"), "data is missing");
  EXPECT_EQ(users_error(R"({"data":[{}]})"), "data[0].id is missing");
  EXPECT_EQ(users_error(user_with(R"("id":"u","isOwner":false,"groups":[])")), "data[0].status is missing");
  EXPECT_EQ(users_error(user_with(R"("id":"u","status":"s","groups":[])")), "data[0].isOwner is missing");
  EXPECT_EQ(users_error(user_with(R"("id":"u","status":"s","isOwner":false)")), "data[0].groups is missing");
  EXPECT_EQ(users_error(user_with(R"("id":"u","status":"s","isOwner":false,"groups":[{"name":"G"}])")),
            "data[0].groups[0].id is missing");
}

TEST(DecodeUserPage, FieldsThatComeTwice) {
  EXPECT_EQ(users_error(R"({"data":[],"data":[]})"), "data comes twice");
  EXPECT_EQ(users_error(user_with(R"("groups":[],"groups":[])")), "data[0].groups comes twice");
}

TEST(DecodeUserPage, WhatIsNotJson) {
  EXPECT_EQ(users_error(""), "the answer is empty, not JSON");
  EXPECT_EQ(users_error(" \r\n\t"), "the answer is empty, not JSON");
  EXPECT_EQ(users_error("<!DOCTYPE html><html><body>Sign in</body></html>"), "the answer is HTML or XML, not JSON");
  EXPECT_EQ(users_error("Service is down"), "the answer is not JSON: it starts with 'Service is down'");
  EXPECT_EQ(users_error("\"text\""), "the answer is not JSON: it starts with '\"text\"'");
  EXPECT_EQ(users_error("[]"), "the answer is an array, not an object");
  EXPECT_EQ(users_error("{\"data\":[],\"x\":\"\xff\xfe\"}"), "the answer is not JSON: it has bytes that are not UTF-8");
  EXPECT_EQ(users_error("{\"data\":[],\"x\":\"a\nb\"}"),
            "the answer is malformed JSON: a string has a control character");
  EXPECT_EQ(users_error(R"({"data":[]} trailing)"), "the answer is not complete JSON: it is cut off");
  EXPECT_EQ(users_error(R"({"data":[]}})"), "the answer is malformed JSON: something follows its end");
  EXPECT_EQ(users_error(R"({"data":[]}{"data":[]})"), "the answer is malformed JSON: something follows its end");
  EXPECT_EQ(users_error(R"({"data":[}])"), "the answer is not complete JSON: it is cut off");
  EXPECT_EQ(users_error(R"({"data":[{"id" "u"}]})"), "the answer is malformed JSON at data[0]");
  EXPECT_EQ(users_error(R"({"data":[{"id":"\ud800"}]})"),
            "the answer is malformed JSON: the string data[0].id has a broken escape");
}

TEST(DecodeUserPage, HintsAtTheUrlWhereSomethingElseAnswers) {
  PageDecoder decoder;
  std::string html = "<html>";
  EXPECT_EQ(decoder.users(html).error().hint,
            "check the environment's url: something else than the API may have answered");
}

TEST(DecodeUserPage, ACutAtAnyByteIsAFault) {
  for (std::size_t length = 0; length < kWhole.size(); ++length) {
    const std::string error = users_error(std::string(kWhole.substr(0, length)));
    EXPECT_NE(error, "decoded") << length;
    EXPECT_NE(error.find("JSON"), std::string::npos) << length << ": " << error;
  }
  EXPECT_EQ(users_error(std::string(kWhole)), "decoded");
}

TEST(DecodeUserPage, AnyByteMayBeWrongWithoutACrash) {
  for (std::size_t at = 0; at < kWhole.size(); ++at) {
    for (const char wrong : {'\0', '"', '{', '}', '[', ']', ',', ':', '\\', 'x', '9', '\x80'}) {
      std::string body(kWhole);
      body[at] = wrong;
      users_error(body);
    }
  }
}

TEST(DecodeUserPage, DeepNestingIsSteppedOverOrRefused) {
  for (const std::size_t depth : {100U, 1'000U, 100'000U, 1'000'000U}) {
    const std::string deep = std::string(depth, '[') + std::string(depth, ']');
    EXPECT_EQ(users_error(R"({"unknown":)" + deep + R"(,"data":[]})"), "decoded") << depth;
    EXPECT_EQ(users_error(R"({"data":)" + deep + "}"), "data[0] is an array, not an object") << depth;
    EXPECT_EQ(users_error(R"({"data":)" + std::string(depth, '[') + "}"), "data[0] is an array, not an object")
        << depth;
  }
}

TEST(DecodeUserPage, OddFactsAreReadAsNotGiven) {
  struct Case {
    std::string_view text;
    std::optional<std::uint64_t> total;
  };
  for (const auto& [text, total] : {Case{"12", 12},
                                    {"\"12\"", 12},
                                    {"12.0", 12},
                                    {"1e3", 1000},
                                    {"0", 0},
                                    {"18446744073709551615", 18446744073709551615ULL},
                                    {"null", {}},
                                    {"-1", {}},
                                    {"1.5", {}},
                                    {"1e400", {}},
                                    {"99999999999999999999999999", {}},
                                    {"\"many\"", {}},
                                    {"\"\"", {}},
                                    {"true", {}},
                                    {"[1]", {}},
                                    {"{\"a\":1}", {}}}) {
    PageDecoder decoder;
    std::string body = fmt::format(R"({{"total":{},"hasNext":{},"data":[]}})", text, text);
    const auto page = decoder.users(body);
    ASSERT_TRUE(page) << text << ": " << page.error().what;
    EXPECT_EQ((*page)->facts.total, total) << text;
    EXPECT_EQ((*page)->facts.has_next, text == "true" ? std::optional(true) : std::nullopt) << text;
  }
}

TEST(DecodeGroupPage, RolesAndIdentityProvidersAreFound) {
  PageDecoder decoder;
  std::string body = R"({"data":[
    {"id":"g1","name":"Admins","roles":[{"type":"BASIC"},{"type":"ADMIN","id":"r"}],"users":[{"id":"u","roles":[{"type":1}]}],
     "isSamlDefaultGroup":false,"idpMapping":[]},
    {"id":"g2","name":"Owners","roles":[{"type":"OWNER"}],"idpMapping":null,"isSamlDefaultGroup":null},
    {"id":"g3","name":"Synced","roles":[],"idpMapping":["cn=synced"]},
    {"id":"g4","name":"Default","roles":[{"type":"DEFAULT"}],"isSamlDefaultGroup":true},
    {"id":"g5","name":"","roles":[{"type":"AUDITOR"}]}],"hasNext":true,"total":9})";
  const auto decoded = decoder.groups(body);
  ASSERT_TRUE(decoded) << decoded.error().what;
  const auto& groups = (*decoded)->groups;
  ASSERT_EQ(groups.size(), 5U);
  EXPECT_EQ(groups[0].name, "Admins");
  EXPECT_EQ((*decoded)->keys[4].id, "g5");
  const bool privileged[] = {true, true, false, false, false};
  const bool managed[] = {false, false, true, true, false};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(groups[i].privileged, privileged[i]) << i;
    EXPECT_EQ(groups[i].identity_managed, managed[i]) << i;
  }
  EXPECT_EQ((*decoded)->facts.has_next, true);
}

TEST(DecodeGroupPage, FaultsNameThePath) {
  EXPECT_EQ(groups_error(R"({"data":[{"name":"G","roles":[]}]})"), "data[0].id is missing");
  EXPECT_EQ(groups_error(R"({"data":[{"id":"g","roles":[]}]})"), "data[0].name is missing");
  EXPECT_EQ(groups_error(R"({"data":[{"id":"g","name":"G"}]})"), "data[0].roles is missing");
  EXPECT_EQ(groups_error(R"({"data":[{"id":"g","name":null}]})"), "data[0].name is null, not a string");
  EXPECT_EQ(groups_error(R"({"data":[{"roles":[{"type":"BASIC"},{"name":"x"}]}]})"),
            "data[0].roles[1].type is missing");
  EXPECT_EQ(groups_error(R"({"data":[{"roles":["ADMIN"]}]})"), "data[0].roles[0] is a string, not an object");
  EXPECT_EQ(groups_error(R"({"data":[{"idpMapping":"x"}]})"), "data[0].idpMapping is a string, not an array");
  EXPECT_EQ(groups_error(R"({"data":[{"isSamlDefaultGroup":1}]})"),
            "data[0].isSamlDefaultGroup is a number, not a boolean");
}

}  // namespace
}  // namespace cipherform
