#include "sandbox/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cipherform::sandbox {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class StatisticsTest : public ::testing::Test {
 protected:
  void request(std::uint64_t connection, std::chrono::milliseconds at) {
    statistics_.begin("add", connection, start_ + at);
    statistics_.end();
  }
  void executed(std::string_view operation, std::string_view body, unsigned status, std::string_view rule = {}) {
    ApiRequest asked;
    asked.body = body;
    ApiAnswer answer;
    answer.status = status;
    answer.rule = rule;
    statistics_.executed(operation, asked, answer);
  }
  std::string json() const { return statistics_.json({}); }

  Statistics statistics_;
  Statistics::SteadyTime start_{1h};
};

TEST_F(StatisticsTest, BeginEmpty) {
  EXPECT_EQ(
      json(),
      R"({"format_version":1,"requests":{},"answers":{},"throttled":0,"early":0,"in_flight":0,"most_in_flight":0,)"
      R"("changes":{},"violations":{},"invitations":{},"repeated_creates":{},"rules":[]})");
}

TEST_F(StatisticsTest, CountRequestsAndAnswers) {
  statistics_.begin("create", 1, start_);
  statistics_.begin("add", 2, start_);
  statistics_.end();
  statistics_.begin("add", 2, start_);
  statistics_.answered(201);
  statistics_.answered(429);
  statistics_.answered(429);
  EXPECT_THAT(json(),
              HasSubstr(R"("requests":{"add":2,"create":1},"answers":{"201":1,"429":2},"throttled":2,"early":0,)"
                        R"("in_flight":2,"most_in_flight":2)"));
  EXPECT_THAT(statistics_.json({{5, 2}, {1, 0}}),
              HasSubstr(R"("rules":[{"matched":5,"applied":2},{"matched":1,"applied":0}])"));
}

TEST_F(StatisticsTest, CountChangesThatWereExecuted) {
  executed("create", R"([{"email":"A@example.com","groups":[]},{"email":"b@example.com","groups":[]}])", 201);
  executed("add", {}, 201);
  executed("remove", {}, 204);
  executed("remove", {}, 400, "last_group");
  executed("get_user", {}, 200);
  EXPECT_THAT(json(), HasSubstr(R"("changes":{"memberships_added":1,"memberships_removed":1,"users_created":2},)"
                                R"("violations":{"last_group":1},)"
                                R"("invitations":{"a@example.com":1,"b@example.com":1},"repeated_creates":{})"));
}

TEST_F(StatisticsTest, CountCreatesThatAnotherServerWouldHaveInvitedTwiceFor) {
  const std::string both = R"([{"email":"a@example.com","groups":[]},{"email":"new@example.com","groups":[]}])";
  executed("create", both, 400);
  executed("create", R"({"email":"A@example.com","groups":[]})", 201);
  executed("create", both, 409, "existing_email");
  EXPECT_THAT(json(), HasSubstr(R"("violations":{"existing_email":1},"invitations":{"a@example.com":1},)"
                                R"("repeated_creates":{"a@example.com":1})"));
}

TEST_F(StatisticsTest, CountWhoDoesNotWait) {
  statistics_.announced(1, start_, start_ + 2s);
  request(2, 100ms);  // may have been on its way
  EXPECT_THAT(json(), HasSubstr(R"("early":0)"));
  request(1, 1ms);  // has had its answer
  EXPECT_THAT(json(), HasSubstr(R"("early":1)"));
  request(2, 101ms);
  request(3, 1999ms);
  EXPECT_THAT(json(), HasSubstr(R"("early":3)"));
  request(1, 2s);
  request(2, 3s);
  EXPECT_THAT(json(), HasSubstr(R"("early":3)"));
}

TEST_F(StatisticsTest, RememberEveryAnnouncement) {
  statistics_.announced(1, start_, start_ + 5s);
  statistics_.announced(2, start_ + 1s, start_ + 2s);
  request(2, 3s);
  EXPECT_THAT(json(), HasSubstr(R"("early":1)"));
}

TEST_F(StatisticsTest, EscapeWhatTheyShow) {
  executed("create", R"({"email":"a\"b@example.com","groups":[]})", 201);
  EXPECT_THAT(json(), HasSubstr(R"("invitations":{"a\"b@example.com":1})"));
}

}  // namespace
}  // namespace cipherform::sandbox
