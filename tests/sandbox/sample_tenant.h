// The small tenant that the sandbox's tests start from.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cipherform/tenant_seed.h"
#include "sandbox/emulated_tenant.h"
#include "sandbox/seeding.h"

namespace cipherform::sandbox::testing {

inline const std::string kEngineering = "550e8400-e29b-41d4-a716-446655440000";
inline const std::string kAdmins = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";
inline const std::string kStaff = "6ba7b811-9dad-41d1-80b4-00c04fd430c8";

inline TenantSeed::Group seed_group(std::string name, std::string id = {}, std::string role = "BASIC") {
  TenantSeed::Group group;
  group.name = std::move(name);
  group.id = std::move(id);
  group.role = std::move(role);
  return group;
}

inline TenantSeed::User seed_user(std::string email, std::vector<std::string> groups) {
  TenantSeed::User user;
  user.email = std::move(email);
  user.groups = std::move(groups);
  return user;
}

/// Ada (owner; Engineering, Admins), Bob (Engineering) and somebody without an email (Staff).
inline TenantSeed sample_seed() {
  TenantSeed seed;
  seed.groups = {seed_group("Engineering", kEngineering), seed_group("Admins", kAdmins, "ADMIN"),
                 seed_group("Staff", kStaff)};
  seed.groups[0].description = "Builds";
  seed.groups[2].idp_mapping = {"staff", "all \"quoted\""};
  seed.groups[2].saml_default = true;
  seed.users = {seed_user("Ada@example.com", {"Admins", "Engineering"}), seed_user("bob@example.com", {"Engineering"}),
                seed_user("", {"Staff"})};
  seed.users[0].owner = true;
  seed.users[1].status = "Deactivated";
  return seed;
}

inline EmulatedTenant sample_tenant() { return make_tenant(sample_seed(), 0).value(); }

inline Time at(std::int64_t milliseconds) { return Time{std::chrono::milliseconds{milliseconds}}; }
/// Later than everything in a seeded tenant.
inline const Time kLater{std::chrono::sys_days{std::chrono::year{2026} / 5 / 4}};

/// A directory that goes with the test.
class TempDirectory {
 public:
  TempDirectory() {
    std::string pattern = ::testing::TempDir() + "/sandbox.XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempDirectory() { std::filesystem::remove_all(path_); }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace cipherform::sandbox::testing
