// The syntax of `sort` is not published, so the three that NestJS services use are
// taken: field, -field, field:asc or field:desc.
#include "sandbox/paging.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

namespace cipherform::sandbox {
namespace {

std::optional<std::uint8_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

/// Form decoding; an escape that is none stays as it is.
std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = high ? hex_digit(text[i + 2]) : std::nullopt;
    if (low) {
      out += static_cast<char>(*high << 4 | *low);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<SortKey> parse_sort_key(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, SortField>, 4> fields{{{"createdAt", SortField::created_at},
                                                                                 {"id", SortField::id},
                                                                                 {"email", SortField::email},
                                                                                 {"updatedAt", SortField::updated_at}}};
  SortKey key;
  if (text.starts_with('-')) {
    key.descending = true;
    text.remove_prefix(1);
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    const std::string_view direction = text.substr(colon + 1);
    if (direction != "asc" && direction != "desc") return std::nullopt;
    key.descending = direction == "desc";
    text = text.substr(0, colon);
  }
  for (const auto& [name, field] : fields) {
    if (name != text) continue;
    key.field = field;
    return key;
  }
  return std::nullopt;
}

std::optional<std::string> read_parameter(std::string_view name, const std::string& value, const PageLimits& limits,
                                          PageRequest& page) {
  if (name == "limit") {
    const auto number = parse_number(value);
    if (!number || *number == 0) return "limit must be a positive number";
    page.limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(*number, limits.max_limit));
  } else if (name == "offset") {
    const auto number = parse_number(value);
    if (!number) return "offset must not be less than 0";
    page.offset = *number;
  } else if (name == "sort") {
    const auto key = parse_sort_key(value);
    if (!key) return "sort must be one of createdAt, id, email, updatedAt, with - or :asc or :desc";
    if (page.sort.size() < 4) page.sort.push_back(*key);
  }
  return std::nullopt;
}

template <class T>
int three_way(const T& a, const T& b) {
  if (a < b) return -1;
  return b < a ? 1 : 0;
}

int compare(const UserTable& users, SortField field, std::uint32_t a, std::uint32_t b) {
  switch (field) {
    case SortField::created_at:
      return three_way(a, b);
    case SortField::id:
      return three_way(users.id(a), users.id(b));
    case SortField::email:
      return three_way(users.email(a), users.email(b));
    case SortField::updated_at:
      return three_way(users.updated_at(a), users.updated_at(b));
  }
  return 0;
}

}  // namespace

tl::expected<PageRequest, Refusal> parse_page_request(std::string_view query, const PageLimits& limits) {
  PageRequest page;
  page.limit = limits.default_limit;
  std::vector<std::string> faults;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = std::min(parameter.find('='), parameter.size());
    const std::string value = unescape(parameter.substr(std::min(equals + 1, parameter.size())));
    if (auto fault = read_parameter(parameter.substr(0, equals), value, limits, page)) {
      faults.push_back(*std::move(fault));
    }
  }
  if (!faults.empty()) return tl::unexpected(Refusal{400, std::move(faults)});
  return page;
}

std::vector<std::uint32_t> sorted_users(const UserTable& users, const std::vector<SortKey>& sort) {
  std::vector<std::uint32_t> order(users.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    for (const SortKey& key : sort) {
      const int result = compare(users, key.field, a, b);
      if (result != 0) return key.descending ? result > 0 : result < 0;
    }
    return a < b;
  });
  return order;
}

}  // namespace cipherform::sandbox
