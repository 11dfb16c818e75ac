// connect(): checks what the user gave before cpprestsdk sees any of it. The library
// would put a line break in a header value on the wire as it is.
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "cipherform/tenant.h"
#include "tenant/cpprest_transport.h"
#include "tenant/tls_trust.h"
#include "tenant/transport_proxy.h"
#include "tenant/url.h"

namespace cipherform {
namespace {

constexpr std::size_t kLongestKey = 4096;

bool is_printable(std::string_view text, char first) {
  return std::ranges::all_of(text, [first](char c) { return c >= first && c <= '~'; });
}

/// What is wrong with the key, never the key.
std::optional<Error> key_problem(std::string_view key) {
  const auto bad = [](std::string what) {
    return Error{ErrorKind::credential, "the API key " + std::move(what), {}, "set the key as it was issued", false};
  };
  if (key.empty()) return bad("is empty");
  if (key.size() > kLongestKey) return bad("is longer than 4096 bytes");
  if (!is_printable(key, '!')) return bad("has a space, a line break or a character that is not ASCII");
  return std::nullopt;
}

std::optional<std::string> environment_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

}  // namespace

Result<std::unique_ptr<Transport>> connect(TransportOptions options) {
  auto base = parse_base_url(options.base_url, options.insecure_http);
  if (!base) return tl::unexpected(std::move(base).error());
  if (auto problem = key_problem(options.api_key)) return tl::unexpected(std::move(*problem));
  if (!is_printable(options.user_agent, ' ')) {
    return tl::unexpected(
        Error{ErrorKind::usage, "the user agent has a character that no header may have", {}, {}, false});
  }
  auto proxy = choose_proxy(*base, environment_variable);
  if (!proxy) return tl::unexpected(std::move(proxy).error());

  CpprestSettings settings;
  if (base->https || options.ca_file) {
    auto trust = load_certificate_store(options.ca_file);
    if (!trust) return tl::unexpected(std::move(trust).error());
    settings.trust = std::move(*trust);
  }
  if (base->https) avoid_parsing_the_bundle();
  settings.base = std::move(*base);
  settings.api_key = std::move(options.api_key);
  settings.user_agent = options.user_agent.empty() ? "cipherform" : std::move(options.user_agent);
  settings.lanes = std::max(options.lanes, 1U);
  settings.proxy = std::move(*proxy);
  return make_cpprest_transport(std::move(settings));
}

}  // namespace cipherform
