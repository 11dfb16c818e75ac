#include "ledger/sqlite.h"

#include <gtest/gtest.h>

#include <fstream>

#include "ledger_fixture.h"

namespace cipherform {
namespace {

using sqlite::Database;

class SqliteTest : public testing::Test {
 protected:
  std::unique_ptr<Database> open(const std::string& name) {
    const std::string file = (directory_.path() / name).string();
    std::ofstream(file, std::ios::app).close();
    return must(Database::open(file, {}));
  }
  TemporaryDirectory directory_;
};

TEST_F(SqliteTest, BoundTextComesBackByteForByte) {
  const auto database = open("a");
  must(database->execute("CREATE TABLE t (v TEXT)"));
  constexpr std::string_view insert = "INSERT INTO t VALUES (?1)";
  const std::vector<std::string> values{"", "'); DROP TABLE t; --", std::string("a\0b", 3), "\xc3\xa4"};
  for (const std::string& value : values) must(database->change(insert, value));
  std::vector<std::string> read;
  must(database->each("SELECT v FROM t ORDER BY rowid", [&](const sql::Row& row) {
    EXPECT_FALSE(row.is_null(0));
    read.emplace_back(row.text(0));
  }));
  EXPECT_EQ(read, values);
}

TEST_F(SqliteTest, AStatementRunsAgainAfterItFailed) {
  const auto database = open("a");
  must(database->execute("CREATE TABLE t (v INTEGER UNIQUE)"));
  constexpr std::string_view insert = "INSERT INTO t VALUES (?1)";
  must(database->change(insert, 1));
  EXPECT_EQ(error_of(database->change(insert, 1)).kind, ErrorKind::ledger);
  must(database->change(insert, 2));
  EXPECT_EQ(must(database->integer("SELECT count(*) FROM t")), 2);
}

TEST_F(SqliteTest, ATransactionWhoseWorkFailsChangesNothing) {
  const auto database = open("a");
  must(database->execute("CREATE TABLE t (v INTEGER)"));
  const auto result = sql::transact(*database, sql::Access::write, [&]() -> Result<int> {
    must(database->execute("INSERT INTO t VALUES (1)"));
    return tl::unexpected(Error{.kind = ErrorKind::ledger, .what = "no", .where = {}, .hint = {}});
  });
  EXPECT_EQ(error_of(result).what, "no");
  EXPECT_FALSE(database->in_transaction());
  EXPECT_EQ(must(database->integer("SELECT count(*) FROM t")), 0);
}

TEST_F(SqliteTest, APathMayHoldWhatMeansSomethingInAUri) {
  for (const std::string name : {"a?mode=memory", "b#c", "d%41", "e f", "g\xc3\xa4"}) {
    const auto database = open(name);
    must(database->execute("CREATE TABLE t (v INTEGER)"));
    EXPECT_GT(fs::file_size(directory_.path() / name), 0U) << name;
  }
}

TEST_F(SqliteTest, AnErrorNamesTheFileAndWhatSqliteSays) {
  const auto database = open("a");
  const Error error = error_of(database->integer("SELECT v FROM nowhere"));
  EXPECT_EQ(error.what, "the ledger failed: no such table: nowhere (SQLite code 1)");
  EXPECT_EQ(error.where, (directory_.path() / "a").string());
}

TEST_F(SqliteTest, AnImmutableReadLeavesNoFilesBehind) {
  {
    const auto database = open("a");
    EXPECT_EQ(must(database->text("PRAGMA journal_mode = WAL")), "wal");
    must(database->execute("CREATE TABLE t (v INTEGER)"));
  }
  const auto database =
      must(Database::open((directory_.path() / "a").string(), {.read_only = true, .immutable = true}));
  EXPECT_EQ(must(database->integer("SELECT count(*) FROM t")), 0);
  EXPECT_FALSE(fs::exists(directory_.path() / "a-wal"));
  EXPECT_FALSE(fs::exists(directory_.path() / "a-shm"));
}

}  // namespace
}  // namespace cipherform
