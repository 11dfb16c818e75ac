#include "tenant/url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace cipherform {
namespace {

tl::unexpected<Error> bad(std::string what, std::string hint = {}) {
  return tl::unexpected(Error{ErrorKind::declaration, "the base URL " + std::move(what), {}, std::move(hint), false});
}

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

/// A DNS name or an IPv4 address; underscores because container names have them.
bool is_host(std::string_view host) {
  if (host.empty() || host.size() > 253 || host.front() == '.' || host.front() == '-') return false;
  if (host.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(host, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_'; });
}

/// RFC 3986 pchar and '/'.
bool is_path(std::string_view path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%') {
      const auto is_hex = [&](std::size_t at) {
        return at < path.size() && std::string_view("0123456789abcdefABCDEF").find(path[at]) != std::string_view::npos;
      };
      if (!is_hex(i + 1) || !is_hex(i + 2)) return false;
      i += 2;
    } else if (!is_letter_or_digit(path[i]) &&
               std::string_view("/-._~!$&'()*+,;=:@").find(path[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stop != end || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::string address(const BaseUrl& url) { return url.host + ":" + std::to_string(url.port); }

bool is_loopback(std::string_view host) {
  const std::string name = lower(host);
  if (name == "localhost" || name == "::1" || name == "[::1]") return true;
  std::array<unsigned char, 4> bytes{};
  return inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 && bytes[0] == 127;
}

Result<BaseUrl> parse_base_url(std::string_view text, bool insecure_http) {
  BaseUrl url;
  const std::size_t scheme_end = text.find("://");
  const std::string scheme = lower(text.substr(0, scheme_end));
  if (scheme_end == std::string_view::npos || (scheme != "https" && scheme != "http")) {
    return bad("must begin with https://");
  }
  url.https = scheme == "https";
  url.port = url.https ? 443 : 80;

  const std::string_view rest = text.substr(scheme_end + 3);
  const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  std::string_view path = rest.substr(authority_end);
  if (authority.find('@') != std::string_view::npos) {
    return bad("must not hold a user or password", "the API key goes into api_key");
  }
  if (path.find_first_of("?#") != std::string_view::npos) return bad("must not have a query or fragment");
  if (!is_path(path)) return bad("has a character in its path that must be percent-encoded");
  if (authority.starts_with('[')) {
    return bad("has an IPv6 address, which cpprestsdk cannot connect to",
               "use a host name; localhost has an IPv6 address too");
  }
  if (const std::size_t colon = authority.rfind(':'); colon != std::string_view::npos) {
    const auto port = parse_port(authority.substr(colon + 1));
    if (!port) return bad("has a port that is not a number from 1 to 65535");
    url.port = *port;
    authority = authority.substr(0, colon);
  }
  if (!is_host(authority)) return bad("has no valid host name");
  url.host = lower(authority);
  url.loopback = is_loopback(url.host);
  if (!url.https && !url.loopback && !insecure_http) {
    return bad("is plain http to " + url.host + ": the API key would be readable on the way",
               "use https, or say insecure_http: true for this environment");
  }
  while (path.ends_with('/')) path.remove_suffix(1);
  url.prefix = path;
  return url;
}

}  // namespace cipherform
