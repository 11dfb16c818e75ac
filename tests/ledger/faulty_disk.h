// A disk that fails: SQLite's system VFS with one write, sync or truncation that does
// not succeed. Register it by its name; it forgets nothing but what it is told to fail.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>

namespace cipherform::fakes {

class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  const std::string& name() const { return name_; }
  /// Changes (writes, syncs, truncations) seen so far.
  unsigned changes() const { return changes_; }
  /// The `nth` change from now on (1: the next) gives `code` (SQLITE_FULL, SQLITE_IOERR_WRITE, …).
  void fail(unsigned nth, int code) {
    fail_at_ = changes_ + nth;
    code_ = code;
  }
  /// From the `nth` change from now on, all of them do, until repaired.
  void break_down(unsigned nth, int code) {
    fail(nth, code);
    broken_down_ = true;
  }
  /// Files may grow by `bytes` from now on, all together; then the disk is full.
  void leave_room(std::int64_t bytes) { room_ = bytes; }
  void repair() {
    room_ = -1;
    fail_at_ = 0;
    broken_down_ = false;
  }

  /// For the VFS: what the change that is about to happen gives.
  int next_change() {
    ++changes_;
    const bool fails = fail_at_ != 0 && (broken_down_ ? changes_ >= fail_at_ : changes_ == fail_at_);
    return fails ? code_ : SQLITE_OK;
  }
  /// The same for a write that makes a file longer by `bytes`.
  int next_growth(std::int64_t bytes) {
    if (room_ < 0) return SQLITE_OK;
    if (bytes > room_) return SQLITE_FULL;
    room_ -= bytes;
    return SQLITE_OK;
  }

 private:
  std::int64_t room_ = -1;
  std::string name_;
  sqlite3_vfs vfs_;
  unsigned changes_ = 0;
  unsigned fail_at_ = 0;
  int code_ = SQLITE_OK;
  bool broken_down_ = false;
};

}  // namespace cipherform::fakes
