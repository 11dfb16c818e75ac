// One rule for each type of value, so that the same mistake has the same words everywhere.
#include "config/values.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>

#include "cipherform/model.h"

namespace cipherform::config {
namespace {

/// A decimal, 0x or 0o integer of the core schema that fits.
std::optional<std::uint32_t> parse_count(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x")) base = 16;
  if (text.starts_with("0o")) base = 8;
  if (base != 10) {
    text.remove_prefix(2);
  } else if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string email_hint(std::string_view text) {
  if (text.find('<') != std::string_view::npos) return "the address alone, without a name";
  const std::string_view domain = text.substr(std::min(text.find('@'), text.size()));
  const bool is_ascii =
      std::all_of(domain.begin(), domain.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return is_ascii ? "" : "a domain is written in ASCII: its form that begins with xn--";
}

}  // namespace

void wrong_type(const Value& node, std::string_view what, std::string_view due, const FileDiagnostics& errors) {
  if (node.kind == Value::Kind::invalid) return;
  const bool could_be_quoted = due == "a string" && node.kind == Value::Kind::scalar;
  errors.error(
      node.at, std::string(what) + " must be " + std::string(due) + ", but is " + std::string(describe(node)),
      could_be_quoted ? "as a string it is written in quotes: \"" + std::string(node.text) + '"' : std::string{});
}

void unknown_key(const Value& key, std::string_view in, std::span<const std::string_view> known,
                 const FileDiagnostics& errors) {
  std::string hint = meant(key.text, known);
  if (hint.empty()) {
    hint = "known are ";
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (i != 0) hint += i + 1 == known.size() ? " and " : ", ";
      hint += known[i];
    }
  }
  errors.error(key.at, "unknown key " + in_quotes(key.text) + " in " + std::string(in), std::move(hint));
}

std::optional<std::string_view> string_value(const Value& node, std::string_view what, const FileDiagnostics& errors) {
  if (node.kind != Value::Kind::scalar || scalar_type(node) != ScalarType::string) {
    wrong_type(node, what, "a string", errors);
    return std::nullopt;
  }
  if (node.text.empty()) {
    errors.error(node.at, std::string(what) + " must not be empty");
    return std::nullopt;
  }
  return node.text;
}

std::optional<bool> bool_value(const Value& node, std::string_view what, const FileDiagnostics& errors) {
  if (node.kind != Value::Kind::scalar || scalar_type(node) != ScalarType::boolean) {
    wrong_type(node, what, "true or false", errors);
    return std::nullopt;
  }
  return node.text.front() == 't' || node.text.front() == 'T';
}

std::optional<std::uint32_t> count_value(const Value& node, std::string_view what, const FileDiagnostics& errors) {
  if (node.kind != Value::Kind::scalar || scalar_type(node) != ScalarType::integer) {
    wrong_type(node, what, "a whole number", errors);
    return std::nullopt;
  }
  const auto count = parse_count(node.text);
  if (!count) errors.error(node.at, std::string(what) + " must be a whole number from 0 to 4294967295");
  return count;
}

std::optional<double> percent_value(const Value& node, std::string_view what, const FileDiagnostics& errors) {
  const ScalarType type = node.kind == Value::Kind::scalar ? scalar_type(node) : ScalarType::null;
  if (type != ScalarType::integer && type != ScalarType::number) {
    wrong_type(node, what, "a number", errors);
    return std::nullopt;
  }
  std::string_view text = node.text;
  if (text.starts_with('+')) text.remove_prefix(1);
  double percent = -1;
  if (text.starts_with("0x") || text.starts_with("0o")) {
    if (const auto count = parse_count(text)) percent = *count;
  } else {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), percent);
    if (failure != std::errc{} || end != text.data() + text.size()) percent = -1;
  }
  if (percent >= 0 && percent <= 100) return percent;
  errors.error(node.at, std::string(what) + " must be a number from 0 to 100");
  return std::nullopt;
}

bool is_list(const Value& node, std::string_view what, const FileDiagnostics& errors) {
  if (node.kind == Value::Kind::sequence) return true;
  wrong_type(node, what, "a list", errors);
  return false;
}

bool is_map(const Value& node, std::string_view what, const FileDiagnostics& errors) {
  if (node.kind == Value::Kind::map) return true;
  wrong_type(node, what, "a map", errors);
  return false;
}

std::optional<std::string_view> email_value(const Value& node, const FileDiagnostics& errors) {
  const auto text = string_value(node, "an email", errors);
  if (!text || is_email(*text)) return text;
  errors.error(node.at, in_quotes(*text) + " is not an email address", email_hint(*text));
  return std::nullopt;
}

std::optional<std::string> domain_value(const Value& node, std::string_view example, const FileDiagnostics& errors) {
  const auto text = string_value(node, "a domain", errors);
  if (!text) return std::nullopt;
  if (is_email("x@" + std::string(*text))) return email_key(*text);
  errors.error(node.at, in_quotes(*text) + " is not a domain", "such as " + std::string(example) + ", without @ or *");
  return std::nullopt;
}

std::optional<std::string_view> name_value(const Value& node, std::string_view what, const FileDiagnostics& errors) {
  const auto text = string_value(node, what, errors);
  if (!text) return std::nullopt;
  if (text->front() == ' ' || text->back() == ' ') {
    errors.error(node.at, std::string(what) + " must not begin or end with a space: " + in_quotes(*text));
    return std::nullopt;
  }
  if (text->size() > kMaxGroupNameBytes) {
    errors.error(node.at, std::string(what) + " of more than " + std::to_string(kMaxGroupNameBytes) + " bytes");
    return std::nullopt;
  }
  return text;
}

}  // namespace cipherform::config
