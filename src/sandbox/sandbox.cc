// Options to a tenant: checks them, loads or makes the tenant, and hands it to the server.
#include "cipherform/sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include "sandbox/control_port.h"
#include "sandbox/fault_plan.h"
#include "sandbox/http_server.h"
#include "sandbox/loopback.h"
#include "sandbox/seeding.h"
#include "sandbox/start.h"
#include "sandbox/store.h"
#include "sandbox/tenant_api.h"
#include "sandbox/tenant_front.h"

namespace cipherform {
namespace sandbox {
namespace {

/// Pages are built in memory; a larger cap would say nothing about a real tenant.
constexpr std::uint32_t kLargestPage = 10'000;
constexpr double kHighestRate = 1e9;

tl::unexpected<Error> wrong_option(std::string what, std::string hint = {}, std::string where = {}) {
  return tl::unexpected(Error{ErrorKind::usage, std::move(what), std::move(where), std::move(hint)});
}

/// "/qa", "/a/b" or nothing at all.
Result<std::string> checked_base_path(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '/';
  };
  if (!path.empty() && (!path.starts_with('/') || !std::all_of(path.begin(), path.end(), allowed))) {
    return wrong_option(fmt::format("'{}' cannot be the sandbox's base path", path), "for example /qa");
  }
  return path;
}

Result<void> check(const SandboxOptions& options) {
  const auto visible = [](char c) { return c > 0x20 && c < 0x7F; };
  if (options.api_key.empty() || !std::all_of(options.api_key.begin(), options.api_key.end(), visible)) {
    return wrong_option("the sandbox's API key must be visible ASCII characters");
  }
  if (options.max_limit == 0 || options.max_limit > kLargestPage) {
    return wrong_option(fmt::format("the largest page must have 1 to {} entries", kLargestPage));
  }
  if (options.default_limit == 0 || options.default_limit > options.max_limit) {
    return wrong_option("the default page must have at least one entry and no more than the largest");
  }
  if (!(options.requests_per_second >= 0 && options.requests_per_second <= kHighestRate)) {
    return wrong_option("the requests per second must be a number from 0");
  }
  return {};
}

Result<EmulatedTenant> load_or_make(const SandboxOptions& options, std::optional<Store>& store) {
  if (store && store->has_tenant()) return store->load();
  auto tenant = make_tenant(options.seed, options.generated_users);
  if (tenant && store) {
    if (auto saved = store->save(*tenant); !saved) return tl::unexpected(saved.error());
  }
  return tenant;
}

constexpr std::uintmax_t kLargestFaultPlan = std::uintmax_t{1} << 20;

Result<FaultPlan> load_fault_plan(const std::optional<std::filesystem::path>& path) {
  if (!path) return FaultPlan{};
  std::error_code failure;
  const auto size = std::filesystem::file_size(*path, failure);
  if (failure) return wrong_option("the fault plan cannot be read: " + failure.message(), {}, path->string());
  if (size > kLargestFaultPlan) return wrong_option("the fault plan is too long", {}, path->string());
  std::string json(size, ' ');
  if (!std::ifstream(*path, std::ios::binary).read(json.data(), static_cast<std::streamsize>(size))) {
    return wrong_option("the fault plan cannot be read", {}, path->string());
  }
  auto plan = parse_fault_plan(json);
  if (!plan) {
    Error& error = plan.error();
    error.where = error.where.empty() ? path->string() : fmt::format("{}: {}", path->string(), error.where);
  }
  return plan;
}

std::string origin(const std::string& address, std::uint16_t port) {
  return fmt::format("http://{}:{}", address, port);
}

/// The sandbox that is quick.
class ServedSandbox final : public Sandbox {
 public:
  ServedSandbox(std::unique_ptr<TenantApi> api, std::string base_path, std::chrono::milliseconds latency)
      : base_path_(std::move(base_path)), api_(std::move(api)), server_(*api_, latency) {}

  Result<void> listen(const std::string& address, std::uint16_t port) { return server_.listen(address, port); }

  std::string base_url() const override { return server_.origin() + base_path_; }
  std::string control_url() const override { return {}; }
  std::uint64_t users() const override { return api_->users(); }
  std::uint64_t requests(std::string_view operation) const override { return api_->requests(operation); }
  std::uint64_t invitations(std::string_view email) const override { return api_->invitations(email); }

