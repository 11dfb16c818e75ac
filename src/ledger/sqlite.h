// SQLite behind the ledger's Database, with ownership and errors that cannot be
// forgotten. The only header that knows sqlite3.h.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "cipherform/error.h"
#include "ledger/database.h"

namespace cipherform::sqlite {

/// How long a connection waits for another one's transaction. The longest of ours
/// is a group of intents, so whoever needs longer is stuck.
inline constexpr int kBusyTimeoutMs = 5'000;
/// What reserve() makes room for: some thousand intents.
inline constexpr std::int64_t kReservedBytes = std::int64_t{1} << 20;

/// What SQLite says of the connection's last failure, for people: which file, what
/// happened, what to do about it.
Error error_of(sqlite3* connection, int code, const std::string& file);

struct OpenOptions {
  bool read_only = false;
  /// The file has no write-ahead log and nobody writes it: read without any lock.
  bool immutable = false;
  std::string vfs = {};  ///< empty: the system's; tests inject a faulty one
  std::int64_t reserved_bytes = kReservedBytes;
};

/// One connection. Closed when it dies.
class Database final : public sql::Database {
 public:
  /// The file must exist; its path is absolute.
  static Result<std::unique_ptr<Database>> open(const std::string& file, const OpenOptions& options);

  Result<std::int64_t> run(std::string_view statement, std::span<const sql::Value> values,
                           const sql::RowVisitor& visit) override;
  Result<void> execute(const std::string& script) override;
  /// Writing: BEGIN IMMEDIATE, which takes SQLite's only write lock.
  Result<void> begin(sql::Access access) override;
  Result<void> commit() override;
  void roll_back() override;
  /// Writes pages and frees them, and keeps the log's file as long: a disk that is about to be
  /// full is found here. Needs a table `reserve`.
  Result<void> reserve() override;
  const std::string& place() const override { return file_; }

  /// The single value of a query that takes none, such as a PRAGMA.
  Result<std::int64_t> integer(std::string_view query);
  Result<std::string> text(std::string_view query);

  /// Inside BEGIN … COMMIT. Some failures end a transaction by themselves.
  bool in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }
  /// Whether the last call failed because another connection held the file.
  bool busy() const { return (sqlite3_errcode(connection_.get()) & 0xff) == SQLITE_BUSY; }

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  Database(std::unique_ptr<sqlite3, Close> connection, std::string file, std::int64_t reserved_bytes)
      : connection_(std::move(connection)), file_(std::move(file)), reserved_bytes_(reserved_bytes) {}
  Error error(int code) const { return error_of(connection_.get(), code, file_); }
  Result<Statement> prepare(std::string_view text) const;
  Result<std::int64_t> step(sqlite3_stmt* statement, std::span<const sql::Value> values,
                            const sql::RowVisitor& visit) const;
  /// Whether log and file have the room that reserve() makes.
  Result<bool> has_room();

  std::unique_ptr<sqlite3, Close> connection_;
  std::string file_;
  std::int64_t reserved_bytes_;
  std::unordered_map<std::string_view, Statement> prepared_;
};

}  // namespace cipherform::sqlite
