#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>
#include <set>

#include "cipherform/tenant.h"
#include "fakes/scripted_transport.h"
#include "tenant/request_gate.h"

namespace cipherform {
namespace {

using fakes::failure;
using fakes::reply;
using fakes::ScriptedTransport;
using fakes::VirtualClock;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Stage = TransportFailure::Stage;
using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;
using ::testing::Lt;

constexpr milliseconds kAnswerTime{10};  // of a ScriptedTransport reply

struct WaitLog final : Progress {
  void update(std::string_view /*what*/, std::uint64_t /*done*/, std::uint64_t /*total*/) override {}
  void waiting(std::string_view why, milliseconds left) override {
    EXPECT_EQ(why, "rate limited");
    lefts.push_back(left);
  }
  std::vector<milliseconds> lefts;
};

struct Switch final : Interruption {
  bool requested() const noexcept override { return on; }
  bool on = false;
};

/// Requests are named by their paths; each path has its script of replies, and answers
/// 200 where the script has ended.
class DispatcherTest : public ::testing::Test {
 protected:
  void script(const std::string& path, std::deque<ScriptedTransport::Reply> replies) {
    scripts[path] = std::move(replies);
  }

  Dispatcher dispatcher(TenantLink::Options options = {.retry = {}, .parallelism = 8}) {
    link.emplace(transport, clock, random, options);
    return Dispatcher(*link, options.parallelism, &waits, &interruption);
  }

  static HttpRequest request(std::string path, Method method = Method::get) {
    HttpRequest made;
    made.method = method;
    made.path = std::move(path);
    return made;
  }

  /// When the requests to `path` started.
  std::vector<milliseconds> starts(std::string_view path) const {
    std::vector<milliseconds> times;
    for (const auto& sent : transport.sent()) {
      if (sent.request.path == path) times.push_back(since_start(sent.at));
    }
    return times;
  }

  static milliseconds since_start(SteadyTime time) {
    return std::chrono::duration_cast<milliseconds>(time.time_since_epoch());
  }

  static TransportFailure hopeless(Stage stage) { return {stage, false, "hopeless", {}}; }

  VirtualClock clock;
  std::map<std::string, std::deque<ScriptedTransport::Reply>, std::less<>> scripts;
  ScriptedTransport transport{clock, [this](const HttpRequest& sent) {
                                auto& replies = scripts[sent.path];
                                if (replies.empty()) return reply(200, "ok");
                                auto first = std::move(replies.front());
                                replies.pop_front();
                                return first;
                              }};
  std::mt19937_64 random{1};
  std::optional<TenantLink> link;
  WaitLog waits;
  Switch interruption;
};

TEST_F(DispatcherTest, GivesBackTheTicketTheAnswerAndTheNumberOfAttempts) {
  auto tested = dispatcher();
  EXPECT_EQ(tested.next(), std::nullopt);
  tested.submit(77, request("/a"), Safety::repeatable);
  EXPECT_EQ(tested.under_way(), 1U);
  const auto ended = tested.next();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->ticket, 77U);
  EXPECT_EQ(ended->outcome, Outcome::done);
  EXPECT_EQ(ended->answer.body, "ok");
  EXPECT_EQ(ended->attempts, 1U);
  EXPECT_EQ(tested.under_way(), 0U);
  EXPECT_EQ(tested.next(), std::nullopt);
}

TEST_F(DispatcherTest, HasRoomForItsParallelism) {
  auto tested = dispatcher({.retry = {}, .parallelism = 3});
  for (std::uint64_t ticket = 0; tested.has_room(); ++ticket) tested.submit(ticket, request("/a"), Safety::repeatable);
  EXPECT_EQ(tested.under_way(), 3U);
  EXPECT_EQ(transport.most_in_flight(), 3U);
  ASSERT_TRUE(tested.next());
  EXPECT_TRUE(tested.has_room());
}

TEST_F(DispatcherTest, AParallelismOfZeroIsOne) {
  auto tested = dispatcher({.retry = {}, .parallelism = 0});
  EXPECT_TRUE(tested.has_room());
  tested.submit(1, request("/a"), Safety::repeatable);
  EXPECT_FALSE(tested.has_room());
}

TEST_F(DispatcherTest, ReadsAreRetriedWithFullJitter) {
  script("/a", {reply(500), failure(Stage::ambiguous), reply(408), failure(Stage::not_sent), reply(502)});
  auto tested = dispatcher();
  tested.submit(1, request("/a"), Safety::repeatable);
  const auto ended = tested.next();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->outcome, Outcome::done);
  EXPECT_EQ(ended->attempts, 6U);
  const auto times = starts("/a");
  ASSERT_EQ(times.size(), 6U);
  long bound = 250;
  for (std::size_t i = 1; i < times.size(); ++i, bound *= 2) {
    const milliseconds pause = times[i] - times[i - 1] - kAnswerTime;
    EXPECT_THAT(pause.count(), AllOf(Ge(0), Lt(bound))) << i;
  }
}

