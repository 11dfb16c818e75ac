// What the ledger needs of a database. One set of statements serves SQLite and
// PostgreSQL: ?1, ?2, … stand for values, which are always bound and never spliced into
// the text; column names that one of the two reserves are quoted; no statement yields a
// boolean.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cipherform/error.h"

namespace cipherform::sql {

/// The value of a ?N. A text is bound without a copy: it must outlive the call.
using Value = std::variant<std::int64_t, std::string_view>;

inline Value value(std::integral auto number) { return static_cast<std::int64_t>(number); }
inline Value value(std::string_view text) { return text; }

/// The row that a query stands on.
class Row {
 public:
  virtual ~Row() = default;
  virtual std::int64_t integer(int column) const = 0;
  virtual bool is_null(int column) const = 0;
  /// Empty for NULL. Valid until the next row.
  virtual std::string_view text(int column) const = 0;
};
using RowVisitor = std::function<void(const Row& row)>;

enum class Access : std::uint8_t { read, write };

/// One connection. Statements are prepared once: their texts must be literals.
class Database {
 public:
  virtual ~Database() = default;

  /// Runs one statement and shows each row. Returns how many rows it changed.
  virtual Result<std::int64_t> run(std::string_view statement, std::span<const Value> values,
                                   const RowVisitor& visit) = 0;
  /// Runs one statement for each `width` of the values, in this order; stops at the first
  /// that fails. Returns how many rows each changed.
  virtual Result<std::vector<std::int64_t>> run_each(std::string_view statement, std::size_t width,
                                                     std::span<const Value> values);
  /// Runs several statements that take no values.
  virtual Result<void> execute(const std::string& script) = 0;

  /// Begins a transaction. For Access::write it is the only one that writes until its end,
  /// so what is read inside stays true; for Access::read all of it sees one state.
  virtual Result<void> begin(Access access) = 0;
  virtual Result<void> commit() = 0;
  /// Its own failure adds nothing: the end of the connection rolls back as well.
  virtual void roll_back() = 0;

  /// Makes sure that there is room for what will be written soon, where a database can.
  virtual Result<void> reserve() { return {}; }
  /// How far the database's clock was ahead of this process's at the last begin().
  virtual std::chrono::milliseconds ahead() const { return std::chrono::milliseconds{0}; }
  /// For errors: a file, or a URL without its secrets.
  virtual const std::string& place() const = 0;

  template <class... Values>
  Result<std::int64_t> change(std::string_view statement, const Values&... values) {
    return each(
        statement, [](const Row&) {}, values...);
  }
  template <class... Values>
  Result<std::int64_t> each(std::string_view statement, const RowVisitor& visit, const Values&... values) {
    const std::array<Value, sizeof...(Values)> bound{value(values)...};
    return run(statement, bound, visit);
  }
};

/// Runs `work` between begin() and commit(); if it fails, nothing was changed.
template <class Work>
auto transact(Database& database, Access access, Work work) -> decltype(work()) {
  if (auto begun = database.begin(access); !begun) return tl::unexpected(std::move(begun.error()));
  auto result = work();
  if (result) {
    auto committed = database.commit();
    if (!committed) result = tl::unexpected(std::move(committed.error()));
  }
  if (!result) database.roll_back();
  return result;
}

}  // namespace cipherform::sql
