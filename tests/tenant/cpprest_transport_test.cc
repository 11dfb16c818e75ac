// cpprestsdk's traps, each closed: what our transport does against a server that misbehaves.
#include "tenant/cpprest_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <map>
#include <thread>

#include "tenant/misbehaving_server.h"
#include "tenant/transport_fixture.h"

namespace cipherform::tests {
namespace {

std::string at(const MisbehavingServer& server) { return "127.0.0.1:" + std::to_string(server.port()); }

/// Sends `bytes` in answer to the first request, then closes.
MisbehavingServer::Script sending(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    if (peer.request()) peer.send(bytes);
  };
}

// ---------------------------------------------------------------- the usual

TEST(CpprestTransport, SendsWhatTheApiAsksFor) {
  Record record;
  MisbehavingServer server({[&](Peer& peer) {
    while (auto request = peer.request()) {
      record.add(*request);
      peer.send(answer(201, "[]"));
    }
  }});
  const auto transport = connected(server.url() + "/qa/");
  HttpRequest request = to_post(R"([{"email":"ada@example.com"}])");
  request.path = "/tenants/users?sort=createdAt%3Aasc&x=a%2Fb%20c+d";
  expect_answer(outcome(*transport, request), 201, "[]");
  expect_answer(outcome(*transport, to_get()), 201, "[]");
  expect_answer(outcome(*transport, to_delete()), 201, "[]");

  const std::string common =
      "Host: " + at(server) + "\r\nAccept:application/json\r\nAccept-Encoding:identity\r\napikey:" + kKey + "\r\n";
  const std::string end = "User-Agent:cipherform-test\r\nConnection: Keep-Alive\r\n\r\n";
  EXPECT_THAT(
      record.all(),
      testing::ElementsAre("POST /qa/tenants/users?sort=createdAt%3Aasc&x=a%2Fb%20c+d HTTP/1.1\r\n" + common +
                               "Content-Length:29\r\nContent-Type:application/json\r\n" + end +
                               R"([{"email":"ada@example.com"}])",
                           "GET /qa/tenants/users HTTP/1.1\r\n" + common + end,
                           "DELETE /qa/tenants/users/u/groups/g HTTP/1.1\r\n" + common + "Content-Length:0\r\n" + end));
  EXPECT_EQ(server.connections(), 1U) << "connections are reused";
}

TEST(CpprestTransport, ReturnsStatusBodyAndRetryAfterOfAnyFinalAnswer) {
  MisbehavingServer server({[](Peer& peer) {
    peer.request();
    peer.send(answer(429, "slow down", "Retry-After: 17\r\n"));
    peer.request();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
    peer.request();
    peer.send("HTTP/1.1 204 No Content\r\n\r\n");
    peer.request();
    peer.send("HTTP/1.1 500 Oops\r\nContent-Length: 000\r\n\r\n");
  }});
  const auto transport = connected(server.url());
  const Answered limited = outcome(*transport, to_post());
  expect_answer(limited, 429, "slow down");
  EXPECT_EQ(limited->retry_after, "17");
  expect_answer(outcome(*transport, to_get()), 200, "abcde");
  expect_answer(outcome(*transport, to_delete()), 204, "");
  expect_answer(outcome(*transport, to_get()), 500, "");
  EXPECT_EQ(server.connections(), 1U);
}

TEST(CpprestTransport, GivesEachRequestItsOwnAnswerWhenManyAreInFlight) {
  MisbehavingServer server({[](Peer& peer) {
    while (auto request = peer.request()) {
      const std::string path = request->substr(0, request->find(" HTTP/"));
      peer.send(answer(200, path + std::string(path.back() == '7' ? 200'000 : 0, 'x')));
    }
  }});
  const auto transport = connected(server.url(), 8);
  constexpr std::uint64_t kRequests = 300;
  for (std::uint64_t i = 0; i < kRequests; ++i) transport->start(i, to_get("/" + std::to_string(i)));
  std::map<std::uint64_t, std::string> bodies;
  while (bodies.size() < kRequests) {
    auto completion = transport->wait({});
    ASSERT_TRUE(completion && completion->result) << (completion ? completion->result.error().what : "nothing");
    bodies[completion->ticket] = completion->result->body;
  }
  for (const auto& [ticket, body] : bodies) {
    const std::string path = "GET /" + std::to_string(ticket);
    EXPECT_EQ(body, path + std::string(ticket % 10 == 7 ? 200'000 : 0, 'x'));
  }
  EXPECT_LE(server.connections(), 8U);
}

TEST(CpprestTransport, SendsABodyThatNeedsManyWritesWhole) {
  const std::string body(3'000'000, 'b');
  std::promise<bool> same;
  MisbehavingServer server({[&](Peer& peer) {
    const auto request = peer.request();
    same.set_value(request && request->ends_with("\r\n\r\n" + body));
    peer.send(answer(201, ""));
  }});
  const auto transport = connected(server.url());
  expect_answer(outcome(*transport, to_post(body)), 201, "");
  EXPECT_TRUE(same.get_future().get());
}

// ----------------------------------------------------- dying connections

class OnADyingConnection : public testing::TestWithParam<Method> {};

TEST_P(OnADyingConnection, AChangeIsSentOnceAndIsAmbiguous) {
  Record record;
  const auto changing = [&](const std::string& request) {
    if (!request.starts_with("GET")) record.add(request);
  };
  MisbehavingServer server({[&](Peer& peer) {
                              peer.request();
                              peer.send(answer(200, "first"));
                              if (auto request = peer.request()) changing(*request);
                            },
                            [&](Peer& peer) {
                              while (auto request = peer.request()) {
                                changing(*request);
                                peer.send(answer(200, "next"));
                              }
                            }});
  const auto transport = connected(server.url());
  expect_answer(outcome(*transport, to_get()), 200, "first");
  const Answered lost = outcome(*transport, GetParam() == Method::post ? to_post() : to_delete());
  expect_failure(lost, Stage::ambiguous, true, at(server) + " closed the connection without an answer");
  EXPECT_EQ(record.all().size(), 1U);
  // And the lane is as good as new.
  expect_answer(outcome(*transport, to_get()), 200, "next");
  EXPECT_EQ(record.all().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Changes, OnADyingConnection, testing::Values(Method::post, Method::del),
                         [](const auto& method) { return method.param == Method::post ? "Post" : "Delete"; });

TEST(CpprestTransport, ChangesOnManyDyingConnectionsArriveOnceEach) {
  Record record;
  MisbehavingServer server({[&](Peer& peer) {
    if (!peer.request()) return;
    peer.send(answer(200, ""));
    if (auto request = peer.request()) record.add(*request);
  }});
  const auto transport = connected(server.url(), 4);
  std::uint64_t ticket = 0;
  for (int round = 0; round < 10; ++round) {
    for (int phase = 0; phase < 2; ++phase) {
      for (int lane = 0; lane < 4; ++lane) transport->start(++ticket, phase == 0 ? to_get() : to_post());
      for (int lane = 0; lane < 4; ++lane) {
        const auto completion = transport->wait({});
        ASSERT_TRUE(completion.has_value());
        EXPECT_EQ(completion->result.has_value(), phase == 0);
      }
    }
  }
  EXPECT_EQ(record.all().size(), 40U);
}

TEST(CpprestTransport, AConnectionThatTheServerClosedIsNotUsedForAChange) {
  Record record;
  MisbehavingServer server({[&](Peer& peer) {
    if (auto request = peer.request()) record.add(*request);
    peer.send(answer(200, "once"));
  }});
  const auto transport = connected(server.url());
  for (std::size_t i = 0; i < 5; ++i) {
    expect_answer(outcome(*transport, i % 2 == 0 ? to_post() : to_delete()), 200, "once");
    server.wait_until_closed(i);
  }
  EXPECT_EQ(record.all().size(), 5U);
}

TEST(CpprestTransport, AnIdleConnectionIsNotUsedAgain) {
  MisbehavingServer server({answering("x")});
  CpprestSettings settings;
  settings.base = *parse_base_url(server.url(), false);
  settings.api_key = kKey;
  settings.lanes = 1;
  settings.max_idle = std::chrono::milliseconds(-1);
  const auto transport = make_cpprest_transport(std::move(settings));
  for (int i = 0; i < 3; ++i) expect_answer(outcome(*transport, to_post()), 200, "x");
  EXPECT_EQ(server.connections(), 3U);
}

TEST(CpprestTransport, AnAnswerThatNobodyAskedForIsNotGivenToTheNextRequest) {
  std::promise<void> answered;
  std::promise<void> extra_sent;
  MisbehavingServer server({[&](Peer& peer) {
                              peer.request();
                              peer.send(answer(200, "first"));
                              answered.get_future().wait();
                              peer.send(answer(200, "unasked"));
                              extra_sent.set_value();
                              peer.wait_until_gone();
                            },
                            answering("second")});
  const auto transport = connected(server.url());
  expect_answer(outcome(*transport, to_get()), 200, "first");
  answered.set_value();
  extra_sent.get_future().wait();
  expect_answer(outcome(*transport, to_get()), 200, "second");
}

// --------------------------------------------------- answers that desynchronise

class AfterAnInterimAnswer : public testing::TestWithParam<int> {};

TEST_P(AfterAnInterimAnswer, EveryRequestStillGetsItsOwnAnswer) {
  const std::string interim = "HTTP/1.1 " + std::to_string(GetParam()) + " Wait\r\nLink: </a>\r\n\r\n";
  MisbehavingServer server({[&](Peer& peer) {
                              peer.request();
                              peer.send(interim);
                              peer.send(answer(200, "first"));
                              while (peer.request()) peer.send(answer(200, "first's connection"));
                            },
                            answering("second")});
  const auto transport = connected(server.url());
  expect_failure(outcome(*transport, to_post()), Stage::ambiguous, true,
                 "an interim answer (status " + std::to_string(GetParam()) + ") came instead of the final one");
  expect_answer(outcome(*transport, to_get()), 200, "second");
}

INSTANTIATE_TEST_SUITE_P(Statuses, AfterAnInterimAnswer, testing::Values(100, 101, 102, 103, 199));

TEST(CpprestTransport, BytesAfterAnAnswerWithoutABodyAreNotTheNextAnswer) {
  for (const std::string first :
       {"HTTP/1.1 204 X\r\nContent-Length: 44\r\n\r\n", "HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\nTrailer: A\r\n\r\n0\r\nA: b\r\n\r\n"}) {
    std::promise<void> answered;
    MisbehavingServer server({[&](Peer& peer) {
                                peer.request();
                                peer.send(first);
                                answered.get_future().wait();
                                peer.send(answer(200, "a body that is none"));
                                peer.wait_until_gone();
                              },
                              answering("second")});
    const auto transport = connected(server.url());
    const Answered got = outcome(*transport, to_delete());
    ASSERT_TRUE(got.has_value()) << got.error().what;
    EXPECT_EQ(got->body, "");
    // Without waiting for the bytes: the connection is given up for what the answer's head said.
    transport->start(8, to_get());
    answered.set_value();
    const auto next = transport->wait({});
    ASSERT_TRUE(next && next->result);
    EXPECT_EQ(next->result->body, "second");
  }
}

// ---------------------------------------------------------------- redirects

class ToAnotherHost : public testing::TestWithParam<int> {};

TEST_P(ToAnotherHost, ARedirectIsAnAnswerAndTheKeyStays) {
  MisbehavingServer other({answering("other")});
  Record record;
  MisbehavingServer server({[&](Peer& peer) {
    while (auto request = peer.request()) {
      record.add(*request);
      peer.send(answer(GetParam(), "moved", "Location: " + other.url() + "/\r\n"));
    }
  }});
  const auto transport = connected(server.url());
  for (const HttpRequest& request : {to_get(), to_post(), to_delete()}) {
    expect_answer(outcome(*transport, request), GetParam(), "moved");
  }
  EXPECT_EQ(record.all().size(), 3U);
  EXPECT_EQ(other.connections(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Statuses, ToAnotherHost, testing::Values(300, 301, 302, 303, 307, 308));

// ------------------------------------------------------ deadlines and limits

TEST(CpprestTransport, ADrippingAnswerEndsAtTheDeadline) {
  for (const bool chunked : {true, false}) {
    MisbehavingServer server({[&](Peer& peer) {
      peer.request();
      peer.send(chunked ? "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
                        : "HTTP/1.1 200 X\r\nContent-Length: 1000000\r\n\r\n");
      while (peer.send(chunked ? "1\r\nx\r\n" : "x")) ::poll(nullptr, 0, 5);  // the drip is the fault itself
    }});
    const auto transport = connected(server.url());
    const auto begin = std::chrono::steady_clock::now();
    expect_failure(outcome(*transport, to_post("{}", 150ms)), Stage::ambiguous, true, "timed out after 0.15 s");
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 150ms);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  }
}

TEST(CpprestTransport, AServerThatNeverAnswersIsLeftAtTheDeadline) {
  std::promise<void> gone;
  MisbehavingServer server({[&](Peer& peer) {
    peer.request();
    peer.wait_until_gone();
    gone.set_value();
  }});
  const auto transport = connected(server.url());
  expect_failure(outcome(*transport, to_delete(100ms)), Stage::ambiguous, true, "timed out after 0.1 s");
  gone.get_future().wait();
}

Instant from_now(std::chrono::milliseconds by) { return system_clock()->instant() + by; }

/// Answers what comes whole, and remembers it.
MisbehavingServer::Script remembering(Record& whole) {
  return [&whole](Peer& peer) {
    while (const auto request = peer.request()) {
      whole.add(request->substr(0, request->find(' ')));
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    }
  };
}

TEST(CpprestTransport, NothingLeavesAfterItsLastMomentByEitherClock) {
  Record whole;
  MisbehavingServer server({remembering(whole)});
  const auto transport = connected(server.url());
  const Instant past = from_now(-1ms);
  const Instant future = from_now(1h);
  for (const bool connection_kept : {false, true}) {
    for (const Instant& last : {Instant{past.steady, future.wall}, Instant{future.steady, past.wall}}) {
      for (HttpRequest request : {to_post(), to_delete(), to_get()}) {
        request.not_after = last;
        expect_failure(outcome(*transport, std::move(request)), Stage::not_sent, true,
                       "the time in which it might be sent had passed");
      }
    }
    EXPECT_EQ(server.connections(), connection_kept ? 1U : 0U);
    HttpRequest in_time = to_post();
    in_time.not_after = future;
    expect_answer(outcome(*transport, std::move(in_time)), 200, "{}");
  }
  EXPECT_EQ(whole.all(), std::vector<std::string>(2, "POST"));
}

TEST(CpprestTransport, ARequestThatWaitsForALaneIsNotSentAfterItsDeadline) {
  Record record;
  std::promise<void> release;
  MisbehavingServer server({[&](Peer& peer) {
    while (auto request = peer.request()) {
      record.add(*request);
      release.get_future().wait();
      peer.send(answer(200, "first"));
      peer.wait_until_gone();
    }
  }});
  const auto transport = connected(server.url());
  transport->start(1, to_get());
  transport->start(2, to_post("{}", 50ms));
  const auto second = transport->wait({});
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->ticket, 2U);
  expect_failure(second->result, Stage::not_sent, true, "timed out after 0.05 s without a connection to " + at(server));
  release.set_value();
  const auto first = transport->wait({});
  ASSERT_TRUE(first.has_value());
  expect_answer(first->result, 200, "first");
  EXPECT_EQ(record.all().size(), 1U);
}

TEST(CpprestTransport, AnAnswerMayBeAsLongAsAllowedAndNotLonger) {
  for (const bool chunked : {true, false}) {
    MisbehavingServer server({[&](Peer& peer) {
      while (auto request = peer.request()) {
        const std::string body(request->starts_with("GET /more ") ? 100'001 : 100'000, 'x');
        if (!chunked) {
          peer.send(answer(200, body));
          continue;
        }
        peer.send("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n");
        peer.send("186A0\r\n" + body.substr(0, 100'000) + "\r\n");
        if (body.size() > 100'000) peer.send("1\r\nx\r\n");
        peer.send("0\r\n\r\n");
      }
    }});
    const auto transport = connected(server.url());
    HttpRequest request = to_get("/exact");
    request.max_answer_bytes = 100'000;
    expect_answer(outcome(*transport, request), 200, std::string(100'000, 'x'));
    request.path = "/more";
    expect_failure(outcome(*transport, request), Stage::ambiguous, false, "the answer is longer than 100000 bytes");
  }
}

TEST(CpprestTransport, AnEndlessBodyIsCutOff) {
  const std::string piece(65'536, 'x');
  for (const std::string head : {"HTTP/1.1 200 X\r\n\r\n", "HTTP/1.1 200 X\r\nContent-Length: 99999999999\r\n\r\n",
                                 "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    const bool chunked = head.find("chunked") != std::string::npos;
    MisbehavingServer server({[&](Peer& peer) {
      peer.request();
      peer.send(head);
      while (peer.send(chunked ? "10000\r\n" + piece + "\r\n" : piece)) {
      }
    }});
    const auto transport = connected(server.url());
    HttpRequest request = to_get();
    request.max_answer_bytes = 1'000'000;
    expect_failure(outcome(*transport, request), Stage::ambiguous, false, "the answer is longer than 1000000 bytes");
  }
}

// ---------------------------------------------------------- malformed answers

struct Malformed {
  const char* name;
  std::string bytes;
  std::string what;  ///< "@": the server's address
};

class MalformedAnswer : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedAnswer, IsAFailureNeverAnEmptyAnswer) {
  MisbehavingServer server({sending(GetParam().bytes)});
  const auto transport = connected(server.url());
  const Answered got = outcome(*transport, to_post());
  std::string what = GetParam().what;
  if (const auto mark = what.find('@'); mark != std::string::npos) what.replace(mark, 1, at(server));
  ASSERT_FALSE(got.has_value()) << got->status << " '" << got->body << "'";
  EXPECT_EQ(got.error().stage == Stage::ambiguous, true);
  EXPECT_EQ(got.error().what, what);
}

const std::string kCut = "the answer of @ is cut off";
const std::string kChunks = "the answer of @ is cut off, or its chunks are malformed";
const std::string kChunked = "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string kNoNumber = "the answer's Content-Length is not a number";

INSTANTIATE_TEST_SUITE_P(
    Answers, MalformedAnswer,
    testing::Values(
        Malformed{"NothingAtAll", "", "@ closed the connection without an answer"},
        Malformed{"HalfAHead", "HTTP/1.1 200 X\r\nContent-Len", "@ closed the connection without an answer"},
        Malformed{"NotHttp", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "what @ answers is not HTTP"},
        Malformed{"NoStatus", "HTTP/1.1 OK\r\n\r\n", "what @ answers is not HTTP"},
        Malformed{"HugeStatus", "HTTP/1.1 99999 X\r\n\r\n", "what @ answers is not HTTP"},
        Malformed{"StatusZero", "HTTP/1.1 0 X\r\nContent-Length: 0\r\n\r\n",
                  "the answer's status is 0, which is none of HTTP"},
        Malformed{"Status600", "HTTP/1.1 600 X\r\nContent-Length: 0\r\n\r\n",
                  "the answer's status is 600, which is none of HTTP"},
        Malformed{"LengthOfLetters", "HTTP/1.1 200 X\r\nContent-Length: abc\r\n\r\n{\"data\":[]}", kNoNumber},
        Malformed{"NegativeLength", "HTTP/1.1 200 X\r\nContent-Length: -1\r\n\r\n{}", kNoNumber},
        Malformed{"FractionalLength", "HTTP/1.1 200 X\r\nContent-Length: 2.5\r\n\r\n{}", kNoNumber},
        Malformed{"HexLength", "HTTP/1.1 200 X\r\nContent-Length: 0x2\r\n\r\n{}", kNoNumber},
        Malformed{"EmptyLength", "HTTP/1.1 200 X\r\nContent-Length:\r\n\r\n{}", kNoNumber},
        Malformed{"TwoLengths", "HTTP/1.1 200 X\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", kNoNumber},
        Malformed{"LengthAndChunks",
                  "HTTP/1.1 200 X\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                  "the answer has both a Content-Length and a Transfer-Encoding"},
        Malformed{"ShortBody", "HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\n{\"data\":", kCut},
        Malformed{"NoBody", "HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\n", kCut},
        Malformed{"ChunksCutInTheMiddle", kChunked + "10\r\nabc", kChunks},
        Malformed{"ChunksWithoutTheLast", kChunked + "3\r\nabc\r\n", kChunks},
        Malformed{"ChunkSizeOfLetters", kChunked + "xyz\r\nabc\r\n0\r\n\r\n", kChunks},
        Malformed{"ChunkSizeEmpty", kChunked + "\r\nabc\r\n0\r\n\r\n", kChunks},
        Malformed{"ChunkSizeTooLarge", kChunked + "fffffffff\r\nabc\r\n0\r\n\r\n", kChunks},
        Malformed{"ChunkSizeMinusOne", kChunked + "-1\r\nabc\r\n0\r\n\r\n", "the answer is longer than 16777216 bytes"},
        Malformed{"ChunkSizeMinusFive", kChunked + "-5\r\nabc\r\n0\r\n\r\n", kChunks},
        Malformed{"Gzip", "HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
                  "the answer is compressed, which was not asked for"},
        Malformed{"GzipTransfer", "HTTP/1.1 200 X\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                  "the answer has a Transfer-Encoding other than chunked"},
        Malformed{"TheKeyEchoed", std::string(kKey) + "\r\n\r\n", "what @ answers is not HTTP"}),
    [](const auto& malformed) { return malformed.param.name; });

TEST(CpprestTransport, AnAnswerWithoutALengthEndsWithItsConnection) {
  MisbehavingServer server({sending("HTTP/1.1 200 X\r\n\r\n{\"data\":[]}"), answering("second")});
  const auto transport = connected(server.url());
  expect_answer(outcome(*transport, to_get()), 200, "{\"data\":[]}");
  expect_answer(outcome(*transport, to_post()), 200, "second");
}

TEST(CpprestTransport, AResetIsAmbiguous) {
  MisbehavingServer server({[](Peer& peer) {
    peer.request();
    peer.reset();
  }});
  const auto transport = connected(server.url());
  expect_failure(outcome(*transport, to_post()), Stage::ambiguous, true,
                 at(server) + " closed the connection without an answer");
}

// ---------------------------------------------------------------- not sent

TEST(CpprestTransport, ARefusedConnectionIsNotSent) {
  std::string address;
  {
    const MisbehavingServer server({answering("")});
    address = at(server);
  }
  const auto transport = connected("http://" + address);
  const Answered got = outcome(*transport, to_post());
  expect_failure(got, Stage::not_sent, true, "connection refused by " + address);
  EXPECT_EQ(got.error().hint, "is the port right, and is the server running?");
}

TEST(CpprestTransport, AHostThatDoesNotExistIsNotSent) {
  TransportOptions options = options_for("http://tenant.invalid:81/qa");
  options.insecure_http = true;
  const auto transport = connected(options);
  const Answered got = outcome(*transport, to_post());
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().stage == Stage::not_sent, true);
  // Which of the two depends on whether there is a name server to say so.
  EXPECT_TRUE(got.error().what == "there is no host named tenant.invalid" ||
              got.error().what == "cannot resolve the host name tenant.invalid")
      << got.error().what;
}

TEST(CpprestTransport, APathThatIsNoUrlIsNotSent) {
  MisbehavingServer server({answering("")});
  const auto transport = connected(server.url());
  const Answered got = outcome(*transport, to_get("/tenants/a b"));
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().stage == Stage::not_sent, true);
  EXPECT_FALSE(got.error().retryable);
  EXPECT_EQ(server.connections(), 0U);
}

// ------------------------------------------------------------------- waiting

TEST(CpprestTransport, NoMoreRequestsAreOutThanThereAreLanes) {
  std::mutex mutex;
  std::condition_variable arrived;
  int seen = 0;
  int unanswered = 0;
  int most = 0;
  MisbehavingServer server({[&](Peer& peer) {
    while (peer.request()) {
      {
        std::unique_lock lock(mutex);
        ++seen;
        most = std::max(most, ++unanswered);
        arrived.notify_all();
        arrived.wait(lock, [&] { return seen >= 3; });  // three are out together
        --unanswered;
      }
      peer.send(answer(200, ""));
    }
  }});
  const auto transport = connected(server.url(), 3);
  for (std::uint64_t i = 0; i < 20; ++i) transport->start(i, to_get());
  for (int i = 0; i < 20; ++i) {
    const auto completion = transport->wait({});
    ASSERT_TRUE(completion && completion->result);
  }
  EXPECT_EQ(most, 3);
  EXPECT_EQ(server.connections(), 3U);
}

TEST(CpprestTransport, WakeEndsAWaitFromAnyThreadAndTheNextOne) {
  MisbehavingServer server({answering("x")});
  const auto transport = connected(server.url());
  transport->wake();
  EXPECT_FALSE(transport->wait({}).has_value());
  std::thread other([&] { transport->wake(); });
  EXPECT_FALSE(transport->wait({}).has_value());
  other.join();
  expect_answer(outcome(*transport, to_get()), 200, "x");
}

TEST(CpprestTransport, AWaitEndsWhenItsTimeHasComeAndTheRequestGoesOn) {
  std::promise<void> release;
  MisbehavingServer server({[&](Peer& peer) {
    peer.request();
    release.get_future().wait();
    peer.send(answer(200, "late"));
  }});
  const auto transport = connected(server.url());
  EXPECT_FALSE(transport->wait(std::chrono::steady_clock::now() - 1s).has_value()) << "nothing is in flight";
  transport->start(1, to_get());
  const auto until = std::chrono::steady_clock::now() + 30ms;
  EXPECT_FALSE(transport->wait(until).has_value());
  EXPECT_GE(std::chrono::steady_clock::now(), until);
  EXPECT_FALSE(transport->wait(SteadyTime{}).has_value());
  release.set_value();
  const auto completion = transport->wait({});
  ASSERT_TRUE(completion.has_value());
  expect_answer(completion->result, 200, "late");
}

TEST(CpprestTransport, DestructionEndsWhatIsInFlight) {
  std::atomic<int> arrived{0};
  MisbehavingServer server({[&](Peer& peer) {
    if (peer.request()) ++arrived;
    peer.wait_until_gone();
  }});
  const auto begin = std::chrono::steady_clock::now();
  for (int round = 0; round < 10; ++round) {
    const auto transport = connected(server.url(), 16);
    for (std::uint64_t i = 0; i < 40; ++i) transport->start(i, to_post());
    if (round % 2 == 0) transport->wait(std::chrono::steady_clock::now() + 5ms);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s) << "the library did not let go";
}

}  // namespace
}  // namespace cipherform::tests