TEST_F(DispatcherTest, JitterDiffersBetweenRequests) {
  std::set<milliseconds> pauses;
  auto tested = dispatcher();
  for (std::uint64_t i = 0; i < 8; ++i) {
    const std::string path = "/" + std::to_string(i);
    script(path, {reply(503)});
    tested.submit(i, request(path), Safety::repeatable);
  }
  while (tested.next()) {
  }
  for (std::uint64_t i = 0; i < 8; ++i) pauses.insert(starts("/" + std::to_string(i)).back());
  EXPECT_GE(pauses.size(), 6U);
}

TEST_F(DispatcherTest, AttemptsAreBounded) {
  for (int i = 0; i < 10; ++i) scripts["/a"].push_back(reply(500, "still broken"));
  auto tested = dispatcher({.retry = {.attempts = 3}, .parallelism = 1});
  tested.submit(1, request("/a"), Safety::repeatable);
  const auto ended = tested.next();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->attempts, 3U);
  EXPECT_EQ(ended->outcome, Outcome::ambiguous);
  EXPECT_EQ(ended->answer.body, "still broken");
  EXPECT_EQ(transport.sent().size(), 3U);
}

TEST_F(DispatcherTest, AChangeIsSentOnceWhereItMayHaveBeenExecuted) {
  for (const auto& [path, bad] :
       std::map<std::string, ScriptedTransport::Reply>{{"/500", reply(500)},
                                                       {"/502", reply(502)},
                                                       {"/503", reply(503)},
                                                       {"/408", reply(408)},
                                                       {"/302", reply(302)},
                                                       {"/lost", failure(Stage::ambiguous)}}) {
    script(path, {bad});
    auto tested = dispatcher();
    tested.submit(1, request(path, Method::post), Safety::not_repeatable);
    const auto ended = tested.next();
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->outcome, Outcome::ambiguous) << path;
    EXPECT_EQ(starts(path).size(), 1U) << path;
  }
}

TEST_F(DispatcherTest, ATimeoutOfAChangeIsAmbiguous) {
  auto slow = reply(201);
  slow.after = seconds{60};
  script("/a", {slow});
  auto tested = dispatcher();
  tested.submit(1, request("/a", Method::post), Safety::not_repeatable);
  const auto ended = tested.next();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->outcome, Outcome::ambiguous);
  EXPECT_EQ(ended->failure.what, "timed out");
  EXPECT_EQ(transport.sent().size(), 1U);
}

TEST_F(DispatcherTest, AChangeThatWasNotSentIsSentAgain) {
  script("/a", {failure(Stage::not_sent), failure(Stage::not_sent), reply(201)});
  auto tested = dispatcher();
  tested.submit(1, request("/a", Method::post), Safety::not_repeatable);
  const auto ended = tested.next();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->outcome, Outcome::done);
  EXPECT_EQ(ended->attempts, 3U);
}

TEST_F(DispatcherTest, WhatFailsTheSameWayAgainIsNotTriedAgain) {
  script("/tls", {{tl::unexpected(hopeless(Stage::not_sent))}});
  script("/long", {{tl::unexpected(hopeless(Stage::ambiguous))}});
  auto tested = dispatcher({.retry = {}, .parallelism = 1});
  tested.submit(1, request("/tls"), Safety::repeatable);
  EXPECT_EQ(tested.next()->outcome, Outcome::not_sent);
  tested.submit(2, request("/long"), Safety::repeatable);
  EXPECT_EQ(tested.next()->outcome, Outcome::ambiguous);
  EXPECT_EQ(transport.sent().size(), 2U);
}

