// A ledger that the first release wrote, made from its SQL text.
#include <gtest/gtest.h>

#include <fstream>

#include "faulty_disk.h"
#include "ledger/schema.h"
#include "ledger_fixture.h"

namespace cipherform {
namespace {

constexpr const char* kVersion1 = R"sql(
PRAGMA journal_mode = WAL;
CREATE TABLE leases (environment TEXT NOT NULL PRIMARY KEY, epoch INTEGER NOT NULL, user TEXT NOT NULL,
  host TEXT NOT NULL, pid INTEGER NOT NULL, since INTEGER NOT NULL, expires INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT, environment TEXT NOT NULL REFERENCES leases (environment),
  epoch INTEGER NOT NULL, user TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL, base_url TEXT NOT NULL,
  tool_version TEXT NOT NULL, planned_at INTEGER NOT NULL, declaration_digest TEXT NOT NULL,
  live_digest TEXT NOT NULL, creates INTEGER NOT NULL, adds INTEGER NOT NULL, removes INTEGER NOT NULL,
  started_at INTEGER NOT NULL, finished_at INTEGER,
  result TEXT CHECK (result IN ('converged', 'partial', 'failed', 'interrupted'))) STRICT;
CREATE INDEX runs_by_environment ON runs (environment, id);
CREATE TABLE actions (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs (id), action_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('create_user', 'add_member', 'remove_member')), email TEXT NOT NULL,
  group_name TEXT NOT NULL, intended_at INTEGER NOT NULL,
  outcome TEXT CHECK (outcome IN ('done', 'refused', 'not_sent', 'ambiguous', 'skipped')), outcome_at INTEGER,
  detail TEXT NOT NULL DEFAULT '', UNIQUE (run, action_id)) STRICT;
CREATE INDEX open_actions ON actions (run, id) WHERE outcome IS NULL;
CREATE TABLE tenants (environment TEXT NOT NULL, base_url TEXT NOT NULL, users INTEGER NOT NULL,
  read_at INTEGER NOT NULL, PRIMARY KEY (environment, base_url)) STRICT, WITHOUT ROWID;
PRAGMA application_id = 1129334348;
PRAGMA user_version = 1;
INSERT INTO leases VALUES ('qa', 3, 'ada', 'laptop', 4711, 1, NULL);
INSERT INTO runs VALUES (7, 'qa', 3, 'ada', 'laptop', 4711, 'https://a', '0.1.0', 1, 'd', 'l', 1, 1, 0, 2, 3, 'partial');
INSERT INTO actions VALUES (1, 7, 'n', 'create_user', 'new@example.com', '', 5, 'ambiguous', 6, 'timed out');
INSERT INTO actions VALUES (2, 7, 'a', 'add_member', 'ada@example.com', 'Engineering', 5, 'done', 6, '');
INSERT INTO actions VALUES (3, 7, 'b', 'add_member', 'bob@example.com', 'Engineering', 5, NULL, NULL, '');
INSERT INTO tenants VALUES ('qa', 'https://a', 42, 4);
)sql";

class MigrationTest : public LedgerTest {
 protected:
  MigrationTest() {
    fs::create_directory(state_dir());
    std::ofstream(file()).close();
    must(raw()->execute(kVersion1));
  }
  std::unique_ptr<sqlite::Database> raw() { return must(sqlite::Database::open(file().string(), {})); }
};

TEST_F(MigrationTest, KeepsEverythingAndCanHoldWhatIsNew) {
  const auto ledger = open();
  EXPECT_EQ(must(raw()->integer("PRAGMA user_version")), kLedgerFormatVersion);
  EXPECT_EQ(must(raw()->text("PRAGMA integrity_check")), "ok");
  EXPECT_EQ(must(raw()->integer("SELECT count(*) FROM pragma_foreign_key_check")), 0);
  EXPECT_EQ(must(ledger->known_users("qa", "https://a")), 42U);
  const auto intents = must(ledger->open_intents("qa"));
  EXPECT_EQ(ids_of(intents), (std::vector<std::string>{"n", "b"}));
  must(ledger->record_outcomes(7, std::vector<OutcomeRecord>{{"n", ActionOutcome::absent, "two reads"}}, kNoon));
  const auto actions = must(ledger->actions(7));
  ASSERT_EQ(actions.size(), 3U);
  EXPECT_EQ(actions[0].outcome, ActionOutcome::absent);
  EXPECT_EQ(actions[0].attempts, 1);
  EXPECT_EQ(actions[1].detail, "");
  EXPECT_EQ(must(ledger->acquire("qa", kBob, kNoon)).epoch, 4);
  EXPECT_EQ(must(raw()->text("SELECT machine FROM leases")), kBob.machine);
}

/// Formats 2, 3 and 4 each have more than the one before, in both databases.
class OlderVersionTest : public SharedLedgerTest {
 protected:
  void make_version_3() {
    const auto ledger = open();
    const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
    const RunId run = must(ledger->begin_run(lease, small_plan(), kNoon));
    must(ledger->record_intents(run, lease, std::vector{add_intent("a")}, kNoon));
    must(raw()->execute("DROP TABLE identities; DROP TABLE receipts; DROP TABLE rosters"));
    set_version(3);
  }
  void make_version_2() {
    make_version_3();
    must(raw()->execute("ALTER TABLE leases DROP COLUMN machine; ALTER TABLE actions DROP COLUMN asked_groups"));
    set_version(2);
  }
  std::int64_t version() const {
    return count(postgres() ? "SELECT version FROM format" : "SELECT user_version FROM pragma_user_version");
  }

