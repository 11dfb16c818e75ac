#include "ledger/postgres.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include "cipherform/utf8.h"

namespace cipherform::postgres {
namespace {

/// Of pg_advisory_xact_lock: whoever writes a ledger of this database holds it. "CPFLEDGR", as docs/ledger-format.md
/// says.
constexpr std::int64_t kWriteLock = 0x4350464c45444752;
/// Clocks that agree as well as this are taken as equal, so that the time of a round trip
/// moves nothing.
constexpr std::chrono::milliseconds kSameTime{1'000};
/// Statements on the way at once. Their answers are small: neither side's buffers fill.
constexpr std::size_t kGroup = 64;

constexpr const char* kClock = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";

class AnswerRow final : public sql::Row {
 public:
  AnswerRow(const PGresult* answer, int row) : answer_(answer), row_(row) {}
  std::int64_t integer(int column) const override {
    const std::string_view digits = text(column);
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
  bool is_null(int column) const override { return PQgetisnull(answer_, row_, column) != 0; }
  std::string_view text(int column) const override {
    return {PQgetvalue(answer_, row_, column), static_cast<std::size_t>(PQgetlength(answer_, row_, column))};
  }

 private:
  const PGresult* answer_;
  int row_;
};

bool is_good(const PGresult* answer) {
  const ExecStatusType status = PQresultStatus(answer);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_PIPELINE_SYNC;
}

std::int64_t changed_by(PGresult* answer) {
  const std::string_view digits = PQcmdTuples(answer);
  std::int64_t changed = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), changed);
  return changed;
}

/// A text that PostgreSQL takes: UTF-8 without NUL.
std::string storable(std::string_view text) {
  std::string valid = repaired_utf8(text);
  for (auto at = valid.find('\0'); at != std::string::npos; at = valid.find('\0', at)) {
    valid.replace(at, 1, "\xEF\xBF\xBD");  // U+FFFD
  }
  return valid;
}

/// ?N as $N.
std::string numbered(std::string_view statement) {
  std::string text(statement);
  std::ranges::replace(text, '?', '$');
  return text;
}

}  // namespace

// ---------------------------------------------------------------------- waiting

Result<void> Database::wait_until(Deadline deadline, short events) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  pollfd descriptor{.fd = PQsocket(connection_.get()), .events = events, .revents = 0};
  const int ready = descriptor.fd < 0 ? -1 : ::poll(&descriptor, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
  if (ready == 0) {
    // Whatever comes now belongs to a question that nobody asks any more.
    connection_.reset();
    return tl::unexpected(lost());
  }
  if ((ready < 0 && errno != EINTR) || PQconsumeInput(connection_.get()) == 0) return tl::unexpected(lost());
  return {};
}

Result<void> Database::send_all(Deadline deadline) {
  while (true) {
    const int left = PQflush(connection_.get());
    if (left == 0) return {};
    if (left < 0) return tl::unexpected(lost());
    if (auto waited = wait_until(deadline, POLLIN | POLLOUT); !waited) return waited;
  }
}

Result<Database::Answer> Database::next_answer(Deadline deadline) {
  while (PQisBusy(connection_.get()) != 0) {
    if (auto waited = wait_until(deadline, POLLIN); !waited) return tl::unexpected(std::move(waited.error()));
  }
  return Answer(PQgetResult(connection_.get()));
}

Result<std::int64_t> Database::answers(const sql::RowVisitor& visit) {
  const Deadline until = deadline();
  if (auto sent = send_all(until); !sent) return tl::unexpected(std::move(sent.error()));
  Result<std::int64_t> changed = 0;
  while (true) {
    auto answer = next_answer(until);
    if (!answer) return tl::unexpected(std::move(answer.error()));
    PGresult* const given = answer->get();
    if (given == nullptr) return changed;
    if (!is_good(given) && changed) changed = tl::unexpected(failure(given));
    if (!changed) continue;
    for (int row = 0; row < PQntuples(given); ++row) visit(AnswerRow(given, row));
    changed = changed_by(given);
  }
}

Result<std::int64_t> Database::query(const std::string& script, const sql::RowVisitor& visit) {
  if (!connected() || PQsendQuery(connection_.get(), script.c_str()) == 0) return tl::unexpected(lost());
  return answers(visit);
}

// ------------------------------------------------------------------- statements

Result<void> Database::execute(const std::string& script) {
  const auto ran = query(script, [](const sql::Row&) {});
  if (!ran) return tl::unexpected(ran.error());
  return {};
}

Result<std::string> Database::prepared(std::string_view statement) {
  if (const auto found = prepared_.find(statement); found != prepared_.end()) return found->second;
  std::string name = fmt::format("s{}", prepared_.size());
  if (!connected() || PQsendPrepare(connection_.get(), name.c_str(), numbered(statement).c_str(), 0, nullptr) == 0) {
    return tl::unexpected(lost());
  }
  const auto made = answers([](const sql::Row&) {});
  if (!made) return tl::unexpected(made.error());
  prepared_.emplace(statement, name);
  return name;
}

bool Database::send(const std::string& name, std::span<const sql::Value> values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  std::vector<const char*> pointers;
  pointers.reserve(values.size());
  for (const sql::Value& bound : values) {
    const auto* const number = std::get_if<std::int64_t>(&bound);
    texts.push_back(number != nullptr ? std::to_string(*number) : storable(std::get<std::string_view>(bound)));
    pointers.push_back(texts.back().c_str());
  }
  return PQsendQueryPrepared(connection_.get(), name.c_str(), static_cast<int>(pointers.size()), pointers.data(),
                             nullptr, nullptr, 0) != 0;
}

Result<std::int64_t> Database::run(std::string_view statement, std::span<const sql::Value> values,
                                   const sql::RowVisitor& visit) {
  const auto name = prepared(statement);
  if (!name) return tl::unexpected(name.error());
  if (!send(*name, values)) return tl::unexpected(lost());
  return answers(visit);
}

Result<std::vector<std::int64_t>> Database::run_group(const std::string& name, std::size_t width,
                                                      std::span<const sql::Value> values) {
  PGconn* const connection = connection_.get();
  std::vector<std::int64_t> changed;
  for (; !values.empty(); values = values.subspan(width)) {
    if (!send(name, values.first(width))) return tl::unexpected(lost());
  }
  if (PQpipelineSync(connection) == 0) return tl::unexpected(lost());
  const Deadline until = deadline();
  if (auto sent = send_all(until); !sent) return tl::unexpected(std::move(sent.error()));
  std::optional<Error> failed;
  while (true) {  // each statement's answer, then a null; the last answer is that of the synchronisation
    auto answer = next_answer(until);
    if (!answer) return tl::unexpected(std::move(answer.error()));
    PGresult* const given = answer->get();
    if (given == nullptr) {
      if (!connected()) return tl::unexpected(failed.value_or(lost()));
      continue;
    }
    if (PQresultStatus(given) == PGRES_PIPELINE_SYNC) break;
    if (!is_good(given) && !failed) failed = failure(given);
    changed.push_back(changed_by(given));
  }
  if (failed) return tl::unexpected(std::move(*failed));
  return changed;
}

Result<std::vector<std::int64_t>> Database::run_each(std::string_view statement, std::size_t width,
                                                     std::span<const sql::Value> values) {
  std::vector<std::int64_t> changed;
  const auto name = prepared(statement);
  if (!name) return tl::unexpected(name.error());
  PQenterPipelineMode(connection_.get());
  while (!values.empty()) {
    const std::size_t size = std::min(values.size(), kGroup * width);
    const auto group = run_group(*name, width, values.first(size));
    if (!group) {
      if (connected()) PQexitPipelineMode(connection_.get());
      return tl::unexpected(group.error());
    }
    changed.insert(changed.end(), group->begin(), group->end());
    values = values.subspan(size);
  }
  PQexitPipelineMode(connection_.get());
  return changed;
}

// ----------------------------------------------------------------- transactions

void Database::compare_clocks(Time of_database) {
  const auto measured = of_database - options_.local_now();
  if (std::chrono::abs(measured - ahead_) > kSameTime) ahead_ = measured;
}

Result<void> Database::try_begin(sql::Access access) {
  // READ COMMITTED, because each statement must see what was committed before the lock was
  // given, and not what was there when it was asked for.
  const std::string script =
      access == sql::Access::write
          ? fmt::format("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock({}); {}",
                        kWriteLock, kClock)
          : fmt::format("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {}", kClock);
  std::int64_t clock = 0;
  const auto begun = query(script, [&](const sql::Row& row) { clock = row.integer(0); });
  if (!begun) return tl::unexpected(begun.error());
  compare_clocks(Time{std::chrono::milliseconds{clock}});
  return {};
}

Result<void> Database::begin(sql::Access access) {
  auto begun = try_begin(access);
  if (!begun && !connected()) {
    if (auto opened = open_connection(); !opened) return opened;
    begun = try_begin(access);
  }
  if (!begun) roll_back();
  return begun;
}

Result<void> Database::commit() {
  auto committed = execute("COMMIT");
  if (committed || connected()) return committed;  // the server itself said that it failed
  Error error = std::move(committed.error());
  error.what =
      "it is not known whether the ledger recorded this: the answer to the commit was lost (" + error.what + ")";
  error.hint = "nothing more is sent; apply again, which reads the tenant first";
  return tl::unexpected(std::move(error));
}

void Database::roll_back() {
  if (connected() && PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) static_cast<void>(execute("ROLLBACK"));
}

}  // namespace cipherform::postgres
