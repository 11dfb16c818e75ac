#include "ledger/schema.h"

#include <gtest/gtest.h>

#include <fstream>

#include "ledger_fixture.h"

namespace cipherform {
namespace {

class SchemaTest : public testing::Test {
 protected:
  SchemaTest() {
    const std::string file = (directory_.path() / "ledger").string();
    std::ofstream(file).close();
    database_ = must(sqlite::Database::open(file, {}));
  }
  std::vector<std::string> texts(std::string_view query, std::string_view value = {}) {
    std::vector<std::string> values;
    const auto keep = [&](const sql::Row& row) { values.emplace_back(row.text(0)); };
    must(value.empty() ? database_->each(query, keep) : database_->each(query, keep, value));
    return values;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<sqlite::Database> database_;
};

TEST_F(SchemaTest, NothingBecomesALedgerOnce) {
  EXPECT_EQ(must(identify(*database_)), kNoLedger);
  must(update_tables(*database_));
  EXPECT_EQ(must(identify(*database_)), kLedgerFormatVersion);
  must(database_->execute("INSERT INTO tenants VALUES ('qa', 'https://a', 1, 2)"));
  must(update_tables(*database_));
  EXPECT_EQ(must(database_->integer("SELECT users FROM tenants")), 1);
}

TEST_F(SchemaTest, AnApplicationIdAloneIsNoLedger) {
  must(database_->execute("PRAGMA application_id = 7"));
  EXPECT_EQ(error_of(identify(*database_)).what, "the file is not a cipherform ledger");
}

TEST_F(SchemaTest, ALedgerWithoutAVersionIsNoLedger) {
  must(update_tables(*database_));
  must(database_->execute("PRAGMA user_version = 0"));
  EXPECT_EQ(error_of(identify(*database_)).what, "the file is not a cipherform ledger");
}

TEST_F(SchemaTest, TheDocumentDescribesEveryTableAndColumn) {
  must(update_tables(*database_));
  std::ifstream stream(CIPHERFORM_SOURCE_DIR "/docs/ledger-format.md");
  const std::string document{std::istreambuf_iterator<char>(stream), {}};
  const auto tables = texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  EXPECT_EQ(tables.size(), 8U);
  for (const std::string& table : tables) {
    const auto begin = document.find("## `" + table + "`");
    ASSERT_NE(begin, std::string::npos) << table;
    const std::string section = document.substr(begin, document.find("\n## ", begin) - begin);
    for (const std::string& column : texts("SELECT name FROM pragma_table_info(?1)", table)) {
      EXPECT_NE(section.find('`' + column + '`'), std::string::npos) << table << '.' << column;
    }
  }
}

}  // namespace
}  // namespace cipherform
