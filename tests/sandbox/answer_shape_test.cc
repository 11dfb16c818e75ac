#include "sandbox/answer_shape.h"

#include <gtest/gtest.h>

namespace cipherform::sandbox {
namespace {

const std::string kPage = R"({"data":[{"id":"a","n":1},{"id":"b","n":[2]}],"total":2,"hasNext":false})";
const std::string kArray = R"([{"id":"a","n":1},{"id":"b","n":[2]}])";
const std::string kObject = R"({"id":"a","n":1})";

TEST(Reshaped, LeavesTheArrayBare) {
  EXPECT_EQ(reshaped(kPage, Shape::bare), kArray);
  EXPECT_EQ(reshaped(kArray, Shape::bare), kArray);
  EXPECT_EQ(reshaped(kObject, Shape::bare), R"([{"id":"a","n":1}])");
}

TEST(Reshaped, WrapsInData) {
  EXPECT_EQ(reshaped(kPage, Shape::wrapped), R"({"data":)" + kArray + "}");
  EXPECT_EQ(reshaped(kArray, Shape::wrapped), R"({"data":)" + kArray + "}");
  EXPECT_EQ(reshaped(kObject, Shape::wrapped), R"({"data":[{"id":"a","n":1}]})");
}

TEST(Reshaped, Reverses) {
  EXPECT_EQ(reshaped(kPage, Shape::reversed),
            R"({"data":[{"id":"b","n":[2]},{"id":"a","n":1}],"total":2,"hasNext":false})");
  EXPECT_EQ(reshaped(kArray, Shape::reversed), R"([{"id":"b","n":[2]},{"id":"a","n":1}])");
  EXPECT_EQ(reshaped(kObject, Shape::reversed), kObject);
}

TEST(Reshaped, LeavesTheFirstAlone) {
  for (const std::string& body : {kPage, kArray, kObject}) EXPECT_EQ(reshaped(body, Shape::first), kObject);
}

TEST(Reshaped, LeavesOnlyIds) {
  EXPECT_EQ(reshaped(kPage, Shape::ids), R"({"data":[{"id":"a"},{"id":"b"}],"total":2,"hasNext":false})");
  EXPECT_EQ(reshaped(kArray, Shape::ids), R"([{"id":"a"},{"id":"b"}])");
  EXPECT_EQ(reshaped(kObject, Shape::ids), R"({"id":"a"})");
  EXPECT_EQ(reshaped(R"([1,{"x":2}])", Shape::ids), "[{},{}]");
}

TEST(Reshaped, LeavesWhatHoldsNoUsersAsItIs) {
  for (const std::string body : {"", "no JSON", "[]", R"({"data":[]})", "3"}) {
    for (const Shape shape :
         {Shape::as_it_is, Shape::bare, Shape::wrapped, Shape::reversed, Shape::first, Shape::ids}) {
      EXPECT_EQ(reshaped(body, shape), body);
    }
  }
}

TEST(FirstUsers, CutsABatch) {
  EXPECT_EQ(first_users(kArray, 1), R"([{"id":"a","n":1}])");
  EXPECT_EQ(first_users(kArray, 2), kArray);
  EXPECT_EQ(first_users(kArray, 0), "");
  EXPECT_EQ(first_users(kObject, 1), kObject);
  EXPECT_EQ(first_users(kObject, 0), "");
  EXPECT_EQ(first_users("no JSON", 0), "no JSON") << "for the API to refuse";
}

}  // namespace
}  // namespace cipherform::sandbox