TEST_F(DispatcherTest, ARefusedKeyIsNotTriedAgain) {
  script("/a", {reply(401)});
  script("/b", {reply(403)});
  auto tested = dispatcher();
  tested.submit(1, request("/a"), Safety::repeatable);
  tested.submit(2, request("/b"), Safety::not_repeatable);
  EXPECT_EQ(tested.next()->outcome, Outcome::refused);
  EXPECT_EQ(tested.next()->outcome, Outcome::refused);
  EXPECT_EQ(transport.sent().size(), 2U);
}

TEST_F(DispatcherTest, RetryAfterInSecondsIsNeverEarlyAndLittleLater) {
  for (const Safety safety : {Safety::repeatable, Safety::not_repeatable}) {
    const std::string path = safety == Safety::repeatable ? "/read" : "/change";
    script(path, {reply(429, "", "7"), reply(503, "", "2")});
    auto tested = dispatcher();
    const milliseconds start = since_start(clock.steady());
    tested.submit(1, request(path), safety);
    const auto ended = tested.next();
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->outcome, Outcome::done);
    const auto times = starts(path);
    ASSERT_EQ(times.size(), 3U);
    EXPECT_EQ(times[0], start);
    EXPECT_THAT(times[1], AllOf(Ge(start + milliseconds{7'010}), Le(start + milliseconds{7'260})));
    EXPECT_THAT(times[2], AllOf(Ge(times[1] + milliseconds{2'010}), Le(times[1] + milliseconds{2'111})));
  }
}

TEST_F(DispatcherTest, RetryAfterAsADateIsNeverEarlyAndLittleLater) {
  // The virtual clock starts at 2026-01-01T00:00:00Z, and the answer comes at +10 ms.
  script("/a", {reply(429, "", "Thu, 01 Jan 2026 00:00:03 GMT")});
  script("/b", {reply(429, "", "Thursday, 01-Jan-26 00:00:05 GMT")});
  script("/c", {reply(429, "", "Thu Jan  1 00:00:08 2026")});
  for (const auto& [path, again] : std::map<std::string, long>{{"/a", 3000}, {"/b", 5000}, {"/c", 8000}}) {
    auto tested = dispatcher();
    tested.submit(1, request(path), Safety::not_repeatable);
    ASSERT_TRUE(tested.next());
    EXPECT_THAT(starts(path).back(), AllOf(Ge(milliseconds{again}), Le(milliseconds{again + 251}))) << path;
  }
}

