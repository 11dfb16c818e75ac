// Positions are the keys, so loading reads the tables in order and needs no look-ups.
// The whole initial tenant is one transaction together with the format's mark: a file is
// either empty or complete.
#include "sandbox/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "sandbox/json_text.h"

namespace cipherform::sandbox {
namespace {

constexpr int kApplicationId = 0x43667362;  // "Cfsb"
constexpr int kFormatVersion = 1;

constexpr const char* kSchema = R"(
CREATE TABLE groups (
  position INTEGER PRIMARY KEY, id BLOB NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
  description TEXT NOT NULL, saml_default INTEGER NOT NULL, created_at INTEGER NOT NULL);
CREATE TABLE group_mappings (
  grp INTEGER NOT NULL, position INTEGER NOT NULL, mapping TEXT NOT NULL,
  PRIMARY KEY (grp, position)) WITHOUT ROWID;
CREATE TABLE users (
  position INTEGER PRIMARY KEY, id BLOB NOT NULL, email TEXT NOT NULL, status TEXT NOT NULL,
  owner INTEGER NOT NULL, invitations INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE memberships (
  user INTEGER NOT NULL, grp INTEGER NOT NULL, PRIMARY KEY (user, grp)) WITHOUT ROWID;
)";

constexpr const char* kInsertUser = "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kInsertMembership = "INSERT INTO memberships VALUES (?, ?)";

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

std::int64_t milliseconds_of(Time time) { return time.time_since_epoch().count(); }
Time time_of(std::int64_t milliseconds) { return Time{std::chrono::milliseconds{milliseconds}}; }

/// A prepared statement. Errors show up in step().
class Query {
 public:
  Query(sqlite3* database, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    result_ = sqlite3_prepare_v2(database, sql, -1, &statement, nullptr);
    statement_.reset(statement);
  }

  Query& bind(int at, std::int64_t value) {
    note(sqlite3_bind_int64(statement_.get(), at, value));
    return *this;
  }
  Query& bind(int at, std::string_view value) {
    note(sqlite3_bind_text64(statement_.get(), at, value.empty() ? "" : value.data(), value.size(), SQLITE_TRANSIENT,
                             SQLITE_UTF8));
    return *this;
  }
  Query& bind(int at, const Uuid& value) {
    note(sqlite3_bind_blob64(statement_.get(), at, value.bytes.data(), value.bytes.size(), SQLITE_TRANSIENT));
    return *this;
  }

  /// SQLITE_ROW, SQLITE_DONE or an error.
  int step() { return result_ == SQLITE_OK ? sqlite3_step(statement_.get()) : result_; }
  /// Runs a statement without rows, and makes it ready for the next bindings.
  bool run() {
    const bool done = step() == SQLITE_DONE;
    const bool reset = sqlite3_reset(statement_.get()) == SQLITE_OK;
    return done && reset;
  }

  std::int64_t integer(int column) { return sqlite3_column_int64(statement_.get(), column); }
  std::string_view text(int column) {
    const void* const bytes = sqlite3_column_blob(statement_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return bytes == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(bytes), size);
  }
  std::optional<Uuid> uuid(int column) {
    const std::string_view bytes = text(column);
    Uuid uuid;
    if (bytes.size() != uuid.bytes.size()) return std::nullopt;
    std::memcpy(uuid.bytes.data(), bytes.data(), bytes.size());
    return uuid;
  }

 private:
  void note(int result) {
    if (result_ == SQLITE_OK) result_ = result;
  }

  std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement_;
  int result_ = SQLITE_OK;
};

tl::unexpected<Error> file_error(const std::filesystem::path& file, std::string what, std::string hint = {}) {
  return tl::unexpected(Error{ErrorKind::file, std::move(what), file.string(), std::move(hint)});
}

/// Makes the file where there is none, so that it never is readable by others, not even
/// for a moment.
Result<void> make_private(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    return file_error(file, "the sandbox's database cannot be opened: " + std::generic_category().message(errno));
  }
  struct stat found {};
  const bool regular = ::fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode);
  ::close(descriptor);
  if (!regular) return file_error(file, "the sandbox's database is not a regular file");
  return {};
}

}  // namespace

