#include "sandbox/wire_http.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "sandbox/request_bodies.h"

namespace cipherform::sandbox {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::size_t kLongestHead = std::size_t{64} << 10;

tl::unexpected<Refusal> refuse(unsigned status, std::string message) {
  return tl::unexpected(Refusal{status, {std::move(message)}});
}

bool same_word(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(one, other, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::size_t> number(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (failure != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

/// What of a head decides how the body is read.
struct Framing {
  std::size_t length = 0;
  bool chunked = false;
};

bool read_request_line(std::string_view line, WireRequest& request) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || last == first || !line.substr(last).starts_with(" HTTP/1.")) return false;
  request.method = line.substr(0, first);
  std::string_view target = line.substr(first + 1, last - first - 1);
  const auto question = std::min(target.find('?'), target.size());
  request.path = target.substr(0, question);
  if (question < target.size()) request.query = target.substr(question + 1);
  return !request.method.empty() && target.starts_with('/');
}

bool read_header(std::string_view line, WireRequest& request, Framing& framing) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (same_word(name, "apikey")) {
    request.api_key += (request.api_key.empty() ? "" : ", ") + std::string(value);
  } else if (same_word(name, "connection")) {
    request.close = same_word(value, "close");
  } else if (same_word(name, "transfer-encoding")) {
    framing.chunked = same_word(value, "chunked");
    return framing.chunked;
  } else if (same_word(name, "content-length")) {
    const auto length = number(value, 10);
    framing.length = length.value_or(0);
    return length.has_value();
  }
  return true;
}

bool read_head(std::string_view head, WireRequest& request, Framing& framing) {
  auto end = head.find(kLineEnd);
  if (!read_request_line(head.substr(0, end), request)) return false;
  while (end < head.size()) {
    head.remove_prefix(end + kLineEnd.size());
    end = std::min(head.find(kLineEnd), head.size());
    if (end > 0 && !read_header(head.substr(0, end), request, framing)) return false;
  }
  return true;
}

/// Appends the chunks of `text` to `body`; says where the last one ends, or nothing as
/// long as it has not come. Trailers are not expected.
tl::expected<std::optional<std::size_t>, Refusal> join_chunks(std::string_view text, std::string& body) {
  std::size_t at = 0;
  while (true) {
    const auto line_end = text.find(kLineEnd, at);
    if (line_end == std::string_view::npos) return std::nullopt;
    const auto size = number(text.substr(at, line_end - at), 16);
    if (!size) return refuse(400, "a chunk's size cannot be read");
    if (*size > kMaxBodyBytes || body.size() + *size > kMaxBodyBytes) {
      return refuse(413, fmt::format("the body is longer than {} bytes", kMaxBodyBytes));
    }
    const auto begin = line_end + kLineEnd.size();
    if (text.size() < begin + *size + kLineEnd.size()) return std::nullopt;
    body.append(text.substr(begin, *size));
    at = begin + *size + kLineEnd.size();
    if (*size == 0) return at;
  }
}

}  // namespace

tl::expected<std::optional<WireRequest>, Refusal> take_request(std::string& unread) {
  const auto head_end = unread.find(kHeadEnd);
  if (std::min(head_end, unread.size()) > kLongestHead) return refuse(431, "the headers are too long");
  if (head_end == std::string::npos) return std::nullopt;
  WireRequest request;
  Framing framing;
  if (!read_head(std::string_view(unread).substr(0, head_end), request, framing)) {
    return refuse(400, "this is no HTTP request");
  }
  const auto body_begin = head_end + kHeadEnd.size();
  std::size_t end = body_begin + framing.length;
  if (framing.chunked) {
    const auto joined = join_chunks(std::string_view(unread).substr(body_begin), request.body);
    if (!joined) return tl::unexpected(joined.error());
    if (!*joined) return std::nullopt;
    end = body_begin + **joined;
  } else {
    if (framing.length > kMaxBodyBytes) {
      return refuse(413, fmt::format("the body is longer than {} bytes", kMaxBodyBytes));
    }
    if (unread.size() < end) return std::nullopt;
    request.body = unread.substr(body_begin, framing.length);
  }
  unread.erase(0, end);
  return request;
}

std::optional<tl::expected<WireRequest, Refusal>> read_request(const Connection& connection, std::string& unread) {
  while (true) {
    auto taken = take_request(unread);
    if (!taken) return tl::unexpected(std::move(taken.error()));
    if (*taken) return **std::move(taken);
    if (!connection.receive(unread)) return std::nullopt;
  }
}

std::string head_of(const WireAnswer& answer, std::string_view length) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, reason_of(answer.status));
  for (const auto& [name, value] : answer.headers) fmt::format_to(std::back_inserter(head), "{}: {}\r\n", name, value);
  fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n\r\n", length);
  return head;
}

std::string bytes_of(const WireAnswer& answer) {
  return head_of(answer, std::to_string(answer.body.size())) + answer.body;
}

WireAnswer to_wire(ApiAnswer answer) {
  WireAnswer wire;
  wire.status = answer.status;
  if (!answer.body.empty()) wire.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
  if (answer.retry_after) wire.headers.emplace_back("Retry-After", std::to_string(answer.retry_after->count()));
  if (!answer.allow.empty()) wire.headers.emplace_back("Allow", std::move(answer.allow));
  wire.body = std::move(answer.body);
  return wire;
}

ApiRequest api_request(const WireRequest& request) {
  return {.method = request.method,
          .path = request.path,
          .query = request.query,
          .api_key = request.api_key,
          .body = request.body};
}

bool is_header_value(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return c >= 0x20 && c < 0x7F; });
}

bool is_header_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7F && c != ':'; });
}

}  // namespace cipherform::sandbox
