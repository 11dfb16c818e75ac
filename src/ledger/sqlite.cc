#include "ledger/sqlite.h"

#include <fmt/format.h>

#include <utility>

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

std::string_view Row::text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

int Statement::bind(int index, std::string_view value) {
  // A null pointer would bind NULL, and an empty view may have one.
  return sqlite3_bind_text64(statement_.get(), index, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC,
                             SQLITE_UTF8);
}

Result<void> Statement::finish(int code) {
  Result<void> result;
  if (code != SQLITE_DONE) result = tl::unexpected(database_->error(code));
  // Resetting repeats the code of the failure that is reported already.
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  return result;
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
  return std::unique_ptr<Database>(new Database(std::move(connection), file));
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  Statement statement;
  statement.database_ = this;
  statement.statement_.reset(prepared);
  if (code != SQLITE_OK) return tl::unexpected(error(code));
  return statement;
}

Result<void> Database::execute(const char* sql) const {
  const int code = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(error(code));
  return {};
}

Result<std::int64_t> Database::integer(std::string_view sql) const {
  auto statement = prepare(sql);
  if (!statement) return tl::unexpected(std::move(statement.error()));
  std::int64_t value = 0;
  auto ran = statement->each([&](const Row& row) { value = row.integer(0); });
  if (!ran) return tl::unexpected(std::move(ran.error()));
  return value;
}

Result<std::string> Database::text(std::string_view sql) const {
  auto statement = prepare(sql);
  if (!statement) return tl::unexpected(std::move(statement.error()));
  std::string value;
  auto ran = statement->each([&](const Row& row) { value = row.text(0); });
  if (!ran) return tl::unexpected(std::move(ran.error()));
  return value;
}

}  // namespace cipherform::sqlite
