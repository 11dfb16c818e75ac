// The words for a request that failed, told by how it ended.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "cipherform/tenant.h"

namespace cipherform {
namespace {

constexpr std::string_view kCheckUrl = "check the environment's url";

std::string_view reason_phrase(int status) {
  constexpr std::array<std::pair<int, std::string_view>, 19> phrases{{{301, "Moved Permanently"},
                                                                      {302, "Found"},
                                                                      {303, "See Other"},
                                                                      {307, "Temporary Redirect"},
                                                                      {308, "Permanent Redirect"},
                                                                      {400, "Bad Request"},
                                                                      {401, "Unauthorized"},
                                                                      {403, "Forbidden"},
                                                                      {404, "Not Found"},
                                                                      {405, "Method Not Allowed"},
                                                                      {408, "Request Timeout"},
                                                                      {409, "Conflict"},
                                                                      {413, "Content Too Large"},
                                                                      {422, "Unprocessable Content"},
                                                                      {429, "Too Many Requests"},
                                                                      {500, "Internal Server Error"},
                                                                      {502, "Bad Gateway"},
                                                                      {503, "Service Unavailable"},
                                                                      {504, "Gateway Timeout"}}};
  const auto* const found = std::ranges::find(phrases, status, &std::pair<int, std::string_view>::first);
  return found == phrases.end() ? std::string_view() : found->second;
}

/// "404 Not Found: There is no such user", once for what the API says twice.
std::string words_of(const HttpAnswer& answer) {
  const std::string_view phrase = reason_phrase(answer.status);
  std::string text = std::to_string(answer.status);
  if (!phrase.empty()) text.append(" ").append(phrase);
  const std::string message = decode_error_message(answer.body);
  if (!message.empty() && message != phrase) text.append(": ").append(message);
  return text;
}

std::string after(unsigned attempts) { return attempts > 1 ? fmt::format(", after {} attempts", attempts) : ""; }

Error refused(const Dispatched& dispatched) {
  const int status = dispatched.answer.status;
  const std::string words = words_of(dispatched.answer);
  if (status == 401) {
    return {ErrorKind::credential, "the API refuses the key: " + words, {}, "check this environment's API key", false};
  }
  if (status == 403) {
    return {ErrorKind::credential,
            "the API key does not allow this: " + words,
            {},
            "check this environment's API key and what it may do",
            false};
  }
  if (status >= 300 && status < 400) {
    return {ErrorKind::refused,
            "the API answers with a redirect, which is not followed: " + words,
            {},
            std::string(kCheckUrl),
            false};
  }
  const bool maybe_url = status == 404 || status == 405;
  return {ErrorKind::refused,
          "the API answered " + words + after(dispatched.attempts),
          {},
          std::string(maybe_url ? kCheckUrl : ""),
          false};
}

std::string resume_hint(const Dispatched& dispatched) {
  const HttpAnswer& answer = dispatched.answer;
  if (dispatched.resume_at) {
    return fmt::format("the API limits requests; try again after {}", format_rfc3339(*dispatched.resume_at));
  }
  if (answer.retry_after.empty()) return "the API limits requests; try again later, or with a lower --parallelism";
  const bool is_number = std::ranges::all_of(answer.retry_after, [](char c) { return c >= '0' && c <= '9'; });
  const std::string_view unit = is_number ? " seconds" : "";
  return fmt::format("the API asks to come again {} {}{}", is_number ? "in" : "at", answer.retry_after, unit);
}

Error ambiguous(const HttpRequest& request, const Dispatched& dispatched) {
  Error error;
  if (dispatched.answer.status != 0) {
    error.kind = ErrorKind::refused;
    error.what = "the API answered " + words_of(dispatched.answer);
  } else {
    error.kind = ErrorKind::transport;
    error.what = dispatched.failure.what;
    error.hint = dispatched.failure.hint;
  }
  error.what += after(dispatched.attempts);
  error.server_may_have_changed = request.method != Method::get;
  if (error.server_may_have_changed && error.hint.empty()) {
    error.hint = "it may have been executed: plan again to see";
  }
  return error;
}

Error error_of(const HttpRequest& request, const Dispatched& dispatched) {
  switch (dispatched.outcome) {
    case Outcome::done:
      return {ErrorKind::answer, "the API answered " + words_of(dispatched.answer), {}, {}, false};
    case Outcome::refused:
      return refused(dispatched);
    case Outcome::throttled:
      return {ErrorKind::refused,
              "the API answered " + words_of(dispatched.answer) + after(dispatched.attempts),
              {},
              resume_hint(dispatched),
              false};
    case Outcome::not_sent:
      return {ErrorKind::transport,
              dispatched.failure.what + after(dispatched.attempts),
              {},
              dispatched.failure.hint,
              false};
    case Outcome::ambiguous:
      return ambiguous(request, dispatched);
  }
  return {};
}

}  // namespace

Error to_error(const HttpRequest& request, const Dispatched& dispatched) {
  Error error = error_of(request, dispatched);
  error.where = fmt::format("{} {}", to_string(request.method), request.path.substr(0, request.path.find('?')));
  return error;
}

}  // namespace cipherform
