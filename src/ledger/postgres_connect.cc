// The way to a server: the URL, its secrets, the session's settings; and what is said of
// failures, with no secret in it.
#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "cipherform/ledger_url.h"
#include "ledger/postgres.h"

namespace cipherform::postgres {
namespace {

/// A waiter outlasts a holder that has stopped, and the server's patience ends before ours.
constexpr const char* kSession =
    "SET search_path = cipherform; SET idle_in_transaction_session_timeout = 10000; SET lock_timeout = 20000; "
    "SET statement_timeout = 30000; "
    // remote_apply is stronger than on, anything else weaker.
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') <> 'remote_apply'; "
    "SELECT current_setting('server_encoding')";

/// libpq's messages have several lines.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool is_space = c == '\n' || c == '\t' || c == ' ';
    if (!is_space) line += c;
    if (is_space && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

std::string_view hint_for(std::string_view state) {
  if (state.starts_with("28"))
    return "check the user and the password: PGPASSFILE (or ~/.pgpass) or PGPASSWORD holds it";
  if (state == "3D000") return "make the database, or name another with --ledger";
  if (state == "42501") {
    return "the first use needs CREATE on the database; later ones USAGE on the schema cipherform, and SELECT, INSERT "
           "and UPDATE on its tables";
  }
  if (state == "53100") return "free some space on the database's disk";
  if (state == "25006") return "name the primary, not a standby, with --ledger";
  if (state == "55P03" || state == "57014") return "another process is writing it; try again when that one has ended";
  return {};
}

}  // namespace

std::string Database::without_secrets(std::string text) const {
  for (const std::string& secret : secrets_) {
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) {
      text.replace(at, secret.size(), "***");
    }
  }
  return text;
}

Error Database::failure(const PGresult* answer) const {
  const char* const state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  const char* const message = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
  // Not the detail: it repeats the values of the row.
  std::string what = state == nullptr || message == nullptr
                         ? fmt::format("the ledger failed: {}", on_one_line(PQresultErrorMessage(answer)))
                         : fmt::format("the ledger failed: {} (SQLSTATE {})", on_one_line(message), state);
  return {.kind = ErrorKind::ledger,
          .what = without_secrets(std::move(what)),
          .where = place_,
          .hint = std::string(hint_for(state == nullptr ? "" : state))};
}

Error Database::lost() const {
  const std::string message =
      connection_ == nullptr ? "the server did not answer in time" : on_one_line(PQerrorMessage(connection_.get()));
  return {.kind = ErrorKind::ledger,
          .what = without_secrets(fmt::format("the connection to the ledger was lost: {}", message)),
          .where = place_,
          .hint = "check the server and the network, and apply again"};
}

// -------------------------------------------------------------------- connecting

Result<void> Database::read_url(const std::string& url) {
  const auto bad = [](std::string_view what) {
    return tl::unexpected(Error{.kind = ErrorKind::ledger,
                                .what = std::string(what),
                                .where = {},
                                .hint = "such as postgresql://user@host:5432/database?sslmode=verify-full"});
  };
  if (const auto problem = ledger_url_problem(url); !problem.empty()) return bad(problem);
  struct Free {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
  };
  char* said = nullptr;
  const std::unique_ptr<PQconninfoOption, Free> parsed(PQconninfoParse(url.c_str(), &said));
  PQfreemem(said);  // it repeats parts of the URL
  if (!parsed) return bad("the ledger's URL has a parameter that PostgreSQL does not know, or without a value");
  // What bounds a connection that answers nothing; the URL may say otherwise.
  settings_ = {{"connect_timeout", "10"}, {"keepalives_idle", "10"},     {"keepalives_interval", "5"},
               {"keepalives_count", "3"}, {"tcp_user_timeout", "20000"}, {"fallback_application_name", "cipherform"}};
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    settings_.emplace_back(option->keyword, option->val);
    const bool is_secret = std::string_view(option->keyword).ends_with("password");
    if (is_secret && *option->val != '\0') secrets_.emplace_back(option->val);
  }
  settings_.emplace_back("client_encoding", "UTF8");
  if (const char* const password = std::getenv("PGPASSWORD"); password != nullptr && *password != '\0') {
    secrets_.emplace_back(password);
  }
  return {};
}

Result<void> Database::open_connection() {
  prepared_.clear();
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : settings_) {  // of two with one name the later counts
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectdbParams(names.data(), values.data(), 0));
  PGconn* const connection = connection_.get();
  const auto shown = [](const char* text) { return text == nullptr ? std::string{} : std::string(text); };
  const std::string host = shown(PQhost(connection));
  place_ = host.starts_with('/')
               ? fmt::format("postgresql:///{}?host={}", shown(PQdb(connection)), host)
               : fmt::format("postgresql://{}:{}/{}", host, shown(PQport(connection)), shown(PQdb(connection)));
  place_ = without_secrets(std::move(place_));
  if (!connected()) {
    return tl::unexpected(
        Error{.kind = ErrorKind::ledger,
              .what = without_secrets(
                  fmt::format("the ledger's database cannot be reached: {}", on_one_line(PQerrorMessage(connection)))),
              .where = place_,
              .hint = "check host, port, database and user; PGPASSFILE (or ~/.pgpass) or PGPASSWORD holds a password"});
  }
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  PQsetnonblocking(connection, 1);
  std::string encoding;
  const auto set = query(kSession, [&](const sql::Row& row) { encoding = row.text(0); });
  if (!set) return tl::unexpected(set.error());
  if (encoding == "UTF8") return {};
  return tl::unexpected(Error{.kind = ErrorKind::ledger,
                              .what = fmt::format("the ledger's database has the encoding {}, not UTF8", encoding),
                              .where = place_,
                              .hint = "make another: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"});
}

Result<std::unique_ptr<Database>> Database::connect(const std::string& url, Options options) {
  if (!options.local_now) {
    options.local_now = [] { return std::chrono::floor<Time::duration>(std::chrono::system_clock::now()); };
  }
  std::unique_ptr<Database> database(new Database(std::move(options)));
  if (auto read = database->read_url(url); !read) return tl::unexpected(std::move(read.error()));
  if (auto opened = database->open_connection(); !opened) return tl::unexpected(std::move(opened.error()));
  return database;
}

}  // namespace cipherform::postgres