 private:
  std::string base_path_;
  std::unique_ptr<TenantApi> api_;
  HttpServer server_;
};

/// The sandbox that goes wrong as it is told, and says what it was asked.
class WatchedSandbox final : public Sandbox {
 public:
  WatchedSandbox(std::unique_ptr<TenantApi> api, std::string base_url, Socket listener,
                 std::chrono::milliseconds latency, Clocks clocks)
      : base_url_(std::move(base_url)),
        api_(std::move(api)),
        front_(*api_, std::move(listener), latency, std::move(clocks)) {}

  void put(FaultPlan plan) { front_.faults().put(std::move(plan)); }
  void control(std::string url, Socket listener) {
    control_url_ = std::move(url);
    control_ = std::make_unique<ControlPort>(front_, std::move(listener));
  }

  std::string base_url() const override { return base_url_; }
  std::string control_url() const override { return control_url_; }
  std::uint64_t users() const override { return api_->users(); }
  std::uint64_t requests(std::string_view operation) const override { return api_->requests(operation); }
  std::uint64_t invitations(std::string_view email) const override { return api_->invitations(email); }

 private:
  std::string base_url_;
  std::string control_url_;
  std::unique_ptr<TenantApi> api_;
  TenantFront front_;
  std::unique_ptr<ControlPort> control_;  // last: it uses front_
};

Result<std::unique_ptr<Sandbox>> serve_watched(std::unique_ptr<TenantApi> api, const SandboxOptions& options,
                                               const std::string& address, const std::string& base_path,
                                               Clocks clocks) {
  auto plan = load_fault_plan(options.fault_plan);
  if (!plan) return tl::unexpected(plan.error());
  auto bound = listen_on(address, options.port);
  if (!bound) return tl::unexpected(bound.error());
  auto sandbox = std::make_unique<WatchedSandbox>(std::move(api), origin(address, bound->port) + base_path,
                                                  std::move(bound->socket),
                                                  std::chrono::milliseconds{options.latency_ms}, std::move(clocks));
  sandbox->put(*std::move(plan));
  if (options.control_port) {
    auto control = listen_on(address, *options.control_port);
    if (!control) return tl::unexpected(control.error());
    sandbox->control(origin(address, control->port), std::move(control->socket));
  }
  return sandbox;
}

}  // namespace

Result<std::unique_ptr<Sandbox>> start(SandboxOptions options, Clocks clocks) {
  if (auto checked = check(options); !checked) return tl::unexpected(checked.error());
  const auto base_path = checked_base_path(options.base_path);
  if (!base_path) return tl::unexpected(base_path.error());
  const auto address = loopback_address(options.host);
  if (!address) return tl::unexpected(address.error());

  std::optional<Store> store;
  if (options.database) {
    auto opened = Store::open(*options.database);
    if (!opened) return tl::unexpected(opened.error());
    store = *std::move(opened);
  }
  auto tenant = load_or_make(options, store);
  if (!tenant) return tl::unexpected(tenant.error());

  TenantApi::Settings settings{.base_path = *base_path,
                               .api_key = options.api_key,
                               .limits = {.default_limit = options.default_limit, .max_limit = options.max_limit},
                               .requests_per_second = options.requests_per_second,
                               .list_groups = options.list_groups};
  auto api = std::make_unique<TenantApi>(*std::move(tenant), std::move(store), std::move(settings), clocks);
  if (options.fault_plan || options.control_port) {
    return serve_watched(std::move(api), options, *address, *base_path, std::move(clocks));
  }
  auto sandbox =
      std::make_unique<ServedSandbox>(std::move(api), *base_path, std::chrono::milliseconds{options.latency_ms});
  if (auto listening = sandbox->listen(*address, options.port); !listening) {
    return tl::unexpected(listening.error());
  }
  return sandbox;
}

}  // namespace sandbox

Result<std::unique_ptr<Sandbox>> start_sandbox(SandboxOptions options) {
  return sandbox::start(std::move(options), sandbox::system_clocks());
}

}  // namespace cipherform
