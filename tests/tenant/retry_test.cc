#include "tenant/retry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace cipherform {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Stage = TransportFailure::Stage;

AttemptVerdict answered(int status, Safety safety, std::string retry_after = {}) {
  return judge(HttpAnswer{status, {}, std::move(retry_after), {}}, safety, Time{});
}
AttemptVerdict lost(Stage stage, bool retryable, Safety safety) {
  return judge(tl::unexpected(TransportFailure{stage, retryable, "lost", {}}), safety, Time{});
}

TEST(Judge, SuccessIsDone) {
  for (const int status : {200, 201, 202, 204}) {
    EXPECT_EQ(answered(status, Safety::not_repeatable).outcome, Outcome::done) << status;
    EXPECT_FALSE(answered(status, Safety::repeatable).may_repeat) << status;
  }
}

TEST(Judge, AReadIsRepeatedAfterWhatMayPass) {
  for (const int status : {408, 425, 429, 500, 502, 503, 504}) {
    EXPECT_TRUE(answered(status, Safety::repeatable).may_repeat) << status;
  }
  for (const int status : {100, 301, 302, 307, 400, 401, 403, 404, 405, 409, 422}) {
    EXPECT_FALSE(answered(status, Safety::repeatable).may_repeat) << status;
  }
}

TEST(Judge, AChangeIsRepeatedOnlyWhereItWasCertainlyNotExecuted) {
  EXPECT_TRUE(answered(429, Safety::not_repeatable).may_repeat);
  EXPECT_TRUE(answered(503, Safety::not_repeatable, "1").may_repeat);
  for (const int status : {100, 302, 400, 401, 403, 404, 408, 409, 425, 500, 502, 503, 504}) {
    EXPECT_FALSE(answered(status, Safety::not_repeatable).may_repeat) << status;
  }
  EXPECT_FALSE(answered(500, Safety::not_repeatable, "1").may_repeat);
  EXPECT_FALSE(answered(503, Safety::not_repeatable, "later").may_repeat);
}

TEST(Judge, OutcomesOfAChange) {
  const auto outcome = [](int status) { return answered(status, Safety::not_repeatable).outcome; };
  for (const int status : {400, 401, 403, 404, 409, 413, 422, 425})
    EXPECT_EQ(outcome(status), Outcome::refused) << status;
  for (const int status : {100, 301, 302, 307, 408, 500, 502, 503, 504}) {
    EXPECT_EQ(outcome(status), Outcome::ambiguous) << status;
  }
  EXPECT_EQ(outcome(429), Outcome::throttled);
  EXPECT_EQ(answered(503, Safety::not_repeatable, "0").outcome, Outcome::throttled);
}

TEST(Judge, ARedirectOfAReadIsRefused) { EXPECT_EQ(answered(302, Safety::repeatable).outcome, Outcome::refused); }

TEST(Judge, LostRequests) {
  for (const Safety safety : {Safety::repeatable, Safety::not_repeatable}) {
    EXPECT_TRUE(lost(Stage::not_sent, true, safety).may_repeat);
    EXPECT_FALSE(lost(Stage::not_sent, false, safety).may_repeat);
    EXPECT_EQ(lost(Stage::not_sent, true, safety).outcome, Outcome::not_sent);
    EXPECT_EQ(lost(Stage::ambiguous, true, safety).outcome, Outcome::ambiguous);
    EXPECT_FALSE(lost(Stage::ambiguous, false, safety).may_repeat);
  }
  EXPECT_TRUE(lost(Stage::ambiguous, true, Safety::repeatable).may_repeat);
  EXPECT_FALSE(lost(Stage::ambiguous, true, Safety::not_repeatable).may_repeat);
}

TEST(Judge, RetryAfterIsReadWhereItMeansToComeAgain) {
  EXPECT_EQ(answered(429, Safety::not_repeatable, "3").retry_after, seconds{3});
  EXPECT_EQ(answered(503, Safety::repeatable, "3").retry_after, seconds{3});
  EXPECT_EQ(answered(500, Safety::not_repeatable, "3").retry_after, seconds{3});
  EXPECT_EQ(answered(404, Safety::repeatable, "3").retry_after, std::nullopt);
  EXPECT_EQ(answered(301, Safety::repeatable, "3").retry_after, std::nullopt);
}

TEST(Judge, ADateIsJudgedByTheServersClock) {
  const Time now = *parse_rfc3339("2026-01-01T00:10:00.300Z");
  HttpAnswer answer{429, {}, "Thu, 01 Jan 2026 00:00:05 GMT", "Thu, 01 Jan 2026 00:00:02 GMT"};
  EXPECT_EQ(judge(answer, Safety::repeatable, now).retry_after, seconds{3});
  answer.date = "Thu, 01 Jan 2026 00:10:00 GMT";
  answer.retry_after = "Thu, 01 Jan 2026 00:10:02 GMT";
  EXPECT_EQ(judge(answer, Safety::repeatable, now).retry_after, milliseconds{1'700});
  answer.date = "yesterday";
  EXPECT_EQ(judge(answer, Safety::repeatable, now).retry_after, milliseconds{1'700});
}

TEST(Backoff, IsUniformBelowADoublingBoundWithACap) {
  RetryPolicy policy;
  policy.base = milliseconds{250};
  policy.cap = milliseconds{3000};
  std::mt19937_64 random(7);
  const long bounds[] = {250, 500, 1000, 2000, 3000, 3000, 3000};
  for (unsigned retries = 0; retries < 7; ++retries) {
    std::vector<long> waits;
    for (int i = 0; i < 20'000; ++i) waits.push_back(backoff(policy.base, policy.cap, retries, random).count());
    const long bound = bounds[retries];
    EXPECT_GE(*std::ranges::min_element(waits), 0);
    EXPECT_LT(*std::ranges::max_element(waits), bound);
    EXPECT_GE(*std::ranges::max_element(waits), bound - bound / 50);
    const double mean = static_cast<double>(std::accumulate(waits.begin(), waits.end(), 0L)) / 20'000;
    EXPECT_NEAR(mean, static_cast<double>(bound) / 2, static_cast<double>(bound) / 50);
  }
}

TEST(Backoff, SurvivesAbsurdPolicies) {
  std::mt19937_64 random(7);
  RetryPolicy policy;
  EXPECT_LT(backoff(policy.base, policy.cap, 4'000'000'000U, random), policy.cap);
  policy.base = milliseconds{0};
  EXPECT_EQ(backoff(policy.base, policy.cap, 3, random), milliseconds{0});
  policy.base = milliseconds{-5};
  EXPECT_EQ(backoff(policy.base, policy.cap, 3, random), milliseconds{0});
}

TEST(RetryBudget, EndsAfter32RetriesWithoutASuccessAndIsEarnedBackByTwos) {
  RetryBudget budget;
  for (int i = 0; i < 32; ++i) EXPECT_TRUE(budget.spend()) << i;
  EXPECT_FALSE(budget.spend());
  budget.earn();
  EXPECT_FALSE(budget.spend());
  budget.earn();
  EXPECT_TRUE(budget.spend());
  EXPECT_FALSE(budget.spend());
  for (int i = 0; i < 1000; ++i) budget.earn();
  for (int i = 0; i < 32; ++i) EXPECT_TRUE(budget.spend()) << i;
  EXPECT_FALSE(budget.spend());
}

}  // namespace
}  // namespace cipherform
