#include <gtest/gtest.h>

#include "cipherform/tenant.h"

namespace cipherform {
namespace {

std::string error_of(std::string_view body) {
  const auto decoded = decode_created_users(body);
  if (decoded) return "decoded";
  EXPECT_EQ(decoded.error().kind, ErrorKind::answer);
  return decoded.error().what;
}

TEST(DecodeCreatedUsers, AllFourShapes) {
  for (
      const std::string_view body :
      {R"({"id":"u1","email":"a@example.com","groups":[{"id":"g1","name":"G"},{"name":"H","id":"g2"}],"roles":[{}]})",
       R"([{"id":"u1","email":"a@example.com","groups":[{"id":"g1"},{"id":"g2"}]}])",
       R"({"data":{"id":"u1","email":"a@example.com","groups":["g1","g2"]}})",
       R"({"data":[{"x":{"id":9},"id":"u1","email":"a@example.com","groups":[{"id":"g1"},{"id":"g2"}]}],"total":1})"}) {
    const auto users = decode_created_users(body);
    ASSERT_TRUE(users) << body << users.error().what;
    ASSERT_EQ(users->size(), 1U) << body;
    EXPECT_EQ(users->front().id, "u1");
    EXPECT_EQ(users->front().email, "a@example.com");
    EXPECT_EQ(users->front().group_ids, (std::vector<std::string>{"g1", "g2"}));
  }
}

TEST(DecodeCreatedUsers, ManyKeepTheirOrder) {
  const auto users =
      decode_created_users(R"([{"id":"b"},{"id":"a","email":null,"groups":null},{"id":"c","groups":[]}])");
  ASSERT_TRUE(users);
  ASSERT_EQ(users->size(), 3U);
  EXPECT_EQ((*users)[0].id, "b");
  EXPECT_EQ((*users)[1].id, "a");
  EXPECT_EQ((*users)[2].id, "c");
  EXPECT_EQ((*users)[1].email, "");
}

TEST(DecodeCreatedUsers, NobodyIsAnAnswer) {
  EXPECT_EQ(decode_created_users("[]")->size(), 0U);
  EXPECT_EQ(decode_created_users(R"({"data":[]})")->size(), 0U);
}

TEST(DecodeCreatedUsers, FaultsNameThePath) {
  EXPECT_EQ(error_of(R"({"email":"a@example.com"})"), "id is missing");
  EXPECT_EQ(error_of(R"([{"id":"a"},{"email":"a@example.com"}])"), "[1].id is missing");
  EXPECT_EQ(error_of(R"([{"id":7}])"), "[0].id is a number, not a string");
  EXPECT_EQ(error_of(R"([[]])"), "[0] is an array, not an object");
  EXPECT_EQ(error_of(R"({"data":[{"id":"a","email":{}}]})"), "data[0].email is an object, not a string");
  EXPECT_EQ(error_of(R"({"data":"none"})"), "data is a string, not an object");
  EXPECT_EQ(error_of(R"({"id":"a","groups":[{"id":"g"},{"name":"H"}]})"), "groups[1].id is missing");
  EXPECT_EQ(error_of(R"({"id":"a","groups":[true]})"), "groups[0] is a boolean, not an object");
  EXPECT_EQ(error_of(R"({"id":"a","groups":{}})"), "groups is an object, not an array");
}

TEST(DecodeCreatedUsers, AnEmptyIdIsAFaultSinceItWouldGoIntoAPath) {
  EXPECT_EQ(error_of(R"({"id":"","email":"a@example.com"})"), "id is empty");
  EXPECT_EQ(error_of(R"({"data":[{"id":"a"},{"id":""}]})"), "data[1].id is empty");
  EXPECT_EQ(error_of(R"({"id":"a","groups":[{"id":"g"},{"id":""}]})"), "groups[1].id is empty");
  EXPECT_EQ(error_of(R"({"id":"a","groups":[""]})"), "groups[0] is empty");
}

TEST(DecodeCreatedUsers, AListThatComesTwiceIsAFault) {
  EXPECT_EQ(error_of(R"({"data":[{"id":"a"}],"data":[{"id":"a"}]})"), "data comes twice");
  EXPECT_EQ(error_of(R"([{"id":"a","groups":[{"id":"g"}],"groups":[]}])"), "[0].groups comes twice");
}

TEST(DecodeCreatedUsers, WhatIsNotJson) {
  EXPECT_EQ(error_of(""), "the answer is empty, not JSON");
  EXPECT_EQ(error_of("Created"), "the answer is not JSON: it starts with 'Created'");
  EXPECT_EQ(error_of(R"([{"id":"a"})"), "the answer is not complete JSON: it is cut off");
  EXPECT_EQ(error_of(R"([{"id":"a"}] [])"), "the answer is malformed JSON: something follows its end");
}

TEST(DecodeErrorMessage, TheNestShape) {
  EXPECT_EQ(decode_error_message(R"({"statusCode":404,"message":"No such user","error":"Not Found"})"), "No such user");
  EXPECT_EQ(
      decode_error_message(R"({"message":["groups must be an array","email must be an email"],"statusCode":400})"),
      "groups must be an array; email must be an email");
  EXPECT_EQ(decode_error_message(R"({"statusCode":403,"error":"Forbidden"})"), "Forbidden");
  EXPECT_EQ(decode_error_message(R"({"message":[],"error":"Bad Request"})"), "Bad Request");
  EXPECT_EQ(decode_error_message(R"({"message":[1,"two",null]})"), "two");
}

TEST(DecodeErrorMessage, AnythingElseIsShownFromItsStart) {
  EXPECT_EQ(decode_error_message(""), "");
  EXPECT_EQ(decode_error_message(" \n "), "");
  EXPECT_EQ(decode_error_message("Bad gateway\n\n  upstream\tgone\n"), "Bad gateway upstream gone");
  EXPECT_EQ(decode_error_message("<html><body>502</body></html>"), "<html><body>502</body></html>");
  EXPECT_EQ(decode_error_message(R"({"detail":"other"})"), R"({"detail":"other"})");
  EXPECT_EQ(decode_error_message(R"({"message":{"text":"nested"}})"), R"({"message":{"text":"nested"}})");
  EXPECT_EQ(decode_error_message(R"(["a"])"), R"(["a"])");
  EXPECT_EQ(decode_error_message(R"({"message":"cut of)"), R"({"message":"cut of)");
}

TEST(DecodeErrorMessage, IsOneLineWithoutControls) {
  EXPECT_EQ(decode_error_message(R"({"message":"a\u001b[31mb\r\nc\u0000d\u007fe"})"), "a [31mb c d e");
}

TEST(DecodeErrorMessage, IsAtMost500BytesOfWholeCharacters) {
  const std::string exact(500, 'x');
  EXPECT_EQ(decode_error_message(exact), exact);
  EXPECT_EQ(decode_error_message(exact + "y"), std::string(497, 'x') + "…");
  std::string umlauts;
  for (int i = 0; i < 1000; ++i) umlauts += "ü";
  const std::string shown = decode_error_message(R"({"message":")" + umlauts + R"("})");
  EXPECT_EQ(shown.size(), 499U);
  EXPECT_EQ(shown, umlauts.substr(0, 496) + "…");
}

TEST(JsonOrNothing, IsWhatAnAnswerWithoutADocumentedBodyMayBe) {
  for (const std::string_view body : {"", "{}", "[]", "null", "\"ok\"", R"( {"id":"u1","groups":[]} )"}) {
    EXPECT_TRUE(is_json_or_nothing(body)) << body;
  }
  for (const std::string_view body : {"<html>Welcome to the hotel</html>", " ", "OK", R"({"id":)", "{} {}"}) {
    EXPECT_FALSE(is_json_or_nothing(body)) << body;
  }
}

}  // namespace
}  // namespace cipherform