struct Store::Connection {
  std::filesystem::path file;
  std::unique_ptr<sqlite3, CloseDatabase> database;
  bool has_tenant = false;

  tl::unexpected<Error> fail(std::string_view what) const {
    const int code = sqlite3_errcode(database.get());
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) {
      return file_error(file, "the file is not a sandbox's database, or is damaged",
                        "move it away to start with a new tenant");
    }
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
      return file_error(file, "the sandbox's database is in use by another process");
    }
    return file_error(file, fmt::format("{}: {}", what, sqlite3_errmsg(database.get())));
  }
  tl::unexpected<Error> damaged(std::string_view what) const {
    return file_error(file, fmt::format("the sandbox's database is damaged: {}", what),
                      "move it away to start with a new tenant");
  }

  bool execute(const char* sql) const {
    return sqlite3_exec(database.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK;
  }
  std::optional<std::int64_t> number(const char* sql) const {
    Query query(database.get(), sql);
    if (query.step() != SQLITE_ROW) return std::nullopt;
    return query.integer(0);
  }

  /// Runs `change` in a transaction; `change` says whether all of it worked.
  template <class Change>
  Result<void> in_transaction(Change change) const {
    if (!execute("BEGIN IMMEDIATE")) return fail("the sandbox's database cannot be written");
    if (change() && execute("COMMIT")) return {};
    const auto error = fail("the sandbox's database cannot be written");
    execute("ROLLBACK");
    return error;
  }

  /// Changes nothing: the file may be somebody else's.
  Result<void> check_format();
  Result<void> take_over();
  bool insert_groups(const std::vector<Group>& groups) const;
  bool insert_users(std::uint32_t first, std::span<const UserRecord> records) const;
  Result<void> load_groups(EmulatedTenant& tenant) const;
  Result<void> load_mappings(std::vector<Group>& groups) const;
  Result<void> load_users(EmulatedTenant& tenant) const;
};

Result<void> Store::Connection::take_over() {
  if (::chmod(file.c_str(), S_IRUSR | S_IWUSR) != 0) {
    return file_error(file, "the sandbox's database cannot be made private (mode 0600)");
  }
  // WAL with NORMAL survives the death of the process, which is what a sandbox is asked for.
  if (!execute("PRAGMA journal_mode=WAL") || !execute("PRAGMA synchronous=NORMAL") || !execute("BEGIN IMMEDIATE") ||
      !execute("COMMIT")) {
    return fail("the sandbox's database cannot be opened");
  }
  return {};
}

Result<void> Store::Connection::check_format() {
  // The lock is kept from the first read on, so that a second sandbox on the file fails at once.
  if (!execute("PRAGMA locking_mode=EXCLUSIVE")) return fail("the sandbox's database cannot be opened");
  const auto application = number("PRAGMA application_id");
  const auto version = number("PRAGMA user_version");
  const auto tables = number("SELECT count(*) FROM sqlite_schema");
  if (!application || !version || !tables) return fail("the sandbox's database cannot be read");
  if (*application == 0 && *version == 0 && *tables == 0) return {};
  if (*application != kApplicationId) {
    return file_error(file, "the file is a SQLite database, but not a sandbox's", "name another file");
  }
  if (*version != kFormatVersion) {
    return file_error(file, fmt::format("the sandbox's database has format {}; this cipherform reads format {}",
                                        *version, kFormatVersion));
  }
  has_tenant = true;
  return {};
}

