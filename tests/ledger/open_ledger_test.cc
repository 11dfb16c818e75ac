#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <thread>

#include "ledger/schema.h"
#include "ledger_fixture.h"

namespace cipherform {
namespace {

unsigned mode_of(const fs::path& path) {
  return static_cast<unsigned>(fs::status(path).permissions() & fs::perms::mask);
}

void write(const fs::path& file, std::string_view bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
}

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Root may write everything, so what others may not do is tried as nobody.
class AsNobody {
 public:
  AsNobody() : root_(::geteuid() == 0) {
    if (root_) {
      EXPECT_EQ(::seteuid(65'534), 0);
    }
  }
  ~AsNobody() {
    if (root_) {
      EXPECT_EQ(::seteuid(0), 0);
    }
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  bool root_;
};

class OpenLedgerTest : public LedgerTest {};

TEST_F(OpenLedgerTest, MakesDirectoryAndFilesThatNobodyElseMayRead) {
  const mode_t before = ::umask(0);
  const auto ledger = open();
  must(ledger->acquire("qa", kAda, kNoon));
  ::umask(before);
  EXPECT_EQ(mode_of(state_dir()), 0700U);
  EXPECT_EQ(mode_of(file()), 0600U);
  EXPECT_EQ(mode_of(file().string() + "-wal"), 0600U);
  EXPECT_EQ(mode_of(file().string() + "-shm"), 0600U);
}

TEST_F(OpenLedgerTest, MakesMissingParentDirectories) {
  EXPECT_TRUE(open_ledger(state_dir() / "a" / "b"));
  EXPECT_EQ(mode_of(state_dir() / "a" / "b"), 0700U);
}

TEST_F(OpenLedgerTest, TakesADirectoryAsItIs) {
  fs::create_directory(state_dir());
  fs::permissions(state_dir(), fs::perms{0750});
  open();
  EXPECT_EQ(mode_of(state_dir()), 0750U);
}

TEST_F(OpenLedgerTest, AFinalSlashChangesNothing) {
  EXPECT_TRUE(open_ledger(state_dir() / ""));
  EXPECT_TRUE(fs::exists(file()));
}

TEST_F(OpenLedgerTest, IsDurableByConfiguration) {
  open();
  const auto database = must(sqlite::Database::open(file().string(), {}));
  EXPECT_EQ(must(database->text("PRAGMA journal_mode")), "wal");
  EXPECT_EQ(must(database->integer("PRAGMA application_id")), kLedgerApplicationId);
  EXPECT_EQ(must(database->integer("PRAGMA user_version")), kLedgerFormatVersion);
}

TEST_F(OpenLedgerTest, LeavesNoLogBehindWhenClosed) {
  open();
  EXPECT_FALSE(fs::exists(file().string() + "-wal"));
  EXPECT_FALSE(fs::exists(file().string() + "-shm"));
}

TEST_F(OpenLedgerTest, ANewerFormatIsRefusedAndLeftAsItIs) {
  open();
  must(must(sqlite::Database::open(file().string(), {}))->execute("PRAGMA user_version = 5"));
  const std::string before = read(file());
  const Error error = open_error();
  EXPECT_EQ(error.kind, ErrorKind::ledger);
  EXPECT_EQ(error.what, "the ledger was written by a newer cipherform: it has format 5, this one reads up to 4");
  EXPECT_EQ(error.where, file().string());
  EXPECT_EQ(error.hint, "update cipherform, or name another state directory with --state-dir");
  EXPECT_EQ(read(file()), before);
}

TEST_F(OpenLedgerTest, AnotherProgramsDatabaseIsRefusedAndLeftAsItIs) {
  write(file(), "");
  must(must(sqlite::Database::open(file().string(), {}))->execute("CREATE TABLE leases (environment TEXT)"));
  const std::string before = read(file());
  EXPECT_EQ(open_error().what, "the file is not a cipherform ledger");
  EXPECT_EQ(read(file()), before);
}

TEST_F(OpenLedgerTest, AFileThatIsNoDatabaseIsRefusedAndLeftAsItIs) {
  const std::string bytes(5'000, 'x');
  write(file(), bytes);
  const Error error = open_error();
  EXPECT_EQ(error.kind, ErrorKind::ledger);
  EXPECT_EQ(error.what, "the ledger failed: file is not a database (SQLite code 26)");
  EXPECT_EQ(error.hint,
            "move it away to go on with an empty ledger: the tenant is always read again, only history is lost");
  EXPECT_EQ(read(file()), bytes);
}

TEST_F(OpenLedgerTest, AnEmptyFileBecomesALedger) {
  write(file(), "");
  EXPECT_TRUE(open()->acquire("qa", kAda, kNoon));
}

TEST_F(OpenLedgerTest, ADirectoryInTheFilesPlaceIsRefused) {
  fs::create_directories(file());
  EXPECT_EQ(open_error().what, "the ledger is not a regular file");
}

TEST_F(OpenLedgerTest, ASymbolicLinkInTheFilesPlaceIsRefused) {
  fs::create_directory(state_dir());
  fs::create_symlink(directory_.path() / "elsewhere", file());
  EXPECT_EQ(open_error().what, "the ledger is not a regular file");
  EXPECT_FALSE(fs::exists(directory_.path() / "elsewhere"));
}

TEST_F(OpenLedgerTest, AFileInTheDirectorysPlaceIsRefused) {
  write(state_dir(), "x");
  const Error error = open_error();
  EXPECT_EQ(error.kind, ErrorKind::ledger);
  EXPECT_EQ(error.what, "the state directory cannot be made: File exists");
  EXPECT_EQ(error.where, state_dir().string());
  EXPECT_EQ(error.hint, "make the state directory writable, or name another with --state-dir");
}

TEST_F(OpenLedgerTest, AReadOnlyDirectoryIsAClearError) {
  fs::create_directory(state_dir());
  fs::permissions(state_dir(), fs::perms{0555});
  fs::permissions(directory_.path(), fs::perms{0755});
  const AsNobody nobody;
  const Error error = open_error();
  EXPECT_EQ(error.kind, ErrorKind::ledger);
  EXPECT_EQ(error.what, "the ledger cannot be made: Permission denied");
  EXPECT_EQ(error.hint, "make the state directory writable, or name another with --state-dir");
}

TEST_F(OpenLedgerTest, AReadOnlyParentIsAClearError) {
  fs::permissions(directory_.path(), fs::perms{0555});
  const AsNobody nobody;
  EXPECT_EQ(open_error().what, "the state directory cannot be made: Permission denied");
}

TEST_F(OpenLedgerTest, AReadOnlyFileIsAClearError) {
  open();
  fs::permissions(file(), fs::perms{0444});
  fs::permissions(state_dir(), fs::perms{0777});
  fs::permissions(directory_.path(), fs::perms{0755});
  const AsNobody nobody;
  auto opened = open_ledger(state_dir());
  const Error error = opened ? error_of((*opened)->acquire("qa", kAda, kNoon)) : opened.error();
  EXPECT_EQ(error.kind, ErrorKind::ledger);
  EXPECT_EQ(error.hint, "make the state directory and the ledger writable, or name another with --state-dir");
}

TEST_F(OpenLedgerTest, ManyProcessesMayMakeItAtOnce) {
  for (int round = 0; round < 20; ++round) {
    const fs::path directory = state_dir() / std::to_string(round);
    std::vector<std::thread> threads;
    std::vector<std::string> errors(4);
    for (std::size_t i = 0; i < errors.size(); ++i) {
      threads.emplace_back([&, i] {
        auto opened = open_ledger(directory);
        if (!opened) {
          errors[i] = to_string(opened.error());
          return;
        }
        auto remembered = (*opened)->remember_users("qa", std::to_string(i), i, kNoon);
        if (!remembered) errors[i] = to_string(remembered.error());
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(errors, std::vector<std::string>(4));
  }
}

// --------------------------------------------------------- torn and damaged files

class DamagedLedgerTest : public LedgerTest {
 protected:
  /// Each group of intents doubles what the earlier ones hold, so that half of one shows.
  void fill(Ledger& ledger) {
    const Lease lease = must(ledger.acquire("qa", kAda, kNoon));
    const RunId run = must(ledger.begin_run(lease, small_plan(), kNoon));
    for (const std::size_t size : {1U, 2U, 4U, 8U}) {
      std::vector<Intent> intents;
      for (std::size_t i = 0; i < size; ++i) intents.push_back(add_intent(std::to_string(size + i)));
      must(ledger.record_intents(run, lease, intents, kNoon));
    }
  }
};

TEST_F(DamagedLedgerTest, ALogCutAnywhereGivesBackWholeGroupsOnly) {
  const auto ledger = open();
  fill(*ledger);
  const std::string database = read(file());
  const std::string log = read(file().string() + "-wal");
  ASSERT_GT(log.size(), 10'000U);
  std::set<std::size_t> seen;
  for (std::size_t cut = 0; cut <= log.size(); cut += 509) {
    const fs::path copy = directory_.path() / "copy";
    fs::remove_all(copy);
    write(copy / kLedgerFileName, database);
    write(copy / (std::string(kLedgerFileName) + "-wal"), std::string_view(log).substr(0, cut));
    auto opened = open_ledger({.url = {}, .state_dir = copy}, {.is_alive = [](std::int64_t) { return false; }});
    ASSERT_TRUE(opened) << cut << to_string(opened.error());
    must((*opened)->acquire("qa", kAda, kNoon));
    seen.insert(must((*opened)->open_intents("qa")).size());
  }
  EXPECT_EQ(seen, (std::set<std::size_t>{0, 1, 3, 7, 15}));
}

TEST_F(DamagedLedgerTest, ACutDatabaseIsAnErrorOrEmptyButNeverACrash) {
  fill(*open());
  const std::string whole = read(file());
  for (std::size_t size = 0; size < whole.size(); size += 1'021) {
    fs::remove_all(state_dir());
    write(file(), std::string_view(whole).substr(0, size));
    auto opened = open_ledger(state_dir());
    if (size == 0) {
      EXPECT_TRUE(opened);
      continue;
    }
    const auto intents = opened ? (*opened)->open_intents("qa") : tl::unexpected(opened.error());
    if (!intents) {
      EXPECT_EQ(intents.error().kind, ErrorKind::ledger) << size;
    }
  }
}

TEST_F(DamagedLedgerTest, RandomBytesInEachPageAreAnErrorOrUnnoticedButNeverACrash) {
  fill(*open());
  const std::string whole = read(file());
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string damaged = whole;
    for (int i = 0; i < 8; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    fs::remove_all(state_dir());
    write(file(), damaged);
    auto opened = open_ledger(state_dir());
    if (!opened) {
      EXPECT_EQ(opened.error().kind, ErrorKind::ledger);
      continue;
    }
    static_cast<void>((*opened)->acquire("qa", kBob, kNoon));
    static_cast<void>((*opened)->open_intents("qa"));
    static_cast<void>((*opened)->known_users("qa", "https://a"));
  }
}

// -------------------------------------------------------------------------- peek

class PeekTest : public LedgerTest {
 protected:
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    if (!fs::exists(state_dir())) return names;
    for (const auto& entry : fs::directory_iterator(state_dir())) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  auto peek() const { return peek_known_users(state_dir(), "qa", "https://a"); }
};

TEST_F(PeekTest, WithoutALedgerKnowsNothingAndMakesNothing) {
  EXPECT_EQ(must(peek()), std::nullopt);
  EXPECT_FALSE(fs::exists(state_dir()));
  fs::create_directory(state_dir());
  EXPECT_EQ(must(peek()), std::nullopt);
  EXPECT_EQ(files(), std::vector<std::string>{});
}

TEST_F(PeekTest, ReadsAClosedLedgerAndLeavesNoFilesBehind) {
  must(open()->remember_users("qa", "https://a", 42, kNoon));
  EXPECT_EQ(must(peek()), 42U);
  EXPECT_EQ(files(), std::vector<std::string>{kLedgerFileName});
}

TEST_F(PeekTest, SeesWhatAnOpenLedgerHasNotYetCheckpointed) {
  const auto ledger = open();
  must(ledger->remember_users("qa", "https://a", 42, kNoon));
  EXPECT_EQ(must(peek()), 42U);
  must(ledger->remember_users("qa", "https://a", 43, kNoon));
  EXPECT_EQ(must(peek()), 43U);
}

TEST_F(PeekTest, SeesWhatACrashLeftInTheLog) {
  const auto ledger = open();
  must(ledger->remember_users("qa", "https://a", 42, kNoon));
  const fs::path copy = directory_.path() / "copy";
  write(copy / kLedgerFileName, read(file()));
  write(copy / (std::string(kLedgerFileName) + "-wal"), read(file().string() + "-wal"));
  EXPECT_EQ(must(peek_known_users(copy, "qa", "https://a")), 42U);
}

TEST_F(PeekTest, AnEmptyFileKnowsNothing) {
  write(file(), "");
  EXPECT_EQ(must(peek()), std::nullopt);
}

TEST_F(PeekTest, WhatIsNoLedgerIsAnError) {
  write(file(), std::string(5'000, 'x'));
  EXPECT_EQ(error_of(peek()).kind, ErrorKind::ledger);
  EXPECT_EQ(files(), std::vector<std::string>{kLedgerFileName});
}

TEST_F(PeekTest, ANewerFormatIsAnError) {
  open();
  must(must(sqlite::Database::open(file().string(), {}))->execute("PRAGMA user_version = 9"));
  EXPECT_EQ(error_of(peek()).kind, ErrorKind::ledger);
}

}  // namespace
}  // namespace cipherform
