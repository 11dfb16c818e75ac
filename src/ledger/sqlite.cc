#include "ledger/sqlite.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <variant>

namespace cipherform::sqlite {
namespace {

/// An absolute path as a URI (RFC 3986), so that '?', '#' and '%' in it mean nothing.
std::string as_uri(std::string_view path, std::string_view query) {
  std::string uri = "file://";  // an empty authority: the path is absolute
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '%' || c == '?' || c == '#' || byte < 0x20 || byte >= 0x7f) {
      fmt::format_to(std::back_inserter(uri), "%{:02x}", byte);
    } else {
      uri += c;
    }
  }
  return uri.append(query);
}

std::string hint_for(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "free some space on the disk that holds the state directory, or name another with --state-dir";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return "make the state directory and the ledger writable, or name another with --state-dir";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another process is writing it; try again when that one has ended";
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return "move it away to go on with an empty ledger: the tenant is always read again, only history is lost";
    case SQLITE_IOERR:
      return "check the disk that holds the state directory, or name another with --state-dir";
    default:
      return {};
  }
}

class StatementRow final : public sql::Row {
 public:
  explicit StatementRow(sqlite3_stmt* statement) : statement_(statement) {}
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::string_view text(int column) const override {
    const auto* bytes = sqlite3_column_text(statement_, column);
    if (bytes == nullptr) return {};
    return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

int bind(sqlite3_stmt* statement, int index, const sql::Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(statement, index, *number);
  const auto text = std::get<std::string_view>(value);
  // A null pointer would bind NULL, and an empty view may have one.
  return sqlite3_bind_text64(statement, index, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                             SQLITE_UTF8);
}

}  // namespace

Error error_of(sqlite3* connection, int code, const std::string& file) {
  // sqlite3_errmsg() says more than the code, unless the failure left no message.
  const bool has_message = connection != nullptr && (sqlite3_errcode(connection) & 0xff) == (code & 0xff);
  return {.kind = ErrorKind::ledger,
          .what = fmt::format("the ledger failed: {} (SQLite code {})",
                              has_message ? sqlite3_errmsg(connection) : sqlite3_errstr(code), code),
          .where = file,
          .hint = hint_for(code)};
}

Result<std::unique_ptr<Database>> Database::open(const std::string& file, const OpenOptions& options) {
  const std::string uri = as_uri(file, options.immutable ? "?immutable=1" : "");
  const int flags =
      SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(uri.c_str(), &opened, flags, options.vfs.empty() ? nullptr : options.vfs.c_str());
  std::unique_ptr<sqlite3, Close> connection(opened);
  if (code != SQLITE_OK) return tl::unexpected(error_of(opened, code, file));
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, kBusyTimeoutMs);
  // The file may have come from anywhere: nothing in its schema may act.
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  return std::unique_ptr<Database>(new Database(std::move(connection), file, options.reserved_bytes));
}

Result<Database::Statement> Database::prepare(std::string_view text) const {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(connection_.get(), text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  Statement statement(prepared);
  if (code != SQLITE_OK) return tl::unexpected(error(code));
  return statement;
}

Result<std::int64_t> Database::step(sqlite3_stmt* statement, std::span<const sql::Value> values,
                                    const sql::RowVisitor& visit) const {
  int code = SQLITE_OK;
  for (std::size_t i = 0; i < values.size() && code == SQLITE_OK; ++i) {
    code = bind(statement, static_cast<int>(i) + 1, values[i]);
  }
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) visit(StatementRow(statement));
  }
  Result<std::int64_t> changed = sqlite3_changes64(connection_.get());
  if (code != SQLITE_DONE) changed = tl::unexpected(error(code));
  // Resetting repeats the code of the failure that is reported already.
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return changed;
}

Result<std::int64_t> Database::run(std::string_view statement, std::span<const sql::Value> values,
                                   const sql::RowVisitor& visit) {
  Statement& prepared = prepared_[statement];
  if (!prepared) {
    auto made = prepare(statement);
    if (!made) return tl::unexpected(std::move(made.error()));
    prepared = std::move(*made);
  }
  return step(prepared.get(), values, visit);
}

Result<void> Database::execute(const std::string& script) {
  const int code = sqlite3_exec(connection_.get(), script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(error(code));
  return {};
}

Result<void> Database::begin(sql::Access access) {
  return execute(access == sql::Access::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Result<void> Database::commit() { return execute("COMMIT"); }

void Database::roll_back() {
  if (in_transaction()) static_cast<void>(execute("ROLLBACK"));
}

Result<bool> Database::has_room() {
  const auto free_bytes = integer("SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size");
  if (!free_bytes) return tl::unexpected(free_bytes.error());
  std::error_code no_log;
  const auto log_bytes = std::filesystem::file_size(file_ + "-wal", no_log);
  return !no_log && *free_bytes >= reserved_bytes_ && static_cast<std::int64_t>(log_bytes) >= reserved_bytes_;
}

Result<void> Database::reserve() {
  const auto room = has_room();
  if (!room) return tl::unexpected(room.error());
  if (*room) return {};
  auto written = sql::transact(*this, sql::Access::write, [&] {
    // Random bytes, because a file system may store zeros in no space at all.
    return change(
        "INSERT INTO reserve (id, bytes) VALUES (1, randomblob(?1)) "
        "ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes",
        reserved_bytes_);
  });
  if (!written) return tl::unexpected(std::move(written.error()));
  auto freed = sql::transact(*this, sql::Access::write, [&] { return change("DELETE FROM reserve"); });
  if (!freed) return tl::unexpected(std::move(freed.error()));
  // The file gets its pages, and the log is written from its beginning again.
  return execute("PRAGMA wal_checkpoint(PASSIVE)");
}

Result<std::int64_t> Database::integer(std::string_view query) {
  auto statement = prepare(query);
  if (!statement) return tl::unexpected(std::move(statement.error()));
  std::int64_t value = 0;
  const auto ran = step(statement->get(), {}, [&](const sql::Row& row) { value = row.integer(0); });
  if (!ran) return tl::unexpected(ran.error());
  return value;
}

Result<std::string> Database::text(std::string_view query) {
  auto statement = prepare(query);
  if (!statement) return tl::unexpected(std::move(statement.error()));
  std::string value;
  const auto ran = step(statement->get(), {}, [&](const sql::Row& row) { value = row.text(0); });
  if (!ran) return tl::unexpected(ran.error());
  return value;
}

}  // namespace cipherform::sqlite