Store::Store(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Result<Store> Store::open(const std::filesystem::path& file) {
  if (auto made = make_private(file); !made) return tl::unexpected(made.error());
  auto connection = std::make_unique<Connection>();
  connection->file = file;
  sqlite3* database = nullptr;
  const int result = sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  connection->database.reset(database);
  if (result != SQLITE_OK) return connection->fail("the sandbox's database cannot be opened");
  if (auto checked = connection->check_format(); !checked) return tl::unexpected(checked.error());
  if (auto taken = connection->take_over(); !taken) return tl::unexpected(taken.error());
  return Store(std::move(connection));
}

bool Store::has_tenant() const { return connection_->has_tenant; }

bool Store::Connection::insert_groups(const std::vector<Group>& groups) const {
  Query insert(database.get(), "INSERT INTO groups VALUES (?, ?, ?, ?, ?, ?, ?)");
  Query insert_mapping(database.get(), "INSERT INTO group_mappings VALUES (?, ?, ?)");
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Group& group = groups[i];
    const auto position = static_cast<std::int64_t>(i);
    insert.bind(1, position).bind(2, group.id).bind(3, group.name).bind(4, kRoleTypes[group.role]);
    insert.bind(5, group.description).bind(6, std::int64_t{group.saml_default});
    if (!insert.bind(7, milliseconds_of(group.created_at)).run()) return false;
    for (std::size_t m = 0; m < group.idp_mapping.size(); ++m) {
      insert_mapping.bind(1, position).bind(2, static_cast<std::int64_t>(m)).bind(3, group.idp_mapping[m]);
      if (!insert_mapping.run()) return false;
    }
  }
  return true;
}

bool Store::Connection::insert_users(std::uint32_t first, std::span<const UserRecord> records) const {
  Query insert(database.get(), kInsertUser);
  Query insert_membership(database.get(), kInsertMembership);
  std::int64_t position = first;
  for (const UserRecord& user : records) {
    insert.bind(1, position).bind(2, user.id).bind(3, user.email).bind(4, user.status);
    insert.bind(5, std::int64_t{user.owner}).bind(6, std::int64_t{user.invitations});
    insert.bind(7, milliseconds_of(user.created_at)).bind(8, milliseconds_of(user.updated_at));
    if (!insert.run()) return false;
    for (const std::uint32_t group : user.groups) {
      if (!insert_membership.bind(1, position).bind(2, std::int64_t{group}).run()) return false;
    }
    ++position;
  }
  return true;
}

Result<void> Store::save(const EmulatedTenant& tenant) {
  constexpr std::uint32_t kBlock = 1024;
  const Connection& connection = *connection_;
  const auto mark =
      fmt::format("PRAGMA application_id={}; PRAGMA user_version={};", kApplicationId, kFormatVersion) + kSchema;
  auto saved = connection.in_transaction([&] {
    if (!connection.execute(mark.c_str()) || !connection.insert_groups(tenant.groups())) return false;
    const UserTable& users = tenant.users();
    std::vector<UserRecord> block;
    for (std::uint32_t first = 0; first < users.size(); first += kBlock) {
      block.clear();
      for (std::uint32_t user = first; user < std::min(users.size(), first + kBlock); ++user) {
        block.push_back(users.at(user));
      }
      if (!connection.insert_users(first, block)) return false;
    }
    return true;
  });
  if (saved) connection_->has_tenant = true;
  return saved;
}

Result<void> Store::Connection::load_mappings(std::vector<Group>& groups) const {
  Query select(database.get(), "SELECT grp, mapping FROM group_mappings ORDER BY grp, position");
  int row = 0;
  while ((row = select.step()) == SQLITE_ROW) {
    const std::int64_t group = select.integer(0);
    if (group < 0 || group >= static_cast<std::int64_t>(groups.size()) || !is_utf8(select.text(1))) {
      return damaged("a group's mapping");
    }
    groups[static_cast<std::size_t>(group)].idp_mapping.emplace_back(select.text(1));
  }
  if (row != SQLITE_DONE) return fail("the sandbox's database cannot be read");
  return {};
}

