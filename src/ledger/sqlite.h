// The few things that the ledger needs of SQLite, with ownership and errors that
// cannot be forgotten. The only header that knows sqlite3.h.
#pragma once

#include <sqlite3.h>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cipherform/error.h"

namespace cipherform::sqlite {

/// How long a connection waits for another one's transaction. The longest of ours
/// is a group of intents, so whoever needs longer is stuck.
inline constexpr int kBusyTimeoutMs = 5'000;

/// What SQLite says of the connection's last failure, for people: which file, what
/// happened, what to do about it.
Error error_of(sqlite3* connection, int code, const std::string& file);

/// The row that a query stands on.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  /// Empty for NULL. Valid until the next row.
  std::string_view text(int column) const;

 private:
  sqlite3_stmt* statement_;
};

class Database;

/// One prepared statement. Values are always bound, never spliced into the text.
class Statement {
 public:
  Statement() = default;

  /// Runs it to its end; rows, if any, are dropped.
  template <class... Values>
  Result<void> run(const Values&... values) {
    return each([](const Row&) {}, values...);
  }
  /// Runs it and shows each row.
  template <class Visitor, class... Values>
  Result<void> each(Visitor visit, const Values&... values) {
    int index = 0;
    int code = SQLITE_OK;
    ((code = code == SQLITE_OK ? bind(++index, values) : code), ...);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
      code = sqlite3_step(statement_.get());
      if (code == SQLITE_ROW) visit(Row(statement_.get()));
    }
    return finish(code);
  }

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  int bind(int index, std::integral auto value) {
    return sqlite3_bind_int64(statement_.get(), index, static_cast<std::int64_t>(value));
  }
  /// Bound without a copy: the caller's value outlives the run.
  int bind(int index, std::string_view value);
  Result<void> finish(int code);

  const Database* database_ = nullptr;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

struct OpenOptions {
  bool read_only = false;
  /// The file has no write-ahead log and nobody writes it: read without any lock.
  bool immutable = false;
  std::string vfs;  ///< empty: the system's; tests inject a faulty one
};

/// One connection. Closed when it dies.
class Database {
 public:
  /// The file must exist; its path is absolute.
  static Result<std::unique_ptr<Database>> open(const std::string& file, const OpenOptions& options);

  Result<Statement> prepare(std::string_view sql) const;
  /// Runs several statements that take no values.
  Result<void> execute(const char* sql) const;
  /// The single value of a query that takes none, such as a PRAGMA.
  Result<std::int64_t> integer(std::string_view sql) const;
  Result<std::string> text(std::string_view sql) const;

  std::int64_t last_insert_id() const { return sqlite3_last_insert_rowid(connection_.get()); }
  std::int64_t changes() const { return sqlite3_changes64(connection_.get()); }
  /// Inside BEGIN … COMMIT. Some failures end a transaction by themselves.
  bool in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }
  /// Whether the last call failed because another connection held the file.
  bool busy() const { return (sqlite3_errcode(connection_.get()) & 0xff) == SQLITE_BUSY; }
  Error error(int code) const { return error_of(connection_.get(), code, file_); }
  const std::string& file() const { return file_; }

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  Database(std::unique_ptr<sqlite3, Close> connection, std::string file)
      : connection_(std::move(connection)), file_(std::move(file)) {}

  std::unique_ptr<sqlite3, Close> connection_;
  std::string file_;
};

/// Runs `work` between BEGIN IMMEDIATE and COMMIT; if it or the commit fails,
/// nothing was changed. IMMEDIATE, so that what is read inside stays true until the end.
template <class Work>
auto transact(const Database& database, Work work) -> decltype(work()) {
  if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return tl::unexpected(std::move(begun.error()));
  auto result = work();
  if (result) {
    auto committed = database.execute("COMMIT");
    if (!committed) result = tl::unexpected(std::move(committed.error()));
  }
  if (!result && database.in_transaction()) {
    // Its own failure adds nothing: closing the connection rolls back as well.
    static_cast<void>(database.execute("ROLLBACK"));
  }
  return result;
}

}  // namespace cipherform::sqlite
