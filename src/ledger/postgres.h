// PostgreSQL behind the ledger's Database, over libpq. The only header that knows
// libpq-fe.h.
//
// Every wait is bounded: the server ends a statement, a wait for the lock and a
// transaction whose client has stopped; and if the server itself is silent, so does this
// side. A connection that was lost is made anew by the next begin(), before which nothing
// was sent; a transaction never goes on over another connection.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/error.h"
#include "cipherform/model.h"
#include "ledger/database.h"

namespace cipherform::postgres {

struct Options {
  sql::Access access = sql::Access::write;
  std::function<Time()> local_now = {};  ///< this machine's clock; empty: the system's
  std::chrono::milliseconds answer_timeout{40'000};
};

class Database final : public sql::Database {
 public:
  /// No error repeats a secret of `url`.
  static Result<std::unique_ptr<Database>> connect(const std::string& url, Options options);

  Result<std::int64_t> run(std::string_view statement, std::span<const sql::Value> values,
                           const sql::RowVisitor& visit) override;
  /// Many at once on the way, so that a distant server costs one round trip for each group.
  Result<std::vector<std::int64_t>> run_each(std::string_view statement, std::size_t width,
                                             std::span<const sql::Value> values) override;
  Result<void> execute(const std::string& script) override;
  Result<void> begin(sql::Access access) override;
  /// Says so where the answer was lost, and nobody knows whether it took effect.
  Result<void> commit() override;
  void roll_back() override;
  std::chrono::milliseconds ahead() const override { return ahead_; }
  const std::string& place() const override { return place_; }

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  struct Clear {
    void operator()(PGresult* answer) const { PQclear(answer); }
  };
  using Answer = std::unique_ptr<PGresult, Clear>;
  using Deadline = std::chrono::steady_clock::time_point;
  using Setting = std::pair<std::string, std::string>;

  explicit Database(Options options) : options_(std::move(options)) {}
  Result<void> read_url(const std::string& url);
  Result<void> open_connection();
  bool connected() const { return connection_ != nullptr && PQstatus(connection_.get()) == CONNECTION_OK; }
  Result<void> try_begin(sql::Access access);
  void compare_clocks(Time of_database);

  Deadline deadline() const { return std::chrono::steady_clock::now() + options_.answer_timeout; }
  /// Waits until the connection can be read (or written, if `events` says so).
  Result<void> wait_until(Deadline deadline, short events);
  Result<void> send_all(Deadline deadline);
  /// Null where the statement's answers end.
  Result<Answer> next_answer(Deadline deadline);
  /// Reads all answers to what was sent; the first failure is the result.
  Result<std::int64_t> answers(const sql::RowVisitor& visit);
  Result<std::int64_t> query(const std::string& script, const sql::RowVisitor& visit);
  /// The name under which the server knows the statement.
  Result<std::string> prepared(std::string_view statement);
  bool send(const std::string& name, std::span<const sql::Value> values);
  Result<std::vector<std::int64_t>> run_group(const std::string& name, std::size_t width,
                                              std::span<const sql::Value> values);

  Error failure(const PGresult* answer) const;
  Error lost() const;
  std::string without_secrets(std::string text) const;

  Options options_;
  std::vector<Setting> settings_;
  std::vector<std::string> secrets_;
  std::string place_;
  std::unique_ptr<PGconn, Close> connection_;
  std::map<std::string_view, std::string> prepared_;
  std::chrono::milliseconds ahead_{0};
};

}  // namespace cipherform::postgres
