// What the ledger's tests share: a directory of their own, and fixed times.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cipherform/ledger.h"
#include "ledger/postgres.h"
#include "ledger/sql_ledger.h"
#include "ledger/sqlite.h"
#include "postgres_server.h"

namespace cipherform {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

inline constexpr Time kNoon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + std::chrono::hours{12}};

/// The value, or a failure of the test and an empty one.
template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << to_string(result.error());
    return T{};
  }
  return std::move(*result);
}
inline void must(Result<void> result) {
  if (!result) ADD_FAILURE() << to_string(result.error());
}

/// The error, or a failure of the test.
template <class T>
Error error_of(const Result<T>& result) {
  EXPECT_FALSE(result) << "succeeded";
  return result ? Error{} : result.error();
}

/// In memory where the machine has room for files there: what is tested is which
/// writes happen, not how long the disk takes for them.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    const fs::path memory = "/dev/shm";
    const fs::path parent = ::access(memory.c_str(), W_OK) == 0 ? memory : fs::path(testing::TempDir());
    std::string name = (parent / "cipherform-ledger-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// A ledger in a state directory, and processes that live until a test says otherwise.
class LedgerTest : public testing::Test {
 protected:
  fs::path state_dir() const { return directory_.path() / "state"; }
  fs::path file() const { return state_dir() / kLedgerFileName; }
  LedgerPlace place() const { return {.url = {}, .state_dir = state_dir()}; }

  std::unique_ptr<Ledger> open(const std::string& vfs = {}) {
    return must_open(place(), {.is_alive = is_alive(), .vfs = vfs, .reserved_bytes = 8'192});
  }
  std::function<bool(std::int64_t)> is_alive() const {
    return [this](std::int64_t pid) { return !gone_.contains(pid); };
  }
  static std::unique_ptr<Ledger> must_open(const LedgerPlace& place, LedgerSeams seams) {
    auto opened = open_ledger(place, std::move(seams));
    if (!opened) {
      ADD_FAILURE() << to_string(opened.error());
      return nullptr;
    }
    return std::move(*opened);
  }
  Error open_error() const {
    auto opened = open_ledger(state_dir());
    EXPECT_FALSE(opened);
    return opened ? Error{} : opened.error();
  }

  TemporaryDirectory directory_;
  std::set<std::int64_t> gone_;
};

enum class Backend : std::uint8_t { sqlite, postgres };
inline std::string name_of(const testing::TestParamInfo<Backend>& backend) {
  return backend.param == Backend::sqlite ? "Sqlite" : "Postgres";
}

/// The same tests on both databases, each with a ledger of its own.
class SharedLedgerTest : public LedgerTest, public testing::WithParamInterface<Backend> {
 protected:
  SharedLedgerTest() {
    if (GetParam() == Backend::postgres) must(raw()->execute("DROP SCHEMA IF EXISTS cipherform CASCADE"));
  }
  LedgerPlace place() const {
    return GetParam() == Backend::sqlite ? LedgerTest::place()
                                         : LedgerPlace{.url = fakes::postgres_url(), .state_dir = state_dir()};
  }
  std::unique_ptr<Ledger> open(std::function<Time()> local_now = {}) {
    return must_open(place(), {.is_alive = is_alive(), .reserved_bytes = 8'192, .local_now = std::move(local_now)});
  }
  /// A connection beside the ledger's.
  std::unique_ptr<sql::Database> raw() const {
    if (GetParam() == Backend::postgres) return must(postgres::Database::connect(fakes::postgres_url(), {}));
    return must(sqlite::Database::open(file().string(), {}));
  }
  /// The single number of a query.
  std::int64_t count(std::string_view query) const {
    std::int64_t number = -1;
    must(raw()->each(query, [&](const sql::Row& row) { number = row.integer(0); }));
    return number;
  }
};

inline const Holder kAda{"ada", "laptop", 4711, "boot-1 pid:[1]"};
inline const Holder kBob{"bob", "build-7", 23, "boot-2 pid:[1]"};

inline Plan small_plan() {
  Plan plan;
  plan.tool_version = "0.1.0";
  plan.environment = "qa";
  plan.base_url = "https://public-api.cipherscale.com/qa";
  plan.created_at = kNoon;
  plan.declaration_digest = "d1";
  plan.live_digest = "l1";
  return plan;
}

inline Intent add_intent(std::string id, std::string email = "ada@example.com", std::string group = "Engineering") {
  return {.action_id = std::move(id), .kind = "add_member", .email = std::move(email), .group = std::move(group)};
}

inline std::vector<std::string> ids_of(const std::vector<Intent>& intents) {
  std::vector<std::string> ids;
  for (const Intent& intent : intents) ids.push_back(intent.action_id);
  return ids;
}

}  // namespace cipherform
