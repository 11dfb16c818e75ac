// The tenant in a SQLite file, across restarts. The format is in docs/sandbox.md.
#pragma once

#include <filesystem>
#include <memory>

#include "cipherform/error.h"
#include "sandbox/emulated_tenant.h"

namespace cipherform::sandbox {

/// All calls fail with ErrorKind::file. A failed change is not stored at all.
class Store {
 public:
  /// Makes the file (mode 0600) where there is none. Refuses a file that is not a
  /// sandbox's, and one that another process has open.
  static Result<Store> open(const std::filesystem::path& file);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  bool has_tenant() const;
  /// Only where there is no tenant yet.
  Result<void> save(const EmulatedTenant& tenant);
  /// Checks every row: what comes back obeys the tenant's rules.
  Result<EmulatedTenant> load();

  /// Stored when it returns, whatever becomes of this process.
  Result<void> record(const UserAddition& addition, std::uint32_t first_user);
  Result<void> record(const MembershipChange& change);

 private:
  struct Connection;
  explicit Store(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace cipherform::sandbox
