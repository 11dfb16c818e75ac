#include "tenant/retry.h"

#include <algorithm>

#include "model/planted_bug.h"

namespace cipherform {
namespace {

using std::chrono::milliseconds;

/// 408: the server gave up waiting for the request. 425: it will not risk a replay.
bool is_worth_repeating(int status) { return status == 408 || status == 425 || status >= 500; }

bool tells_of_overload(int status) { return status == 408 || status == 503 || status == 504; }

AttemptVerdict judge_answer(const HttpAnswer& answer, Safety safety, Time now) {
  const bool repeatable = safety == Safety::repeatable;
  const int status = answer.status;
  if (status >= 200 && status < 300) return {Outcome::done, false, false, {}};
  AttemptVerdict verdict;
  verdict.overloaded = tells_of_overload(status);
  if (status == 429 || status >= 500) {
    verdict.retry_after = parse_retry_after(answer.retry_after, time_of_answer(answer, now));
  }
  if (status == 429 || (status == 503 && verdict.retry_after)) {
    verdict.outcome = Outcome::throttled;
    verdict.may_repeat = true;
  } else if (planted(Bug::server_error_is_refusal) && !repeatable && status >= 500) {
    verdict.outcome = Outcome::refused;
  } else if (status >= 400 && status < 500 && status != 408) {
    verdict.outcome = Outcome::refused;
    verdict.may_repeat = repeatable && is_worth_repeating(status);
  } else if (status >= 300 && status < 400) {
    // Not followed. A change may have been made before the redirect was written.
    verdict.outcome = repeatable ? Outcome::refused : Outcome::ambiguous;
  } else {
    verdict.outcome = Outcome::ambiguous;
    verdict.may_repeat = repeatable && is_worth_repeating(status);
  }
  return verdict;
}

}  // namespace

AttemptVerdict judge(const tl::expected<HttpAnswer, TransportFailure>& result, Safety safety, Time now) {
  if (result) return judge_answer(*result, safety, now);
  const TransportFailure& failure = result.error();
  if (failure.stage == TransportFailure::Stage::not_sent) return {Outcome::not_sent, failure.retryable, false, {}};
  const bool repeatable = safety == Safety::repeatable || planted(Bug::retry_ambiguous);
  const Outcome outcome = planted(Bug::timeout_is_not_sent) ? Outcome::not_sent : Outcome::ambiguous;
  return {outcome, failure.retryable && repeatable, failure.retryable, {}};
}

milliseconds backoff(milliseconds base, milliseconds cap, unsigned retries, std::mt19937_64& random) {
  milliseconds most = std::max(base, milliseconds{0});
  for (unsigned i = 0; i < retries && most > milliseconds{0} && most < cap; ++i) most *= 2;
  most = std::min(most, cap);
  if (most <= milliseconds{0}) return milliseconds{0};
  return milliseconds{std::uniform_int_distribution<milliseconds::rep>(0, most.count() - 1)(random)};
}

Time time_of_answer(const HttpAnswer& answer, Time now) {
  const auto date = parse_http_date(answer.date, now);
  // A Date is cut to the second: within it, our clock may be right.
  if (!date || (now >= *date && now < *date + std::chrono::seconds{1})) return now;
  return *date;
}

bool RetryBudget::spend() {
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

void RetryBudget::earn() { left_ = std::min(kMost, left_ + 0.5); }

}  // namespace cipherform
