// From a place to a ledger. In a state directory: makes what is missing with modes that keep
// others out, and refuses what is there but is not a ledger.
//
// SQLite makes its -wal and -shm files with the mode of the database file, so the
// file is made here, with 0600, before SQLite sees it. It is made only where there is
// none: to open and close a file that SQLite holds would drop its POSIX locks.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "ledger/postgres_schema.h"
#include "ledger/schema.h"
#include "ledger/sql_ledger.h"

namespace cipherform {
namespace {

namespace fs = std::filesystem;

Error file_error(const fs::path& path, std::string_view what, const std::error_code& code) {
  return {.kind = ErrorKind::ledger,
          .what = fmt::format("{}: {}", what, code.message()),
          .where = path.string(),
          .hint = "make the state directory writable, or name another with --state-dir"};
}

std::error_code last_error() { return {errno, std::generic_category()}; }

/// A new name in a directory is durable only when the directory is.
Result<void> sync_directory(const fs::path& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return tl::unexpected(file_error(directory, "the directory cannot be opened", last_error()));
  const int code = ::fsync(descriptor);
  const std::error_code error = last_error();
  ::close(descriptor);
  if (code != 0) return tl::unexpected(file_error(directory, "the directory cannot be made durable", error));
  return {};
}

Result<void> make_directory(const fs::path& directory) {
  std::error_code error;
  if (fs::is_directory(directory, error)) return {};
  fs::create_directories(directory.parent_path(), error);
  if (error) {
    return tl::unexpected(file_error(directory.parent_path(), "the state directory cannot be made", error));
  }
  if (::mkdir(directory.c_str(), S_IRWXU) != 0) {
    error = last_error();
    // Another process may have made it meanwhile.
    if (error != std::errc::file_exists || !fs::is_directory(directory)) {
      return tl::unexpected(file_error(directory, "the state directory cannot be made", error));
    }
  }
  return sync_directory(directory.parent_path());
}

Result<void> make_file(const fs::path& file) {
  struct stat found {};
  if (::lstat(file.c_str(), &found) == 0) {
    if (S_ISREG(found.st_mode)) return {};
    return tl::unexpected(Error{.kind = ErrorKind::ledger,
                                .what = "the ledger is not a regular file",
                                .where = file.string(),
                                .hint = "move it away, or name another state directory with --state-dir"});
  }
  if (errno != ENOENT) return tl::unexpected(file_error(file, "the ledger cannot be read", last_error()));
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    if (errno == EEXIST) return {};  // another process was faster
    return tl::unexpected(file_error(file, "the ledger cannot be made", last_error()));
  }
  ::close(descriptor);
  return sync_directory(file.parent_path());
}

/// Whether a process has ended, and its parent has not asked how: in a container where
/// nobody does, that lasts for ever (proc(5), /proc/PID/stat).
bool is_zombie(std::int64_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  const std::string stat{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = stat.rfind(") ");
  return name_end != std::string::npos && (stat[name_end + 2] == 'Z' || stat[name_end + 2] == 'X');
}

/// A state directory's absolute path, without a final slash.
Result<fs::path> absolute_directory(const fs::path& state_dir) {
  std::error_code error;
  const fs::path directory = fs::absolute(state_dir / "", error).lexically_normal();
  if (error) return tl::unexpected(file_error(state_dir, "the state directory cannot be found", error));
  return directory.has_filename() ? directory : directory.parent_path();
}

/// The journal mode afterwards. Two processes that make a ledger at once can each stand
/// in the other's way, and SQLite then fails one at once instead of letting it wait.
Result<std::string> set_write_ahead_log(sqlite::Database& database) {
  constexpr int pause_ms = 20;
  for (int waited_ms = 0;; waited_ms += pause_ms) {
    auto mode = database.text("PRAGMA journal_mode = WAL");
    if (mode || !database.busy() || waited_ms >= sqlite::kBusyTimeoutMs) return mode;
    sqlite3_sleep(pause_ms);
  }
}

Result<void> configure(sqlite::Database& database) {
  // Every commit reaches the disk before its call returns. A short log stays within what
  // reserve() keeps.
  constexpr const char* settings =
      "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 256;";
  if (auto set = database.execute(settings); !set) return set;
  const auto mode = set_write_ahead_log(database);
  if (!mode) return tl::unexpected(mode.error());
  if (*mode != "wal") {
    return tl::unexpected(Error{.kind = ErrorKind::ledger,
                                .what = "the file system of the state directory cannot hold a write-ahead log",
                                .where = database.place(),
                                .hint = "name a state directory on a local disk with --state-dir"});
  }
  return {};
}

Result<std::unique_ptr<Ledger>> open_file(const fs::path& state_dir, LedgerSeams seams) {
  const auto directory = absolute_directory(state_dir);
  if (!directory) return tl::unexpected(directory.error());
  const fs::path file = *directory / kLedgerFileName;
  if (auto made = make_directory(*directory); !made) return tl::unexpected(std::move(made.error()));
  if (auto made = make_file(file); !made) return tl::unexpected(std::move(made.error()));
  auto opened = sqlite::Database::open(file.string(), {.vfs = seams.vfs, .reserved_bytes = seams.reserved_bytes});
  if (!opened) return tl::unexpected(std::move(opened.error()));
  sqlite::Database& database = **opened;
  const auto found = identify(database);
  if (!found) return tl::unexpected(found.error());
  if (auto configured = configure(database); !configured) return tl::unexpected(std::move(configured.error()));
  if (*found != kLedgerFormatVersion) {
    if (auto made = update_tables(database); !made) return tl::unexpected(std::move(made.error()));
  }
  return std::make_unique<SqlLedger>(std::move(*opened), std::move(seams), kLedgerFormatVersion);
}

using Reader = std::function<Result<void>(LedgerView& ledger)>;

Result<bool> read_file(const fs::path& file, bool immutable, const Reader& work) {
  auto opened = sqlite::Database::open(file.string(), {.read_only = true, .immutable = immutable});
  if (!opened) return tl::unexpected(std::move(opened.error()));
  const auto found = identify(**opened);
  if (!found) return tl::unexpected(found.error());
  if (*found == kNoLedger) return false;
  SqlLedger ledger(std::move(*opened), {.is_alive = is_process_alive}, *found);
  return work(ledger).map([] { return true; });
}

Result<bool> read_file(const fs::path& state_dir, const Reader& work) {
  const auto directory = absolute_directory(state_dir);
  if (!directory) return tl::unexpected(directory.error());
  const fs::path file = *directory / kLedgerFileName;
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error == std::errc::no_such_file_or_directory || (!error && size == 0)) return false;
  if (error) return tl::unexpected(file_error(file, "the ledger cannot be read", error));
  // A read of a ledger in WAL mode makes -wal and -shm files. Where there is no log
  // nobody has the ledger open, and it can be read as a file that does not change; if
  // somebody opened it meanwhile, what was read that way does not count.
  const fs::path log = file.string() + "-wal";
  if (fs::exists(log, error)) return read_file(file, false, work);
  auto read = read_file(file, true, work);
  return fs::exists(log, error) ? read_file(file, false, work) : read;
}

}  // namespace