TEST_F(DispatcherTest, ADateThatPassedMeansBackoff) {
  script("/a", {reply(429, "", "Sun, 06 Nov 1994 08:49:37 GMT")});
  auto tested = dispatcher();
  tested.submit(1, request("/a"), Safety::not_repeatable);
  EXPECT_EQ(tested.next()->outcome, Outcome::done);
  EXPECT_THAT((starts("/a").back() - kAnswerTime).count(), AllOf(Ge(0), Lt(1'050)));
}

TEST_F(DispatcherTest, RetryAfterStopsAllRequests) {
  script("/limited", {reply(429, "", "5")});
  script("/broken", {reply(500)});
  auto tested = dispatcher();
  tested.submit(1, request("/limited"), Safety::not_repeatable);
  tested.submit(2, request("/broken"), Safety::repeatable);
  EXPECT_EQ(tested.next(clock.steady() + milliseconds{100}), std::nullopt);
  tested.submit(3, request("/late"), Safety::not_repeatable);
  EXPECT_TRUE(starts("/late").empty());
  while (tested.next()) {
  }
  const milliseconds open{5'010};
  EXPECT_GE(starts("/limited").back(), open);
  EXPECT_EQ(starts("/late").size(), 1U);
  EXPECT_GE(starts("/broken").back(), open);
  for (const auto& sent : transport.sent()) {
    EXPECT_TRUE(sent.at == SteadyTime{} || since_start(sent.at) >= open) << sent.request.path;
  }
}

TEST_F(DispatcherTest, TheLatestRetryAfterHolds) {
  script("/a", {reply(429, "", "9")});
  script("/b", {reply(429, "", "2")});
  auto tested = dispatcher();
  tested.submit(1, request("/a"), Safety::repeatable);
  tested.submit(2, request("/b"), Safety::repeatable);
  while (tested.next()) {
  }
  EXPECT_GE(starts("/a").back(), milliseconds{9'010});
  EXPECT_GE(starts("/b").back(), milliseconds{9'010});
}

TEST_F(DispatcherTest, AWaitIsToldEverySecond) {
  script("/a", {reply(429, "", "3")});
  auto tested = dispatcher();
  tested.submit(1, request("/a"), Safety::repeatable);
  ASSERT_TRUE(tested.next());
  ASSERT_GE(waits.lefts.size(), 3U);
  EXPECT_THAT(waits.lefts[0], AllOf(Ge(milliseconds{3'000}), Le(milliseconds{3'150})));
  EXPECT_EQ(waits.lefts[1], waits.lefts[0] - seconds{1});
  EXPECT_EQ(waits.lefts[2], waits.lefts[0] - seconds{2});
}

TEST_F(DispatcherTest, ALimitWithoutRetryAfterIsBackedOffFrom) {
  script("/a", {reply(429), reply(429)});
  auto tested = dispatcher();
  tested.submit(1, request("/a"), Safety::not_repeatable);
  const auto ended = tested.next();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->outcome, Outcome::done);
  EXPECT_EQ(ended->attempts, 3U);
  EXPECT_FALSE(waits.lefts.empty());
}

TEST_F(DispatcherTest, BeingLimitedIsChargedToNothing) {
  for (int i = 0; i < 10; ++i) scripts["/a"].push_back(reply(429, "slow down", "1"));
  auto tested = dispatcher({.retry = {.attempts = 2}, .parallelism = 1});
  tested.submit(1, request("/a"), Safety::not_repeatable);
  const auto ended = tested.next();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->outcome, Outcome::done);
  EXPECT_EQ(ended->attempts, 11U);
  for (int i = 0; i < 32; ++i) EXPECT_TRUE(link->gate().budget().spend()) << i;
}

TEST_F(DispatcherTest, WaitsThatAddUpToTooMuchEndWithTheTimeToGoOn) {
  for (int i = 0; i < 100; ++i) scripts["/a"].push_back(reply(429, "slow down", "4"));
  auto tested = dispatcher({.retry = {.longest_wait = seconds{60}}, .parallelism = 1});
  tested.submit(1, request("/a"), Safety::not_repeatable);
  const auto ended = tested.next();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->outcome, Outcome::throttled);
  EXPECT_LT(ended->attempts, 17U);
  EXPECT_EQ(ended->answer.status, 429);
  EXPECT_EQ(ended->answer.body, "slow down");
  ASSERT_TRUE(ended->resume_at);
  EXPECT_GE(*ended->resume_at, clock.now() + seconds{4});
}

TEST_F(DispatcherTest, AWaitThatIsTooLongEndsAllThatWaits) {
  script("/limited", {reply(429, "come back tomorrow", "86400")});
  script("/broken", {reply(500)});
  auto tested = dispatcher();
  tested.submit(1, request("/broken"), Safety::repeatable);
  tested.submit(2, request("/limited"), Safety::not_repeatable);
  std::map<std::uint64_t, Dispatched> ended;
  while (auto next = tested.next()) ended[next->ticket] = *next;
  tested.submit(3, request("/later"), Safety::not_repeatable);
  ended[3] = tested.next().value();
  for (const std::uint64_t ticket : {1U, 2U, 3U}) {
    EXPECT_EQ(ended[ticket].outcome, Outcome::throttled) << ticket;
    EXPECT_EQ(ended[ticket].answer.status, 429) << ticket;
    EXPECT_EQ(ended[ticket].answer.retry_after, "86400") << ticket;
  }
  EXPECT_EQ(ended[3].attempts, 0U);
  EXPECT_EQ(transport.sent().size(), 2U);
  EXPECT_LT(since_start(clock.steady()), seconds{1});
}

TEST_F(DispatcherTest, ABrokenServerIsNotHammered) {
  for (int i = 0; i < 100; ++i) {
    for (int n = 0; n < 6; ++n) scripts["/" + std::to_string(i)].push_back(reply(500));
  }
  auto tested = dispatcher();
  for (std::uint64_t i = 0; i < 100; ++i) {
    while (!tested.has_room()) tested.next();
    tested.submit(i, request("/" + std::to_string(i)), Safety::repeatable);
  }
  while (tested.next()) {
  }
  EXPECT_EQ(transport.sent().size(), 100U + 32U);
}

TEST_F(DispatcherTest, AServerThatFailsNowAndThenIsRetriedForever) {
  auto tested = dispatcher({.retry = {}, .parallelism = 4});
  unsigned done = 0;
  const auto take = [&] {
    if (const auto ended = tested.next()) done += ended->outcome == Outcome::done ? 1U : 0U;
  };
  for (std::uint64_t i = 0; i < 1000; ++i) {
    if (i % 5 == 0) script("/" + std::to_string(i), {reply(503)});
    while (!tested.has_room()) take();
    tested.submit(i, request("/" + std::to_string(i)), Safety::repeatable);
  }
  while (tested.under_way() > 0) take();
  EXPECT_EQ(done, 1000U);
}

TEST_F(DispatcherTest, ATimeThatPassedTakesOnlyWhatHasEnded) {
  auto slow = reply(200);
  slow.after = seconds{5};
  script("/slow", {slow});
  auto tested = dispatcher();
  tested.submit(1, request("/slow"), Safety::repeatable);
  tested.submit(2, request("/quick"), Safety::repeatable);
  EXPECT_EQ(tested.next(clock.steady()), std::nullopt);
  EXPECT_EQ(since_start(clock.steady()), milliseconds{0});
  clock.advance_to(SteadyTime{} + seconds{1});
  EXPECT_EQ(tested.next(clock.steady())->ticket, 2U);
  EXPECT_EQ(tested.next(clock.steady()), std::nullopt);
  EXPECT_EQ(tested.next(clock.steady() + seconds{1}), std::nullopt);
  EXPECT_EQ(since_start(clock.steady()), seconds{2});
  EXPECT_EQ(tested.next()->ticket, 1U);
}

TEST_F(DispatcherTest, AWakeIsNoEnd) {
  auto tested = dispatcher();
  tested.submit(1, request("/a"), Safety::repeatable);
  transport.wake();
  EXPECT_EQ(tested.next()->ticket, 1U);
}

TEST_F(DispatcherTest, AnInterruptionEndsWhatWaitsAndWaitsForWhatIsInFlight) {
  auto slow = reply(200);
  slow.after = seconds{5};
  script("/slow", {slow});
  script("/limited", {reply(429, "", "60")});
  auto tested = dispatcher();
  tested.submit(1, request("/slow"), Safety::repeatable);
  tested.submit(2, request("/limited"), Safety::not_repeatable);
  EXPECT_EQ(tested.next(clock.steady() + seconds{1}), std::nullopt);
  tested.submit(3, request("/never"), Safety::not_repeatable);
  interruption.on = true;
  transport.wake();
  const auto first = tested.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->ticket, 2U);
  EXPECT_EQ(first->outcome, Outcome::throttled);
  const auto second = tested.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->ticket, 3U);
  EXPECT_EQ(second->outcome, Outcome::not_sent);
  EXPECT_EQ(second->attempts, 0U);
  const auto third = tested.next();
  ASSERT_TRUE(third);
  EXPECT_EQ(third->ticket, 1U);
  EXPECT_EQ(third->outcome, Outcome::done);
  EXPECT_EQ(since_start(clock.steady()), seconds{5});
}

TEST_F(DispatcherTest, AfterAnInterruptionNothingIsRetried) {
  script("/a", {reply(500)});
  auto tested = dispatcher();
  tested.submit(1, request("/a"), Safety::repeatable);
  interruption.on = true;
  EXPECT_EQ(tested.next()->outcome, Outcome::ambiguous);
  EXPECT_EQ(transport.sent().size(), 1U);
}

TEST_F(DispatcherTest, ItsEndWaitsForItsRequestsSoThatTheNextOneSeesOnlyItsOwn) {
  {
    auto first = dispatcher();
    first.submit(1, request("/a"), Safety::repeatable);
    script("/limited", {reply(429, "", "60")});
  }
  EXPECT_EQ(since_start(clock.steady()), kAnswerTime);
  auto second = dispatcher();
  second.submit(2, request("/b"), Safety::repeatable);
  EXPECT_EQ(second.next()->ticket, 2U);
}

TEST_F(DispatcherTest, WhatItsLastAnswersSayOfTheGateHoldsForTheNextOne) {
  script("/a", {reply(429, "slow down", "30")});
  {
    auto first = dispatcher();
    first.submit(1, request("/a"), Safety::repeatable);
  }
  Dispatcher next(*link, 4, &waits, &interruption);
  next.submit(2, request("/b"), Safety::repeatable);
  ASSERT_TRUE(next.next());
  ASSERT_EQ(starts("/b").size(), 1U);
  EXPECT_GE(starts("/b")[0], kAnswerTime + seconds{30});
}

}  // namespace
}  // namespace cipherform
