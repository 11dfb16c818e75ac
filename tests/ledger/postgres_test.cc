// What only PostgreSQL can do to a ledger: a connection that ends at any moment, clocks
// that differ, a process that stops inside a transaction, passwords in URLs.
#include "ledger/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <atomic>
#include <thread>

#include "ledger_fixture.h"

namespace cipherform {
namespace {

using sql::Access;
using testing::HasSubstr;
using testing::Not;

/// Replaces what stands behind `name` in the server's URL.
std::string url_with_host(const std::string& directory) {
  const std::string& url = fakes::postgres_url();
  return url.substr(0, url.find("?host=")) + "?host=" + directory;
}
std::string socket_directory() {
  std::string directory = fakes::postgres_url();
  directory = directory.substr(directory.find("?host=") + 6);
  for (auto at = directory.find("%2F"); at != std::string::npos; at = directory.find("%2F"))
    directory.replace(at, 3, "/");
  return directory;
}

/// A wire to the server that is cut when the client has sent `until`; what was sent still arrives.
class CutWire {
 public:
  explicit CutWire(std::string until) : until_(std::move(until)) {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = name_of(directory_.path());
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_, 4), 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~CutWire() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  CutWire(const CutWire&) = delete;
  CutWire& operator=(const CutWire&) = delete;

  std::string url() const { return url_with_host(directory_.path().string()); }
  void arm() { armed_ = true; }
  bool was_cut() const { return cut_; }

 private:
  static sockaddr_un name_of(const fs::path& directory) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    const std::string name = (directory / ".s.PGSQL.5432").string();
    name.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return address;
  }
  void serve() {
    for (int client = ::accept(listener_, nullptr, nullptr); client >= 0;
         client = ::accept(listener_, nullptr, nullptr)) {
      const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const sockaddr_un address = name_of(socket_directory());
      if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) forward(client, server);
      ::close(client);
      // The server works off what it got, and only then sees the end.
      ::shutdown(server, SHUT_WR);
      std::array<char, 4096> rest;
      while (::recv(server, rest.data(), rest.size(), 0) > 0) continue;
      ::close(server);
    }
  }
  void forward(int client, int server) {
    std::array<pollfd, 2> ends{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    std::array<char, 65'536> bytes;
    while (::poll(ends.data(), 2, -1) > 0) {
      for (std::size_t i = 0; i < 2; ++i) {
        if (ends[i].revents == 0) continue;
        const auto size = ::recv(ends[i].fd, bytes.data(), bytes.size(), 0);
        if (size <= 0) return;
        const auto length = static_cast<std::size_t>(size);
        if (::send(ends[1 - i].fd, bytes.data(), length, MSG_NOSIGNAL) != size) return;
        if (i == 0 && armed_ && std::string_view(bytes.data(), length).find(until_) != std::string_view::npos) {
          cut_ = true;
          armed_ = false;
          return;
        }
      }
    }
  }

  std::string until_;
  TemporaryDirectory directory_;
  int listener_ = -1;
  std::atomic<bool> armed_ = false;
  std::atomic<bool> cut_ = false;
  std::thread thread_;
};

class PostgresTest : public LedgerTest {
 protected:
  PostgresTest() { must(server()->execute("DROP SCHEMA IF EXISTS cipherform CASCADE")); }
  static std::unique_ptr<postgres::Database> server() {
    return must(postgres::Database::connect(fakes::postgres_url(), {}));
  }
  std::unique_ptr<Ledger> open(const std::string& url = fakes::postgres_url(), std::function<Time()> local_now = {}) {
    return must_open({.url = url, .state_dir = {}}, {.is_alive = is_alive(), .local_now = std::move(local_now)});
  }
  static Error open_error(const std::string& url) {
    return error_of(open_ledger(LedgerPlace{.url = url, .state_dir = {}}));
  }
  static std::int64_t count(std::string_view query) {
    std::int64_t number = -1;
    must(server()->each(query, [&](const sql::Row& row) { number = row.integer(0); }));
    return number;
  }
  static void end_other_connections() {
    must(server()->execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cipherform' "
        "AND pid <> pg_backend_pid()"));
  }
};

TEST_F(PostgresTest, AConnectionThatEndedBetweenTwoCallsIsMadeAnew) {
  const auto ledger = open();
  const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
  const RunId run = must(ledger->begin_run(lease, small_plan(), kNoon));
  end_other_connections();
  must(ledger->record_intents(run, lease, std::vector{add_intent("a")}, kNoon));
  end_other_connections();
  EXPECT_EQ(must(ledger->actions(run)).size(), 1U);
}

TEST_F(PostgresTest, AConnectionThatEndsInsideATransactionChangesNothingAndIsAnError) {
  const auto database = server();
  open();
  const auto result = sql::transact(*database, Access::write, [&]() -> Result<void> {
    must(database->execute("INSERT INTO tenants VALUES ('qa', 'https://a', 1, 1)"));
    end_other_connections();
    const auto changed = database->change("UPDATE tenants SET users = ?1", 2);
    if (!changed) return tl::unexpected(changed.error());
    return {};
  });
  const Error error = error_of(result);
  EXPECT_EQ(error.kind, ErrorKind::ledger);
  EXPECT_THAT(error.what, Not(HasSubstr("not known")));
  EXPECT_EQ(count("SELECT count(*) FROM tenants"), 0);
}

