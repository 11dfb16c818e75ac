// A disk that fails at any write: every call either did all it says, or fails with a
// clear error and changed nothing.
#include <gtest/gtest.h>

#include <functional>

#include "faulty_disk.h"
#include "ledger_fixture.h"

namespace cipherform {
namespace {

using fakes::FaultyDisk;

/// What a reader of the file sees.
struct Seen {
  std::int64_t held = 0;
  std::int64_t runs = 0;
  std::int64_t intents = 0;
  std::int64_t outcomes = 0;
  std::int64_t finished = 0;
  std::int64_t users = 0;
  friend bool operator==(const Seen&, const Seen&) = default;
};

class LedgerFaultsTest : public LedgerTest {
 protected:
  Seen see() {
    const auto database = must(sqlite::Database::open(file().string(), {.read_only = true, .immutable = false}));
    const auto count = [&](std::string_view sql) { return must(database->integer(sql)); };
    return {.held = count("SELECT count(*) FROM leases WHERE expires IS NOT NULL"),
            .runs = count("SELECT count(*) FROM runs"),
            .intents = count("SELECT count(*) FROM actions"),
            .outcomes = count("SELECT count(*) FROM actions WHERE outcome IS NOT NULL"),
            .finished = count("SELECT count(*) FROM runs WHERE result IS NOT NULL"),
            .users = count("SELECT coalesce(sum(users), 0) FROM tenants")};
  }

  /// Each call of one apply, and what is to be seen after it.
  struct Step {
    std::function<Result<void>(Ledger&)> call;
    Seen after;
  };
  std::vector<Step> steps() {
    const std::vector intents{add_intent("a"), add_intent("b")};
    const std::vector<OutcomeRecord> outcomes{{"a", ActionOutcome::done, {}}, {"b", ActionOutcome::refused, "no"}};
    return {
        {[this](Ledger& ledger) {
           return ledger.acquire("qa", kAda, kNoon).map([this](Lease&& lease) { lease_ = std::move(lease); });
         },
         {.held = 1}},
        {[this](Ledger& ledger) {
           return ledger.begin_run(lease_, small_plan(), kNoon).map([this](RunId run) { run_ = run; });
         },
         {.held = 1, .runs = 1}},
        {[this, intents](Ledger& ledger) { return ledger.record_intents(run_, lease_, intents, kNoon); },
         {.held = 1, .runs = 1, .intents = 2}},
        {[this, outcomes](Ledger& ledger) { return ledger.record_outcomes(run_, outcomes, kNoon); },
         {.held = 1, .runs = 1, .intents = 2, .outcomes = 2}},
        {[](Ledger& ledger) { return ledger.remember_users("qa", "https://a", 7, kNoon); },
         {.held = 1, .runs = 1, .intents = 2, .outcomes = 2, .users = 7}},
        {[this](Ledger& ledger) { return ledger.finish_run(run_, RunResult::converged, kNoon); },
         {.held = 1, .runs = 1, .intents = 2, .outcomes = 2, .finished = 1, .users = 7}},
        {[this](Ledger& ledger) { return ledger.release(lease_); },
         {.held = 0, .runs = 1, .intents = 2, .outcomes = 2, .finished = 1, .users = 7}},
    };
  }

  Lease lease_;
  RunId run_ = 0;
};

TEST_F(LedgerFaultsTest, AFailedCallChangedNothingAndWorksWhenRepeated) {
  for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC}) {
    unsigned failures = 0;
    for (unsigned nth = 1; nth < 200; ++nth) {
      fs::remove_all(state_dir());
      open();
      FaultyDisk disk;
      {
        const auto ledger = open(disk.name());
        disk.fail(nth, code);
        Seen before;
        for (const Step& step : steps()) {
          if (auto called = step.call(*ledger); !called) {
            ++failures;
            EXPECT_EQ(called.error().kind, ErrorKind::ledger);
            EXPECT_EQ(see(), before) << nth;
            must(step.call(*ledger));
          }
          EXPECT_EQ(see(), step.after) << nth;
          before = step.after;
        }
      }
      if (disk.changes() < nth) break;  // the fault lies beyond the last change
    }
    EXPECT_GE(failures, 7U) << "no fault hit a call";
  }
}

TEST_F(LedgerFaultsTest, OpeningOnADiskThatFailsIsAnErrorAndLaterSucceeds) {
  unsigned failures = 0;
  for (unsigned nth = 1; nth < 200; ++nth) {
    fs::remove_all(state_dir());
    FaultyDisk disk;
    disk.break_down(nth, SQLITE_FULL);
    auto opened = open_ledger(place(), {.is_alive = is_process_alive, .vfs = disk.name()});
    if (opened) {
      opened->reset();
      break;
    }
    ++failures;
    EXPECT_EQ(opened.error().kind, ErrorKind::ledger);
    disk.repair();
    must(open()->acquire("qa", kAda, kNoon));
  }
  EXPECT_GE(failures, 3U);
}

TEST_F(LedgerFaultsTest, ADiskThatIsAboutToBeFullIsFoundBeforeTheFirstRequest) {
  std::vector<Intent> intents;
  for (int i = 0; i < 32; ++i) intents.push_back(add_intent("a"));
  unsigned refused = 0;
  unsigned held = 0;
  for (std::int64_t room = 0; room < 600'000; room += 15'000) {
    fs::remove_all(state_dir());
    open();
    FaultyDisk disk;
    const auto ledger = must_open(place(), {.is_alive = is_alive(), .vfs = disk.name(), .reserved_bytes = 128'000});
    disk.leave_room(room);
    const auto lease = ledger->acquire("qa", kAda, kNoon);
    if (!lease) {
      ++refused;
      EXPECT_EQ(lease.error().kind, ErrorKind::ledger);
      EXPECT_FALSE(must(ledger->holder_of("qa", kNoon)));
      continue;
    }
    ++held;
    // Whoever has a lease has room for what follows it.
    const RunId run = must(ledger->begin_run(*lease, small_plan(), kNoon));
    for (int group = 0; group < 8; ++group) {
      for (std::size_t i = 0; i < intents.size(); ++i)
        intents[i].action_id = std::to_string(group * 32 + static_cast<int>(i));
      must(ledger->record_intents(run, *lease, intents, kNoon));
    }
  }
  EXPECT_GE(refused, 5U);
  EXPECT_GE(held, 5U);
}

TEST_F(LedgerFaultsTest, AFullDiskSaysWhatToDo) {
  open();
  FaultyDisk disk;
  const auto ledger = open(disk.name());
  disk.break_down(1, SQLITE_FULL);
  const Error error = error_of(ledger->acquire("qa", kAda, kNoon));
  EXPECT_EQ(error.what, "the ledger failed: database or disk is full (SQLite code 13)");
  EXPECT_EQ(error.where, file().string());
  EXPECT_EQ(error.hint, "free some space on the disk that holds the state directory, or name another with --state-dir");
}

TEST_F(LedgerFaultsTest, ABrokenDiskSaysWhatToDo) {
  open();
  FaultyDisk disk;
  const auto ledger = open(disk.name());
  disk.break_down(1, SQLITE_IOERR_WRITE);
  const Error error = error_of(ledger->acquire("qa", kAda, kNoon));
  EXPECT_EQ(error.what, "the ledger failed: disk I/O error (SQLite code 778)");
  EXPECT_EQ(error.hint, "check the disk that holds the state directory, or name another with --state-dir");
}

}  // namespace
}  // namespace cipherform
