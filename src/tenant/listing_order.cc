#include "tenant/listing_order.h"

#include <algorithm>
#include <compare>
#include <optional>

#include "cipherform/model.h"

namespace cipherform {
namespace {

/// What is finer than Time's milliseconds: the fourth to ninth digit of the fraction.
int below_milliseconds(std::string_view text) {
  const auto point = text.find('.');
  if (point == std::string_view::npos) return 0;
  int value = 0;
  for (std::size_t i = point + 4; i < point + 10; ++i) {
    const bool digit = i < text.size() && text[i] >= '0' && text[i] <= '9';
    value = value * 10 + (digit ? text[i] - '0' : 0);
    if (!digit && i < text.size()) text = text.substr(0, i);  // the offset's digits are none of it
  }
  return value;
}

/// Nothing: one of them is no time.
std::optional<std::strong_ordering> compare_times(std::string_view a, std::string_view b) {
  constexpr std::size_t kShortest = std::string_view("2026-01-01T00:00:00Z").size();
  if (a.size() == b.size() && a.size() >= kShortest && a.back() == 'Z' && b.back() == 'Z') {
    return a <=> b;  // one format, in UTC: the text's order is the time's
  }
  const auto time_a = parse_rfc3339(a);
  const auto time_b = parse_rfc3339(b);
  if (!time_a || !time_b) return std::nullopt;
  if (*time_a != *time_b) return *time_a < *time_b ? std::strong_ordering::less : std::strong_ordering::greater;
  return below_milliseconds(a) <=> below_milliseconds(b);
}

}  // namespace

unsigned OrderEvidence::fixed_orders_of(const RowKey& first, const RowKey& second) {
  const auto by_id = first.id <=> second.id;
  if (std::is_eq(by_id)) return 0;
  const unsigned up =
      std::is_lt(by_id) ? kIdUp | kCreatedUpIdUp | kCreatedDownIdUp : kIdDown | kCreatedUpIdDown | kCreatedDownIdDown;
  const unsigned id_only = up & (kIdUp | kIdDown);
  const auto by_creation = compare_times(first.created_at, second.created_at);
  if (!by_creation) return id_only;
  if (std::is_eq(*by_creation)) return up;  // the id decides
  return id_only |
         (std::is_lt(*by_creation) ? kCreatedUpIdUp | kCreatedUpIdDown : kCreatedDownIdUp | kCreatedDownIdDown);
}

unsigned OrderEvidence::update_orders_of(const RowKey& first, const RowKey& second) {
  const auto by_update = compare_times(first.updated_at, second.updated_at);
  if (!by_update || std::is_eq(*by_update)) return kUpdatedUp | kUpdatedDown;
  return std::is_lt(*by_update) ? kUpdatedUp : kUpdatedDown;
}

void OrderEvidence::add(std::span<const RowKey> page) {
  for (std::size_t i = 1; i < page.size(); ++i) {
    if ((alive_ & kFixed) != 0) alive_ &= fixed_orders_of(page[i - 1], page[i]) | kUpdatedUp | kUpdatedDown;
    if (may_follow_updates()) alive_ &= update_orders_of(page[i - 1], page[i]) | kFixed;
  }
}

}  // namespace cipherform
