// The API over the emulated tenant, without HTTP: a request's parts in, status and body
// out. Checks the key, limits the rate, routes, locks, stores, counts.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/answers.h"
#include "sandbox/emulated_tenant.h"
#include "sandbox/paging.h"
#include "sandbox/rate_limit.h"
#include "sandbox/store.h"

namespace cipherform::sandbox {

/// Where time comes from.
struct Clocks {
  std::function<Time()> now;
  std::function<std::chrono::steady_clock::time_point()> steady;
};
Clocks system_clocks();

struct ApiRequest {
  std::string_view method;   ///< upper case
  std::string_view path;     ///< with the base path, without the query
  std::string_view query;    ///< without '?'
  std::string_view api_key;  ///< the header's value; empty where there is none
  std::string_view body;
  bool body_too_long = false;  ///< then `body` is not the whole
};

struct ApiAnswer {
  unsigned status = 200;
  std::string body;  ///< JSON, or empty
  std::optional<std::chrono::seconds> retry_after;
  std::string allow;        ///< for 405
  std::string_view rule{};  ///< Refusal::rule, where it is a refusal
};

/// An answer that says no.
ApiAnswer refusal_answer(const Refusal& refusal);

/// All calls may come from any thread.
class TenantApi {
 public:
  struct Settings {
    std::string base_path;
    std::string api_key;
    PageLimits limits;
    double requests_per_second = 0;  ///< 0: no limit
    bool list_groups = true;
  };

  TenantApi(EmulatedTenant tenant, std::optional<Store> store, Settings settings, Clocks clocks);

  ApiAnswer answer(const ApiRequest& request);
  /// The operation's word, as fault plans and statistics have it: "create", "list_users" …; "other".
  std::string_view operation(std::string_view method, std::string_view path) const;

  std::uint64_t users() const;
  /// Invitations "sent" to `email`, compared without case.
  std::uint64_t invitations(std::string_view email) const;
  /// Answers given, by "METHOD /path-pattern".
  std::uint64_t requests(std::string_view operation) const;

 private:
  struct Route;
  using Handler = ApiAnswer (TenantApi::*)(const ApiRequest&, const Route&);
  struct Operation {
    std::string_view name;
    std::string_view pattern;
    std::string_view word;
    Handler handler;
  };
  /// What a request's path leads to. `operation` is nothing where the method is wrong.
  struct Route {
    std::optional<std::size_t> operation;
    std::string allow;
    std::string_view id;        ///< {id}
    std::string_view group_id;  ///< {groupId}
  };
  static const std::array<Operation, 7> kOperations;

  std::optional<Route> route(std::string_view method, std::string_view path) const;
  std::optional<ApiAnswer> turn_away(const ApiRequest& request);

  ApiAnswer list_users(const ApiRequest& request, const Route& route);
  ApiAnswer get_user(const ApiRequest& request, const Route& route);
  ApiAnswer create_users(const ApiRequest& request, const Route& route);
  ApiAnswer join_group(const ApiRequest& request, const Route& route);
  ApiAnswer leave_group(const ApiRequest& request, const Route& route);
  ApiAnswer list_groups(const ApiRequest& request, const Route& route);
  ApiAnswer get_group(const ApiRequest& request, const Route& route);

  /// Stores and applies a membership change; the lock must be held.
  ApiAnswer change_membership(const MembershipChange& change, unsigned status);
  using Order = std::shared_ptr<const std::vector<std::uint32_t>>;
  Order order_of(const std::vector<SortKey>& sort);

  Settings settings_;
  Clocks clocks_;

  mutable std::shared_mutex tenant_mutex_;
  EmulatedTenant tenant_;
  std::optional<Store> store_;
  std::uint64_t revision_ = 0;  ///< of the tenant
  TenantWriter writer_;         ///< does not change

  std::mutex rate_mutex_;
  std::optional<RateLimit> rate_;

  /// The last orders asked for; taken while tenant_mutex_ is held.
  struct SortedOrder {
    std::vector<SortKey> sort;
    std::uint64_t revision = 0;
    Order order;
  };
  std::mutex orders_mutex_;
  std::vector<SortedOrder> orders_;

  std::array<std::atomic<std::uint64_t>, 7> counts_{};
};

}  // namespace cipherform::sandbox