bool is_process_alive(std::int64_t pid) {
  if (pid <= 0 || pid > std::numeric_limits<pid_t>::max()) return true;
  if (::kill(static_cast<pid_t>(pid), 0) != 0) return errno != ESRCH;
  return !is_zombie(pid);
}

Result<std::unique_ptr<Ledger>> open_ledger(const LedgerPlace& place, LedgerSeams seams) {
  if (place.url.empty()) return open_file(place.state_dir, std::move(seams));
  auto opened = open_postgres(place.url, {.access = sql::Access::write, .local_now = seams.local_now});
  if (!opened) return tl::unexpected(std::move(opened.error()));
  return std::make_unique<SqlLedger>(std::move(opened->database), std::move(seams), opened->format);
}

Result<std::unique_ptr<Ledger>> open_ledger(const LedgerPlace& place, std::chrono::milliseconds lease_time) {
  return open_ledger(place, LedgerSeams{.is_alive = is_process_alive, .lease_time = lease_time});
}

Result<std::unique_ptr<Ledger>> open_ledger(const fs::path& state_dir, std::chrono::milliseconds lease_time) {
  return open_ledger(LedgerPlace{.url = {}, .state_dir = state_dir}, lease_time);
}

Result<bool> read_ledger(const LedgerPlace& place, const Reader& work) {
  if (place.url.empty()) return read_file(place.state_dir, work);
  auto opened = open_postgres(place.url, {.access = sql::Access::read});
  if (!opened) return tl::unexpected(std::move(opened.error()));
  if (opened->database == nullptr) return false;
  SqlLedger ledger(std::move(opened->database), {.is_alive = is_process_alive}, opened->format);
  return work(ledger).map([] { return true; });
}

Result<std::optional<std::uint64_t>> peek_known_users(const LedgerPlace& place, std::string_view environment,
                                                      std::string_view base_url) {
  std::optional<std::uint64_t> users;
  const auto read = read_ledger(place, [&](LedgerView& ledger) -> Result<void> {
    auto known = ledger.known_users(environment, base_url);
    if (!known) return tl::unexpected(std::move(known.error()));
    users = *known;
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return users;
}

Result<std::optional<std::uint64_t>> peek_known_users(const fs::path& state_dir, std::string_view environment,
                                                      std::string_view base_url) {
  return peek_known_users(LedgerPlace{.url = {}, .state_dir = state_dir}, environment, base_url);
}

}  // namespace cipherform
