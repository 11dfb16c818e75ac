// Query parameters of the listings: limit, offset, sort.
#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sandbox/emulated_tenant.h"

namespace cipherform::sandbox {

enum class SortField : std::uint8_t { created_at, id, email, updated_at };
struct SortKey {
  SortField field = SortField::created_at;
  bool descending = false;
  friend bool operator==(const SortKey&, const SortKey&) = default;
};

struct PageRequest {
  std::uint32_t limit = 10;
  std::uint64_t offset = 0;
  std::vector<SortKey> sort;  ///< empty: by creation
};

struct PageLimits {
  std::uint32_t default_limit = 10;
  std::uint32_t max_limit = 100;  ///< a larger limit is read as this
};

/// Reads `query` ("limit=100&offset=0&sort=-createdAt", escaped). Parameters that are
/// not known are ignored; a bad value of a known one is refused with 400.
tl::expected<PageRequest, Refusal> parse_page_request(std::string_view query, const PageLimits& limits);

/// The users' positions in the order of `sort`; ties are in the order of creation.
std::vector<std::uint32_t> sorted_users(const UserTable& users, const std::vector<SortKey>& sort);

}  // namespace cipherform::sandbox
