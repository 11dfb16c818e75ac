// One request from key to answer. The order is a gateway's: path, key, rate, body.
#include "sandbox/tenant_api.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "sandbox/request_bodies.h"

namespace cipherform::sandbox {
namespace {

constexpr std::size_t kOrdersKept = 4;
constexpr std::size_t kMaxPathShown = 200;

ApiAnswer refuse(unsigned status, std::string message) { return refusal_answer({status, {std::move(message)}}); }

bool same_key(std::string_view given, std::string_view expected) {
  return given.size() == expected.size() && CRYPTO_memcmp(given.data(), expected.data(), given.size()) == 0;
}

/// A path, fit to be said in an answer.
std::string shown(std::string_view path) {
  std::string text(path.substr(0, kMaxPathShown));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  return text;
}

/// Splits "/tenants/users/{id}" at its slashes, without the first, empty piece.
std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> pieces;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    pieces.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return pieces;
}

/// Whether a path has a pattern's form; says what stands for {id} and {groupId}.
bool matches(const std::vector<std::string_view>& path, std::string_view pattern, std::string_view& id,
             std::string_view& group_id) {
  const auto wanted = segments(pattern);
  if (wanted.size() != path.size()) return false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (wanted[i] == "{id}") {
      id = path[i];
    } else if (wanted[i] == "{groupId}") {
      group_id = path[i];
    } else if (wanted[i] != path[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

Clocks system_clocks() {
  return {.now = [] { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); },
          .steady = [] { return std::chrono::steady_clock::now(); }};
}

ApiAnswer refusal_answer(const Refusal& refusal) {
  ApiAnswer answer;
  answer.status = refusal.status;
  answer.body = error_body(refusal);
  answer.rule = refusal.rule;
  return answer;
}

const std::array<TenantApi::Operation, 7> TenantApi::kOperations{{
    {"GET", "/tenants/users", "list_users", &TenantApi::list_users},
    {"POST", "/tenants/users", "create", &TenantApi::create_users},
    {"GET", "/tenants/users/{id}", "get_user", &TenantApi::get_user},
    {"POST", "/tenants/users/{id}/groups", "add", &TenantApi::join_group},
    {"DELETE", "/tenants/users/{id}/groups/{groupId}", "remove", &TenantApi::leave_group},
    {"GET", "/tenants/groups", "list_groups", &TenantApi::list_groups},
    {"GET", "/tenants/groups/{id}", "get_group", &TenantApi::get_group},
}};

TenantApi::TenantApi(EmulatedTenant tenant, std::optional<Store> store, Settings settings, Clocks clocks)
    : settings_(std::move(settings)),
      clocks_(std::move(clocks)),
      tenant_(std::move(tenant)),
      store_(std::move(store)),
      writer_(tenant_) {
  if (settings_.requests_per_second > 0) rate_.emplace(settings_.requests_per_second, clocks_.steady());
}

std::optional<TenantApi::Route> TenantApi::route(std::string_view method, std::string_view full_path) const {
  if (!full_path.starts_with(settings_.base_path)) return std::nullopt;
  const std::string_view below = full_path.substr(settings_.base_path.size());
  if (!below.starts_with('/')) return std::nullopt;
  const auto path = segments(below);
  Route found;
  bool known = false;
  for (std::size_t i = 0; i < kOperations.size(); ++i) {
    if (!matches(path, kOperations[i].pattern, found.id, found.group_id)) continue;
    known = true;
    if (kOperations[i].name == method) found.operation = i;
    found.allow += (found.allow.empty() ? "" : ", ") + std::string(kOperations[i].name);
  }
  if (!known) return std::nullopt;
  return found;
}

std::string_view TenantApi::operation(std::string_view method, std::string_view path) const {
  const auto found = route(method, path);
  return found && found->operation ? kOperations[*found->operation].word : "other";
}

std::optional<ApiAnswer> TenantApi::turn_away(const ApiRequest& request) {
  if (!same_key(request.api_key, settings_.api_key)) {
    return refusal_answer({401, {"Invalid API key"}, "wrong_key"});
  }
  if (!rate_) return std::nullopt;
  std::optional<std::chrono::seconds> wait;
  {
    const std::scoped_lock lock(rate_mutex_);
    wait = rate_->take(clocks_.steady());
  }
  if (!wait) return std::nullopt;
  ApiAnswer answer = refuse(429, "ThrottlerException: Too Many Requests");
  answer.retry_after = wait;
  return answer;
}

ApiAnswer TenantApi::answer(const ApiRequest& request) {
  const auto found = route(request.method, request.path);
  if (found && found->operation) counts_[*found->operation].fetch_add(1, std::memory_order_relaxed);
  if (auto away = turn_away(request)) return *std::move(away);
  if (!found) return refuse(404, fmt::format("Cannot {} {}", shown(request.method), shown(request.path)));
  if (!found->operation) {
    ApiAnswer answer = refuse(405, fmt::format("Cannot {} {}", shown(request.method), shown(request.path)));
    answer.allow = found->allow;
    return answer;
  }
  if (request.body_too_long) return refuse(413, fmt::format("the body is longer than {} bytes", kMaxBodyBytes));
  return (this->*kOperations[*found->operation].handler)(request, *found);
}

ApiAnswer TenantApi::list_users(const ApiRequest& request, const Route& /*route*/) {
  const auto page = parse_page_request(request.query, settings_.limits);
  if (!page) return refusal_answer(page.error());
  ApiAnswer answer;
  const std::shared_lock lock(tenant_mutex_);
  const UserTable& users = tenant_.users();
  const std::uint64_t total = users.size();
  const std::uint64_t first = std::min(page->offset, total);
  const std::uint64_t count = std::min<std::uint64_t>(page->limit, total - first);
  const Order order = order_of(page->sort);
  const bool newest_first = !order && !page->sort.empty() && page->sort.front().descending;
  answer.body.reserve(count * kUserBytes + 256);
  answer.body += R"({"data":[)";
  for (std::uint64_t at = first; at < first + count; ++at) {
    const auto place = static_cast<std::uint32_t>(newest_first ? total - 1 - at : at);
    if (at > first) answer.body += ',';
    writer_.append_user(answer.body, users.at(order ? (*order)[place] : place));
  }
  append_page_end(answer.body, *page, count, total);
  return answer;
}

/// Nothing where the order is that of creation, forwards or backwards. Sorting holds the
/// shared lock only, and other readers of the same order wait for it rather than sort too.
TenantApi::Order TenantApi::order_of(const std::vector<SortKey>& sort) {
  if (sort.empty() || sort.front().field == SortField::created_at) return nullptr;
  const std::scoped_lock lock(orders_mutex_);
  std::erase_if(orders_, [&](const SortedOrder& kept) { return kept.revision != revision_; });
  for (const SortedOrder& kept : orders_) {
    if (kept.sort == sort) return kept.order;
  }
  if (orders_.size() == kOrdersKept) orders_.erase(orders_.begin());
  orders_.push_back(
      {sort, revision_, std::make_shared<const std::vector<std::uint32_t>>(sorted_users(tenant_.users(), sort))});
  return orders_.back().order;
}

ApiAnswer TenantApi::get_user(const ApiRequest& /*request*/, const Route& route) {
  ApiAnswer answer;
  const std::shared_lock lock(tenant_mutex_);
  const auto user = tenant_.user_of(route.id);
  if (!user) return refusal_answer(user.error());
  writer_.append_user(answer.body, tenant_.users().at(*user));
  return answer;
}

ApiAnswer TenantApi::create_users(const ApiRequest& request, const Route& /*route*/) {
  const auto wanted = parse_create_users(request.body);
  if (!wanted) return refusal_answer(wanted.error());
  ApiAnswer answer;
  answer.status = 201;
  answer.body.reserve(wanted->users.size() * kUserBytes);
  const std::unique_lock lock(tenant_mutex_);
  const std::uint32_t first = tenant_.users().size();
  const auto addition = tenant_.check_create(*wanted, clocks_.now());
  if (!addition) return refusal_answer(addition.error());
  if (store_) {
    if (auto stored = store_->record(*addition, first); !stored) return refuse(500, stored.error().what);
  }
  tenant_.apply(*addition);
  ++revision_;
  if (wanted->as_array) answer.body += '[';
  for (std::uint32_t user = first; user < tenant_.users().size(); ++user) {
    if (user > first) answer.body += ',';
    writer_.append_user(answer.body, tenant_.users().at(user));
  }
  if (wanted->as_array) answer.body += ']';
  return answer;
}

ApiAnswer TenantApi::change_membership(const MembershipChange& change, unsigned status) {
  if (store_) {
    if (auto stored = store_->record(change); !stored) return refuse(500, stored.error().what);
  }
  tenant_.apply(change);
  ++revision_;
  ApiAnswer answer;
  answer.status = status;
  return answer;
}

ApiAnswer TenantApi::join_group(const ApiRequest& request, const Route& route) {
  const auto group_id = parse_group_id(request.body);
  if (!group_id) return refusal_answer(group_id.error());
  const std::unique_lock lock(tenant_mutex_);
  const auto user = tenant_.user_of(route.id);
  if (!user) return refusal_answer(user.error());
  const auto change = tenant_.check_join(*user, *group_id, clocks_.now());
  if (!change) return refusal_answer(change.error());
  return change_membership(*change, 201);
}

ApiAnswer TenantApi::leave_group(const ApiRequest& /*request*/, const Route& route) {
  const std::unique_lock lock(tenant_mutex_);
  const auto user = tenant_.user_of(route.id);
  if (!user) return refusal_answer(user.error());
  const auto change = tenant_.check_leave(*user, route.group_id, clocks_.now());
  if (!change) return refusal_answer(change.error());
  return change_membership(*change, 204);
}

ApiAnswer TenantApi::list_groups(const ApiRequest& request, const Route& /*route*/) {
  if (!settings_.list_groups) return refuse(403, "the key may not list groups");
  const auto page = parse_page_request(request.query, settings_.limits);
  if (!page) return refusal_answer(page.error());
  const bool newest_first = !page->sort.empty() && page->sort.front().descending;
  if (!page->sort.empty() && page->sort.front().field != SortField::created_at) {
    return refuse(400, "sort must be createdAt, with - or :asc or :desc");
  }
  ApiAnswer answer;
  answer.body = R"({"data":[)";
  const std::shared_lock lock(tenant_mutex_);
  const std::uint64_t total = tenant_.groups().size();
  const std::uint64_t first = std::min(page->offset, total);
  const std::uint64_t count = std::min<std::uint64_t>(page->limit, total - first);
  for (std::uint64_t at = first; at < first + count; ++at) {
    if (at > first) answer.body += ',';
    writer_.append_group(answer.body, tenant_, static_cast<std::uint32_t>(newest_first ? total - 1 - at : at));
  }
  append_page_end(answer.body, *page, count, total);
  return answer;
}

ApiAnswer TenantApi::get_group(const ApiRequest& /*request*/, const Route& route) {
  if (!settings_.list_groups) return refuse(403, "the key may not read groups");
  ApiAnswer answer;
  const std::shared_lock lock(tenant_mutex_);
  const auto group = tenant_.group_of(route.id);
  if (!group) return refusal_answer(group.error());
  writer_.append_group(answer.body, tenant_, *group);
  return answer;
}

std::uint64_t TenantApi::users() const {
  const std::shared_lock lock(tenant_mutex_);
  return tenant_.users().size();
}

std::uint64_t TenantApi::invitations(std::string_view email) const {
  const std::shared_lock lock(tenant_mutex_);
  const auto user = tenant_.users().find_email(email);
  return user ? tenant_.users().at(*user).invitations : 0;
}

std::uint64_t TenantApi::requests(std::string_view operation) const {
  for (std::size_t i = 0; i < kOperations.size(); ++i) {
    const auto space = operation.find(' ');
    if (space != std::string_view::npos && operation.substr(0, space) == kOperations[i].name &&
        operation.substr(space + 1) == kOperations[i].pattern) {
      return counts_[i].load(std::memory_order_relaxed);
    }
  }
  return 0;
}

}  // namespace cipherform::sandbox
