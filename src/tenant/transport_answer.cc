#include "tenant/transport_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace cipherform {
namespace {

TransportFailure unusable(std::string what, bool retryable = true) {
  return TransportFailure{TransportFailure::Stage::ambiguous, retryable, std::move(what), {}};
}

bool equal_without_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

/// A number that reads `value`.
bool is_number(std::string_view text, std::size_t value) {
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  return text == std::to_string(value);
}

bool has_no_body(int status) { return status == 204 || status == 304; }

}  // namespace

std::optional<TransportFailure> answer_problem(const ReceivedHead& head) {
  if (head.status >= 100 && head.status < 200) {
    return unusable(fmt::format("an interim answer (status {}) came instead of the final one", head.status));
  }
  if (head.status < 200 || head.status > 599) {
    return unusable(fmt::format("the answer's status is {}, which is none of HTTP", head.status));
  }
  if (head.content_encoding && !head.content_encoding->empty() &&
      !equal_without_case(*head.content_encoding, "identity")) {
    return unusable("the answer is compressed, which was not asked for", false);
  }
  if (head.transfer_encoding && head.content_length) {
    return unusable("the answer has both a Content-Length and a Transfer-Encoding");
  }
  if (head.transfer_encoding && !equal_without_case(*head.transfer_encoding, "chunked")) {
    return unusable("the answer has a Transfer-Encoding other than chunked", false);
  }
  if (!head.content_length) return std::nullopt;
  const std::string& length = *head.content_length;
  if (length.empty() || !std::ranges::all_of(length, [](char c) { return c >= '0' && c <= '9'; })) {
    return unusable("the answer's Content-Length is not a number");
  }
  if (!has_no_body(head.status) && !is_number(length, head.body_bytes)) {
    return unusable("the answer is not as long as its Content-Length says");
  }
  return std::nullopt;
}

bool leaves_connection_usable(const ReceivedHead& head) {
  if (head.trailer) return false;
  if (has_no_body(head.status)) {
    return !head.transfer_encoding && (!head.content_length || is_number(*head.content_length, 0));
  }
  return head.transfer_encoding || head.content_length;
}

}  // namespace cipherform