TEST_F(PostgresTest, ALostAnswerToACommitIsSaidToBeUnknown) {
  open();
  CutWire wire(std::string("COMMIT\0", 7));  // not READ COMMITTED
  const auto ledger = open(wire.url());
  const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
  const RunId run = must(ledger->begin_run(lease, small_plan(), kNoon));
  wire.arm();
  const Error error = error_of(ledger->record_intents(run, lease, std::vector{add_intent("a")}, kNoon));
  EXPECT_TRUE(wire.was_cut());
  EXPECT_EQ(error.kind, ErrorKind::ledger);
  EXPECT_THAT(error.what, HasSubstr("it is not known whether the ledger recorded this"));
  EXPECT_EQ(error.hint, "nothing more is sent; apply again, which reads the tenant first");
  // The wire is whole again, and here the commit did arrive.
  EXPECT_EQ(must(ledger->actions(run)).size(), 1U);
}

TEST_F(PostgresTest, ALostAnswerInsideATransactionIsNot) {
  open();
  CutWire wire("ada@laptop.example");
  const auto ledger = open(wire.url());
  const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
  const RunId run = must(ledger->begin_run(lease, small_plan(), kNoon));
  wire.arm();
  const Error error =
      error_of(ledger->record_intents(run, lease, std::vector{add_intent("a", "ada@laptop.example")}, kNoon));
  EXPECT_TRUE(wire.was_cut());
  EXPECT_THAT(error.what, HasSubstr("the connection to the ledger was lost"));
  EXPECT_EQ(count("SELECT count(*) FROM actions"), 0);
}

TEST_F(PostgresTest, AServerThatDoesNotAnswerIsNotWaitedForForever) {
  const auto database = must(postgres::Database::connect(fakes::postgres_url(), {.answer_timeout = milliseconds{50}}));
  const Error error = error_of(database->execute("SELECT pg_sleep(20)"));
  EXPECT_EQ(error.what, "the connection to the ledger was lost: the server did not answer in time");
  must(database->begin(Access::read));  // over a new connection
  must(database->commit());
}

TEST_F(PostgresTest, OneWriterAtATimeAndAStoppedOneIsNotWaitedForForever) {
  open();
  const auto stopped = server();
  must(stopped->begin(Access::write));
  must(stopped->execute("SET LOCAL idle_in_transaction_session_timeout = 100"));
  const auto waiting = open();
  EXPECT_EQ(must(waiting->acquire("qa", kAda, kNoon)).epoch, 1);  // when the server has ended the other
  EXPECT_FALSE(stopped->commit());
}

TEST_F(PostgresTest, AWriterThatNeedsTooLongIsAnErrorForTheOthers) {
  open();
  const auto busy = server();
  must(busy->begin(Access::write));
  const auto other = server();
  must(other->execute("SET lock_timeout = 50"));
  const Error error = error_of(other->begin(Access::write));
  EXPECT_EQ(error.hint, "another process is writing it; try again when that one has ended");
  must(busy->commit());
  must(other->begin(Access::write));
  must(other->commit());
}

TEST_F(PostgresTest, MachinesWhoseClocksDifferAgreeOnWhenALeaseEnds) {
  const auto real = [] { return std::chrono::floor<Time::duration>(std::chrono::system_clock::now()); };
  const auto late = [real] { return real() - std::chrono::hours{1}; };
  const auto here = open();
  const auto there = open(fakes::postgres_url(), late);
  const Time now = real();
  const Lease lease = must(there->acquire("qa", kBob, now - std::chrono::hours{1}));
  EXPECT_EQ(error_of(here->acquire("qa", kAda, now + seconds{60})).kind, ErrorKind::locked);
  must(there->renew(lease, now - std::chrono::hours{1} + seconds{60}));
  const auto holder = must(here->holder_of("qa", now));
  ASSERT_TRUE(holder);
  EXPECT_LT(std::chrono::abs(holder->since - now), seconds{2});
  // A caller's time comes back as that caller's.
  EXPECT_LT(std::chrono::abs(must(there->holder_of("qa", now - std::chrono::hours{1}))->since -
                             (now - std::chrono::hours{1})),
            seconds{2});
  EXPECT_TRUE(here->acquire("qa", kAda, now + minutes{4}));
}

TEST_F(PostgresTest, IsDurableWhateverTheServersDefaultIs) {
  must(server()->execute("ALTER ROLE CURRENT_USER SET synchronous_commit = off"));
  std::string setting;
  must(server()->each("SELECT current_setting('synchronous_commit')",
                      [&](const sql::Row& row) { setting = row.text(0); }));
  must(server()->execute("ALTER ROLE CURRENT_USER RESET synchronous_commit"));
  EXPECT_EQ(setting, "on");
}