 private:
  bool postgres() const { return GetParam() == Backend::postgres; }
  void set_version(int version) const {
    must(raw()->execute((postgres() ? "UPDATE format SET version = " : "PRAGMA user_version = ") +
                        std::to_string(version)));
  }
};
class MigrationOfVersion2Test : public OlderVersionTest {};
class MigrationOfVersion3Test : public OlderVersionTest {};
INSTANTIATE_TEST_SUITE_P(Both, MigrationOfVersion3Test, testing::Values(Backend::sqlite, Backend::postgres), name_of);
INSTANTIATE_TEST_SUITE_P(Both, MigrationOfVersion2Test, testing::Values(Backend::sqlite, Backend::postgres), name_of);

TEST_P(MigrationOfVersion2Test, AHolderThatDidNotSayWhereItRunsKeepsItsLeaseUntilItExpires) {
  make_version_2();
  gone_.insert(kAda.pid);
  const auto ledger = open();
  EXPECT_EQ(error_of(ledger->acquire("qa", kAda, kNoon + seconds{1})).kind, ErrorKind::locked);
  EXPECT_EQ(must(ledger->acquire("qa", kAda, kNoon + kLeaseTime)).epoch, 2);
  EXPECT_EQ(ids_of(must(ledger->open_intents("qa"))), std::vector<std::string>{"a"});
  EXPECT_EQ(count("SELECT count(*) FROM leases WHERE machine = '" + kAda.machine + "'"), 1);
}

TEST_P(MigrationOfVersion2Test, ReadingDoesNotMigrate) {
  make_version_2();
  std::size_t holders = 0;
  EXPECT_TRUE(must(read_ledger(place(), [&](LedgerView& ledger) -> Result<void> {
    holders = must(ledger.holder_of("qa", kNoon)) ? 1 : 0;
    EXPECT_EQ(must(ledger.runs("qa", 9)).size(), 1U);
    return {};
  })));
  EXPECT_EQ(holders, 1U);
  EXPECT_EQ(version(), 2);
}

TEST_P(MigrationOfVersion3Test, KeepsWhatIsThereAndCanHoldWhatIsNew) {
  make_version_3();
  const auto ledger = open();
  EXPECT_EQ(version(), kLedgerFormatVersion);
  EXPECT_EQ(must(ledger->runs("qa", 9)).size(), 1U);
  EXPECT_EQ(must(ledger->identity("qa")), std::nullopt);
  must(ledger->remember_identity("qa", {.base_url = "https://a", .owners = {"u1"}, .recorded_at = kNoon}));
  const Receipt receipt{"qa", "https://a", "d", "l", kNoon, 1};
  must(ledger->record_receipt(receipt, {.converged_at = kNoon, .people = {"ada@example.com"}}));
  EXPECT_EQ(must(ledger->identity("qa"))->owners, std::vector<std::string>{"u1"});
  EXPECT_EQ(must(ledger->receipts("qa", 9)).size(), 1U);
}

TEST_P(MigrationOfVersion3Test, OneThatIsOnlyReadKnowsNothingOfWhatIsNew) {
  make_version_3();
  std::size_t runs = 0;
  EXPECT_TRUE(must(read_ledger(place(), [&](LedgerView& ledger) -> Result<void> {
    runs = must(ledger.runs("qa", 9)).size();
    EXPECT_EQ(must(ledger.identity("qa")), std::nullopt);
    EXPECT_TRUE(must(ledger.receipts("qa", 9)).empty());
    EXPECT_EQ(must(ledger.roster("qa", small_plan().base_url)), std::nullopt);
    return {};
  })));
  EXPECT_EQ(runs, 1U);
  EXPECT_EQ(version(), 3);
}

TEST_F(MigrationTest, HappensOnce) {
  open();
  const auto ledger = open();
  EXPECT_EQ(must(ledger->actions(7)).size(), 3U);
}

TEST_F(MigrationTest, ReadingDoesNotMigrate) {
  bool seen = false;
  EXPECT_TRUE(must(read_ledger(place(), [&](LedgerView& ledger) -> Result<void> {
    const auto actions = must(ledger.actions(7));
    EXPECT_EQ(actions.size(), 3U);
    EXPECT_EQ(actions.at(0).outcome, ActionOutcome::ambiguous);
    EXPECT_EQ(actions.at(0).attempts, 1);
    EXPECT_EQ(must(ledger.runs("", 9)).size(), 1U);
    seen = true;
    return {};
  })));
  EXPECT_TRUE(seen);
  EXPECT_EQ(must(raw()->integer("PRAGMA user_version")), 1);
}

TEST_F(MigrationTest, InterruptedAnywhereLeavesTheOldOrTheNewVersionWhole) {
  const auto save = directory_.path() / "save";
  fs::copy_file(file(), save);
  unsigned failures = 0;
  for (unsigned nth = 1; nth < 200; ++nth) {
    fs::remove_all(state_dir());
    fs::create_directory(state_dir());
    fs::copy_file(save, file());
    fakes::FaultyDisk disk;
    disk.break_down(nth, SQLITE_FULL);
    auto opened = open_ledger(place(), {.is_alive = is_process_alive, .vfs = disk.name()});
    const bool done = opened.has_value();
    if (!done) ++failures;
    disk.repair();
    if (opened) opened->reset();
    EXPECT_EQ(must(open()->actions(7)).size(), 3U) << nth;
    if (done) break;
  }
  EXPECT_GE(failures, 3U);
}

}  // namespace
}  // namespace cipherform
