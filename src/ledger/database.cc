#include "ledger/database.h"

namespace cipherform::sql {

Result<std::vector<std::int64_t>> Database::run_each(std::string_view statement, std::size_t width,
                                                     std::span<const Value> values) {
  std::vector<std::int64_t> changed;
  changed.reserve(values.size() / width);
  for (; !values.empty(); values = values.subspan(width)) {
    const auto ran = run(statement, values.first(width), [](const Row&) {});
    if (!ran) return tl::unexpected(ran.error());
    changed.push_back(*ran);
  }
  return changed;
}

}  // namespace cipherform::sql