TEST_F(PostgresTest, TextThatItCannotHoldIsRepairedAndNotAnError) {
  const auto ledger = open();
  const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
  const RunId run = must(ledger->begin_run(lease, small_plan(), kNoon));
  must(ledger->record_intents(run, lease, std::vector{add_intent("a")}, kNoon));
  const std::vector<OutcomeRecord> outcomes{{"a", ActionOutcome::refused, std::string("x\0y\xff", 4)}};
  must(ledger->record_outcomes(run, outcomes, kNoon));
  EXPECT_EQ(must(ledger->actions(run)).at(0).detail, "x\xef\xbf\xbdy\xef\xbf\xbd");
}

TEST_F(PostgresTest, ANewerFormatAndAnotherProgramsSchemaAreRefused) {
  open();
  must(server()->execute("UPDATE format SET version = 5"));
  const Error newer = open_error(fakes::postgres_url());
  EXPECT_EQ(newer.what, "the ledger was written by a newer cipherform: it has format 5, this one reads up to 4");
  EXPECT_EQ(newer.hint, "update cipherform, or name another database with --ledger");
  must(server()->execute("DROP TABLE format"));
  EXPECT_EQ(open_error(fakes::postgres_url()).what, "the schema cipherform is not a cipherform ledger");
}

TEST_F(PostgresTest, AnotherEncodingIsRefused) {
  must(server()->execute("DROP DATABASE IF EXISTS latin"));
  must(server()->execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0"));
  std::string url = fakes::postgres_url();
  url.replace(url.find("/postgres?"), 10, "/latin?");
  EXPECT_EQ(open_error(url).what, "the ledger's database has the encoding LATIN1, not UTF8");
}

TEST_F(PostgresTest, AUserWithoutRightsIsToldWhichAreNeeded) {
  must(server()->execute("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD 'guest-password'"));
  std::string url = fakes::postgres_url();
  url = "postgresql://guest:guest-password" + url.substr(url.find("@/"));
  const Error error = open_error(url);
  EXPECT_THAT(error.what, HasSubstr("permission denied"));
  EXPECT_THAT(error.hint, HasSubstr("the first use needs CREATE on the database"));
}

TEST_F(PostgresTest, NoErrorRepeatsAPassword) {
  const std::string directory = socket_directory();
  const std::string query = "?host=" + directory;
  const std::vector<std::string> urls{
      "postgresql://cipherform:SECRET@/postgres" + query,
      "postgresql://cipherform:SE%43RET@/nowhere" + query,
      "postgresql://SECRET:SECRET@/postgres" + query,
      "postgresql://cipherform@/postgres" + query + "&password=SECRET",
      "postgresql://cipherform:SECRET@127.0.0.1:1/x?connect_timeout=2",
      ("postgresql://cipherform:SECRET@/x?host=/nowhere"),
      ("postgresql://cipherform:SECRET@no-such-host.invalid/x?connect_timeout=2"),
      ("postgresql://cipherform:SEC@RET@host/x"),
      ("postgresql://cipherform:SEC/RET@host/x"),
      ("postgresql://cipherform:SEC RET@host/x"),
      ("postgresql://host/x?password=SECRET&SECRET"),
      ("postgresql://host/x?SECRET=SECRET"),
      ("postgresql://u:SECRET@host/x?sslmode=SECRET"),
      ("SECRET"),
  };
  for (const std::string& url : urls) {
    const std::string said = to_string(open_error(url));
    EXPECT_THAT(said, HasSubstr("ledger"));
    EXPECT_THAT(said, Not(HasSubstr("SEC"))) << url;
    EXPECT_THAT(said, Not(HasSubstr("RET"))) << url;
    EXPECT_THAT(said, Not(HasSubstr("\n")));
  }
}

TEST_F(PostgresTest, TheUrlThatErrorsShowSaysWhereAndNotWithWhat) {
  const auto database = server();
  EXPECT_EQ(database->place(), "postgresql:///postgres?host=" + socket_directory());
  EXPECT_EQ(open_error("postgresql://ada:pw@127.0.0.1:1/x?connect_timeout=2").where, "postgresql://127.0.0.1:1/x");
}

TEST_F(PostgresTest, AThousandIntentsGoInOneTransaction) {
  const auto ledger = open();
  const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
  const RunId run = must(ledger->begin_run(lease, small_plan(), kNoon));
  std::vector<Intent> intents;
  for (int i = 0; i < 1'000; ++i) intents.push_back(add_intent(std::to_string(i)));
  intents[700].kind = "delete_user";
  EXPECT_EQ(error_of(ledger->record_intents(run, lease, intents, kNoon)).kind, ErrorKind::ledger);
  EXPECT_EQ(must(ledger->actions(run)).size(), 0U);
  intents[700].kind = "add_member";
  must(ledger->record_intents(run, lease, intents, kNoon));
  EXPECT_EQ(must(ledger->actions(run)).size(), 1'000U);
}

}  // namespace
}  // namespace cipherform