Result<void> Store::Connection::load_groups(EmulatedTenant& tenant) const {
  Query select(database.get(),
               "SELECT position, id, name, role, description, saml_default, created_at FROM groups ORDER BY position");
  std::vector<Group> groups;
  int row = 0;
  while ((row = select.step()) == SQLITE_ROW) {
    const auto id = select.uuid(1);
    const auto role = std::find(kRoleTypes.begin() + 1, kRoleTypes.end(), select.text(3));
    if (select.integer(0) != static_cast<std::int64_t>(groups.size()) || !id || role == kRoleTypes.end() ||
        !is_utf8(select.text(2)) || !is_utf8(select.text(4))) {
      return damaged(fmt::format("group {}", groups.size()));
    }
    groups.push_back({.id = *id,
                      .name = std::string(select.text(2)),
                      .role = static_cast<std::uint8_t>(role - kRoleTypes.begin()),
                      .description = std::string(select.text(4)),
                      .idp_mapping = {},
                      .saml_default = select.integer(5) != 0,
                      .created_at = time_of(select.integer(6))});
  }
  if (row != SQLITE_DONE) return fail("the sandbox's database cannot be read");
  if (auto loaded = load_mappings(groups); !loaded) return loaded;
  for (Group& group : groups) {
    if (auto added = tenant.add_group(std::move(group)); !added) return damaged(added.error());
  }
  return {};
}

Result<void> Store::Connection::load_users(EmulatedTenant& tenant) const {
  Query users(database.get(),
              "SELECT position, id, email, status, owner, invitations, created_at, updated_at FROM users "
              "ORDER BY position");
  Query memberships(database.get(), "SELECT user, grp FROM memberships ORDER BY user, grp");
  int membership = memberships.step();
  int row = 0;
  std::vector<std::uint32_t> groups;
  while ((row = users.step()) == SQLITE_ROW) {
    const std::int64_t position = users.integer(0);
    groups.clear();
    for (; membership == SQLITE_ROW && memberships.integer(0) == position; membership = memberships.step()) {
      // A negative or enormous group becomes one that add_user does not know.
      groups.push_back(static_cast<std::uint32_t>(std::clamp<std::int64_t>(memberships.integer(1), -1, kMaxGroups)));
    }
    const auto id = users.uuid(1);
    if (position != tenant.users().size() || !id || !is_utf8(users.text(2)) || !is_utf8(users.text(3))) {
      return damaged(fmt::format("user {}", tenant.users().size()));
    }
    const auto added = tenant.add_user({.id = *id,
                                        .email = users.text(2),
                                        .status = users.text(3),
                                        .owner = users.integer(4) != 0,
                                        .invitations = static_cast<std::uint8_t>(users.integer(5) & 0x7F),
                                        .created_at = time_of(users.integer(6)),
                                        .updated_at = time_of(users.integer(7)),
                                        .groups = groups});
    if (!added) return damaged(added.error());
  }
  if (row != SQLITE_DONE) return fail("the sandbox's database cannot be read");
  if (membership == SQLITE_ROW) return damaged("a membership of a user who does not exist");
  if (membership != SQLITE_DONE) return fail("the sandbox's database cannot be read");
  return {};
}

Result<EmulatedTenant> Store::load() {
  EmulatedTenant tenant;
  const auto users = connection_->number("SELECT count(*) FROM users");
  if (!users) return connection_->fail("the sandbox's database cannot be read");
  tenant.reserve(static_cast<std::size_t>(*users));
  if (auto loaded = connection_->load_groups(tenant); !loaded) return tl::unexpected(loaded.error());
  if (auto loaded = connection_->load_users(tenant); !loaded) return tl::unexpected(loaded.error());
  return tenant;
}

Result<void> Store::record(const UserAddition& addition, std::uint32_t first_user) {
  std::vector<UserRecord> records;
  records.reserve(addition.users.size());
  for (const UserAddition::User& user : addition.users) records.push_back(record_of(user));
  return connection_->in_transaction([&] { return connection_->insert_users(first_user, records); });
}

Result<void> Store::record(const MembershipChange& change) {
  sqlite3* const database = connection_->database.get();
  return connection_->in_transaction([&] {
    Query membership(database, change.joins ? kInsertMembership : "DELETE FROM memberships WHERE user = ? AND grp = ?");
    Query user(database, "UPDATE users SET updated_at = ? WHERE position = ?");
    return membership.bind(1, std::int64_t{change.user}).bind(2, std::int64_t{change.group}).run() &&
           user.bind(1, milliseconds_of(change.updated_at)).bind(2, std::int64_t{change.user}).run();
  });
}

}  // namespace cipherform::sandbox
