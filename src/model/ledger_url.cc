// postgresql://[user[:password]@][host[:port][,…]][/database][?name=value[&…]]
#include "cipherform/ledger_url.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace cipherform {
namespace {

/// What follows "postgresql://" or "postgres://"; nothing at all for another URL.
std::string_view after_scheme(std::string_view url) {
  for (const std::string_view scheme : {std::string_view("postgresql://"), std::string_view("postgres://")}) {
    if (url.starts_with(scheme)) return url.substr(scheme.size());
  }
  return {};
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_percent_encoded(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte <= 0x20 || byte >= 0x7f) return false;
    if (text[i] == '%' && !(i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2]))) return false;
  }
  return true;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (text[i] == '%' && i + 2 < text.size()) {
      std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
      i += 2;
    }
    plain += static_cast<char>(byte);
  }
  return plain;
}

}  // namespace

std::string_view ledger_url_problem(std::string_view url) {
  const std::string_view rest = after_scheme(url);
  if (rest.data() == nullptr) return "the ledger's URL must begin with postgresql://";
  if (!is_percent_encoded(rest)) return "the ledger's URL has a character that must be percent-encoded";
  const auto ats = std::count(rest.begin(), rest.end(), '@');
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  if (ats > 1 || (ats == 1 && authority.find('@') == std::string_view::npos)) {
    return "in the user and password of the ledger's URL @ / ? must be written %40 %2F %3F";
  }
  return {};
}

bool ledger_url_has_password(std::string_view url) {
  const std::string_view rest = after_scheme(url);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  if (const auto at = authority.find('@'); at != std::string_view::npos) {
    const auto colon = authority.find(':');
    if (colon < at && colon + 1 < at) return true;
  }
  const auto question = rest.find('?');
  std::string_view query = question == std::string_view::npos ? std::string_view{} : rest.substr(question + 1);
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), parameter.size() + 1));
    const std::string name = decoded(parameter.substr(0, parameter.find('=')));
    if (name == "password" || name == "sslpassword") return true;
  }
  return false;
}

std::string without_ledger_url(std::string message) {
  for (const std::string_view scheme : {std::string_view("postgresql://"), std::string_view("postgres://")}) {
    const auto begin = message.find(scheme);
    if (begin == std::string::npos) continue;
    const auto from = begin + scheme.size();
    const auto quote = message.rfind('\'');
    const auto until = quote == std::string::npos || quote < from ? message.size() : quote;
    message.replace(from, until - from, "…");
  }
  return message;
}

}  // namespace cipherform
