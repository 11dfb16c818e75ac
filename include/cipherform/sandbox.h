// An emulated tenant with the rules of the API reference, served on loopback.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cipherform/error.h"
#include "cipherform/tenant_seed.h"

namespace cipherform {

struct SandboxOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one
  std::string base_path = "/qa";
  std::string api_key = "sandbox";
  TenantSeed seed;
  /// Users made beside the seed's: user-0000001@example.com …, each in two groups
  /// of group-001 … group-020.
  std::uint64_t generated_users = 0;
  std::optional<std::filesystem::path> database;  ///< SQLite file; kept across restarts
  std::uint32_t default_limit = 10;
  std::uint32_t max_limit = 100;
  std::uint32_t latency_ms = 0;
  double requests_per_second = 0;  ///< 0: no limit; above it 429 with Retry-After
  bool list_groups = true;         ///< false: GET /tenants/groups answers 403
  /// What goes wrong, in JSON (docs/sandbox.md).
  std::optional<std::filesystem::path> fault_plan;
  /// Where fault plans are put and statistics read, on the same host; 0: any free one.
  std::optional<std::uint16_t> control_port;
};

/// A running sandbox; stops when destroyed.
class Sandbox {
 public:
  virtual ~Sandbox() = default;
  virtual std::string base_url() const = 0;
  /// Empty without a control port.
  virtual std::string control_url() const = 0;
  virtual std::uint64_t users() const = 0;
  /// Requests answered since the start, by "METHOD /path-pattern".
  virtual std::uint64_t requests(std::string_view operation) const = 0;
  /// Invitation e-mails "sent" to `email` (without case): one for each create.
  virtual std::uint64_t invitations(std::string_view email) const = 0;
};

Result<std::unique_ptr<Sandbox>> start_sandbox(SandboxOptions options);

}  // namespace cipherform
