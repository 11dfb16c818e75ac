#include "tenant/transport_proxy.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

namespace cipherform {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

/// One entry of NO_PROXY: "example.com", ".example.com", "*.example.com", each with or without ":port".
bool covers(std::string_view entry, const BaseUrl& url) {
  if (entry == "*") return true;
  if (const std::size_t colon = entry.rfind(':'); colon != std::string_view::npos) {
    if (entry.substr(colon + 1) != std::to_string(url.port)) return false;
    entry = entry.substr(0, colon);
  }
  if (entry.starts_with('*')) entry.remove_prefix(1);
  while (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty() || !std::string_view(url.host).ends_with(entry)) return false;
  return url.host.size() == entry.size() || url.host[url.host.size() - entry.size() - 1] == '.';
}

bool is_exempt(const BaseUrl& url, std::string_view list) {
  constexpr std::string_view kSeparators = ", \t";
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(kSeparators), list.size());
    if (covers(lower(list.substr(0, end)), url)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(&text[i + 1], &text[i + 1] + 2, byte, 16).ptr == &text[i + 1] + 2) {
      result += static_cast<char>(byte);
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

/// `value` is "[http://][user[:password]@]host[:port][/]". Errors name the variable, not
/// its value: it may hold a password.
Result<Proxy> parse_proxy(const std::string& name, std::string_view value) {
  const auto bad = [&](const std::string& why) {
    return tl::unexpected(
        Error{ErrorKind::usage, "the environment variable " + name + " " + why, {}, "give http://host:port", false});
  };
  if (const std::size_t scheme = value.find("://"); scheme != std::string_view::npos) {
    if (lower(value.substr(0, scheme)) != "http") return bad("names a proxy that does not speak plain HTTP");
    value.remove_prefix(scheme + 3);
  }
  Proxy proxy;
  value = value.substr(0, value.find('/'));
  if (const std::size_t at = value.rfind('@'); at != std::string_view::npos) {
    const std::string_view credentials = value.substr(0, at);
    const std::size_t colon = credentials.find(':');
    proxy.user = percent_decoded(credentials.substr(0, colon));
    if (colon != std::string_view::npos) proxy.password = percent_decoded(credentials.substr(colon + 1));
    value.remove_prefix(at + 1);
  }
  // The rules for a host and port are those of a base URL.
  const std::string as_url = "http://" + std::string(value);
  const auto parsed = parse_base_url(as_url, true);
  if (!parsed) return bad("is not the address of a proxy");
  proxy.host = parsed->host;
  if (value.find(':') != std::string_view::npos) proxy.port = parsed->port;
  return proxy;
}

}  // namespace

Result<std::optional<Proxy>> choose_proxy(const BaseUrl& url, const EnvironmentVariable& variable) {
  if (url.loopback) return std::nullopt;
  const auto first =
      [&](std::initializer_list<const char*> names) -> std::optional<std::pair<std::string, std::string>> {
    for (const char* name : names) {
      if (auto value = variable(name); value && !value->empty()) return std::pair(std::string(name), std::move(*value));
    }
    return std::nullopt;
  };
  const auto chosen = url.https ? first({"https_proxy", "HTTPS_PROXY"}) : first({"http_proxy"});
  if (!chosen) return std::nullopt;
  const auto exempt = first({"no_proxy", "NO_PROXY"});
  if (exempt && is_exempt(url, exempt->second)) return std::nullopt;
  auto proxy = parse_proxy(chosen->first, chosen->second);
  if (!proxy) return tl::unexpected(std::move(proxy).error());
  return std::optional<Proxy>(std::move(*proxy));
}

}  // namespace cipherform
