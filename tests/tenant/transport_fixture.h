// One request at a time through a real transport, for tests that ask what becomes of it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cipherform/tenant.h"

namespace cipherform::tests {

using namespace std::chrono_literals;
using Stage = TransportFailure::Stage;
using Answered = tl::expected<HttpAnswer, TransportFailure>;

inline constexpr const char* kKey = "k3y-that-nobody-may-see";
/// Far more than any request needs that is meant to succeed, on a machine under load.
inline constexpr std::chrono::milliseconds kAmple = 60s;

inline HttpRequest to_get(std::string path = "/tenants/users", std::chrono::milliseconds timeout = kAmple) {
  return HttpRequest{Method::get, std::move(path), {}, timeout};
}
inline HttpRequest to_post(std::string body = "{}", std::chrono::milliseconds timeout = kAmple) {
  return HttpRequest{Method::post, "/tenants/users", std::move(body), timeout};
}
inline HttpRequest to_delete(std::chrono::milliseconds timeout = kAmple) {
  return HttpRequest{Method::del, "/tenants/users/u/groups/g", {}, timeout};
}

inline TransportOptions options_for(std::string url, unsigned lanes = 1) {
  TransportOptions options;
  options.base_url = std::move(url);
  options.api_key = kKey;
  options.lanes = lanes;
  options.user_agent = "cipherform-test";
  return options;
}

inline std::unique_ptr<Transport> connected(TransportOptions options) {
  auto transport = connect(std::move(options));
  if (!transport) throw std::runtime_error(to_string(transport.error()));
  return std::move(*transport);
}
inline std::unique_ptr<Transport> connected(std::string url, unsigned lanes = 1) {
  return connected(options_for(std::move(url), lanes));
}

/// Sends one request and waits for its end.
inline Answered outcome(Transport& transport, HttpRequest request) {
  transport.start(7, std::move(request));
  auto completion = transport.wait({});
  if (!completion) throw std::runtime_error("wait() returned nothing");
  EXPECT_EQ(completion->ticket, 7U);
  if (!completion->result) {
    const TransportFailure& failure = completion->result.error();
    EXPECT_EQ((failure.what + failure.hint).find(kKey), std::string::npos) << "a failure shows the key";
    EXPECT_FALSE(failure.what.empty());
  }
  return std::move(completion->result);
}

/// What the server's threads saw.
class Record {
 public:
  void add(std::string text) {
    const std::lock_guard lock(mutex_);
    texts_.push_back(std::move(text));
  }
  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return texts_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> texts_;
};

inline void expect_answer(const Answered& got, int status, const std::string& body) {
  ASSERT_TRUE(got.has_value()) << got.error().what;
  EXPECT_EQ(got->status, status);
  EXPECT_EQ(got->body, body);
}

inline void expect_failure(const Answered& got, Stage stage, bool retryable, const std::string& what) {
  ASSERT_FALSE(got.has_value()) << "an answer: " << got->status << " " << got->body.substr(0, 100);
  EXPECT_EQ(got.error().stage == Stage::ambiguous, stage == Stage::ambiguous) << got.error().what;
  EXPECT_EQ(got.error().retryable, retryable) << got.error().what;
  EXPECT_EQ(got.error().what, what);
}

}  // namespace cipherform::tests
