#include "sandbox/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>
#include <memory>

#include "sample_tenant.h"
#include "sandbox/answers.h"

namespace cipherform::sandbox {
namespace {

using ::testing::HasSubstr;
using testing::kAdmins;
using testing::kEngineering;
using testing::kLater;
using testing::kStaff;
using testing::sample_tenant;
using testing::TempDirectory;

/// Everything that can be said about a tenant.
std::string text_of(const EmulatedTenant& tenant) {
  const TenantWriter writer(tenant);
  std::string out;
  for (std::uint32_t user = 0; user < tenant.users().size(); ++user) {
    writer.append_user(out, tenant.users().at(user));
    out += " invitations: " + std::to_string(tenant.users().at(user).invitations) + '\n';
  }
  for (std::uint32_t group = 0; group < tenant.groups().size(); ++group) {
    writer.append_group(out, tenant, group);
    out += '\n';
  }
  return out;
}

void execute(const std::filesystem::path& file, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
}

std::filesystem::path saved_sample(const TempDirectory& directory) {
  auto file = directory / "tenant.sqlite";
  EXPECT_TRUE(Store::open(file).value().save(sample_tenant()));
  return file;
}

/// What opening and loading `file` says.
std::string error_of(const std::filesystem::path& file) {
  auto store = Store::open(file);
  if (!store) return store.error().what;
  const auto tenant = store->load();
  return tenant ? "no error" : tenant.error().what;
}

TEST(Store, GivesBackTheTenantThatWasSaved) {
  const TempDirectory directory;
  const auto file = saved_sample(directory);
  Store store = Store::open(file).value();
  EXPECT_TRUE(store.has_tenant());
  EXPECT_EQ(text_of(store.load().value()), text_of(sample_tenant()));
}

TEST(Store, KeepsManyUsers) {
  const TempDirectory directory;
  const EmulatedTenant tenant = make_tenant({}, 2500).value();
  ASSERT_TRUE(Store::open(directory / "t").value().save(tenant));
  EXPECT_EQ(text_of(Store::open(directory / "t").value().load().value()), text_of(tenant));
}

TEST(Store, KeepsEveryChange) {
  const TempDirectory directory;
  const auto file = saved_sample(directory);
  EmulatedTenant tenant = sample_tenant();
  {
    Store store = Store::open(file).value();
    const CreateUsers request{.users = {{"c@example.com", {kStaff, kAdmins}}, {"d@example.com", {kStaff}}},
                              .as_array = true};
    const auto addition = tenant.check_create(request, kLater).value();
    ASSERT_TRUE(store.record(addition, tenant.users().size()));
    tenant.apply(addition);
    const auto joined = tenant.check_join(1, kAdmins, kLater).value();
    ASSERT_TRUE(store.record(joined));
    tenant.apply(joined);
    const auto left = tenant.check_leave(0, kEngineering, kLater).value();
    ASSERT_TRUE(store.record(left));
    tenant.apply(left);
  }
  EXPECT_EQ(text_of(Store::open(file).value().load().value()), text_of(tenant));
}

TEST(Store, StoresAChangeWhollyOrNotAtAll) {
  const TempDirectory directory;
  const auto file = saved_sample(directory);
  {
    Store store = Store::open(file).value();
    UserAddition addition;
    addition.users.push_back({make_uuid(IdKind::user, 3), "c@example.com", {2}, kLater});
    addition.users.push_back({make_uuid(IdKind::user, 4), "d@example.com", {2, 2}, kLater});
    const auto refused = store.record(addition, 3);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::file);
    EXPECT_THAT(refused.error().what, HasSubstr("cannot be written"));
    ASSERT_TRUE(store.record(MembershipChange{.user = 1, .group = 1, .joins = true, .updated_at = kLater}))
        << "the store goes on after a failure";
  }
  EXPECT_EQ(Store::open(file).value().load().value().users().size(), 3U);
}

TEST(Store, IsPrivate) {
  const TempDirectory directory;
  const auto file = directory / "tenant.sqlite";
  std::ofstream(file).close();
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  const Store store = Store::open(file).value();
  EXPECT_FALSE(store.has_tenant()) << "an empty file is a new one";
  struct stat found {};
  ASSERT_EQ(::stat(file.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
}

TEST(Store, BelongsToOneSandboxAtATime) {
  const TempDirectory directory;
  const Store store = Store::open(directory / "t").value();
  EXPECT_EQ(error_of(directory / "t"), "the sandbox's database is in use by another process");
}

TEST(Store, RefusesForeignFiles) {
  const TempDirectory directory;
  std::ofstream(directory / "text") << std::string(5000, 'x');
  EXPECT_EQ(error_of(directory / "text"), "the file is not a sandbox's database, or is damaged");
  execute(directory / "other", "CREATE TABLE t (a)");
  EXPECT_EQ(error_of(directory / "other"), "the file is a SQLite database, but not a sandbox's");
  EXPECT_THAT(error_of(directory / "no/such/directory"), HasSubstr("cannot be opened: No such file"));
  std::filesystem::create_directory(directory / "dir");
  EXPECT_THAT(error_of(directory / "dir"), HasSubstr("cannot be opened"));
}

TEST(Store, LeavesForeignFilesAsTheyAre) {
  const auto bytes_of = [](const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const TempDirectory directory;
  const auto file = directory / "other";
  execute(file, "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  const std::string before = bytes_of(file);
  ASSERT_EQ(error_of(file), "the file is a SQLite database, but not a sandbox's");
  EXPECT_TRUE(bytes_of(file) == before);
  struct stat found {};
  ASSERT_EQ(::stat(file.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0644U);
}

TEST(Store, RefusesAnotherFormat) {
  const TempDirectory directory;
  const auto file = saved_sample(directory);
  execute(file, "PRAGMA user_version=2");
  EXPECT_EQ(error_of(file), "the sandbox's database has format 2; this cipherform reads format 1");
}

TEST(Store, RefusesDamage) {
  const struct {
    const char* sql;
    const char* error;
  } cases[] = {
      {"DELETE FROM users WHERE position = 1", "user 1"},
      {"UPDATE users SET id = x'00' WHERE position = 2", "user 2"},
      {"UPDATE users SET email = CAST(x'ff' AS TEXT) WHERE position = 0", "user 0"},
      {"UPDATE users SET email = 'nonsense' WHERE position = 1", "user 'nonsense' does not have an email address"},
      {"UPDATE users SET email = 'ADA@example.com' WHERE position = 1",
       "user 'ADA@example.com' is there twice (emails are compared without case)"},
      {"DELETE FROM memberships WHERE user = 1",
       "user 'bob@example.com' is in no group; a user must belong to at least one"},
      {"UPDATE memberships SET grp = 3 WHERE user = 1", "user 'bob@example.com' is in a group that does not exist"},
      {"UPDATE memberships SET grp = -1 WHERE user = 1", "user 'bob@example.com' is in a group that does not exist"},
      {"INSERT INTO memberships VALUES (3, 0)", "a membership of a user who does not exist"},
      {"UPDATE users SET created_at = 0 WHERE position = 2", "user '' is older than the one before"},
      {"UPDATE groups SET role = 'OWNER'", "group 0"},
      {"UPDATE groups SET name = 'Staff'", "group 'Staff' is there twice"},
      {"UPDATE group_mappings SET grp = grp + 1", "a group's mapping"},
  };
  for (const auto& [sql, error] : cases) {
    const TempDirectory directory;
    const auto file = saved_sample(directory);
    execute(file, sql);
    EXPECT_EQ(error_of(file), std::string("the sandbox's database is damaged: ") + error) << sql;
  }
}

TEST(Store, RefusesATruncatedFile) {
  const TempDirectory directory;
  const auto file = directory / "t";
  ASSERT_TRUE(Store::open(file).value().save(make_tenant({}, 5000).value()));
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  EXPECT_EQ(error_of(file), "the file is not a sandbox's database, or is damaged");
}

}  // namespace
}  // namespace cipherform::sandbox
