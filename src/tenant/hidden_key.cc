#include "tenant/hidden_key.h"

#include <utility>

#include "model/planted_bug.h"

namespace cipherform {
namespace {

constexpr std::string_view kShown = "[api key]";

void replace_all(std::string& text, std::string_view key) {
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + kShown.size())) {
    text.replace(at, key.size(), kShown);
  }
}

/// The printable ASCII of `key` in a JSON string; some writers escape the slash as well.
std::string as_json(std::string_view key, bool escape_slash) {
  std::string escaped;
  for (const char c : key) {
    if (c == '"' || c == '\\' || (c == '/' && escape_slash)) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

bool is_json_success(const HttpAnswer& answer) {
  if (answer.status < 200 || answer.status > 299) return false;
  const auto start = answer.body.find_first_not_of(" \t\r\n");
  return start != std::string::npos && (answer.body[start] == '{' || answer.body[start] == '[');
}

}  // namespace

std::string without_key(std::string text, std::string_view key) {
  if (planted(Bug::show_key)) return text;
  if (key.empty()) return text;
  for (const bool escape_slash : {true, false}) replace_all(text, as_json(key, escape_slash));
  replace_all(text, key);
  return text;
}

void hide_key(HttpAnswer& answer, std::string_view key) {
  answer.retry_after = without_key(std::move(answer.retry_after), key);
  if (!is_json_success(answer)) answer.body = without_key(std::move(answer.body), key);
}

void hide_key(TransportFailure& failure, std::string_view key) {
  failure.what = without_key(std::move(failure.what), key);
  failure.hint = without_key(std::move(failure.hint), key);
}

}  // namespace cipherform
