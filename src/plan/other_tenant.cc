// Two tenants are the same if they answer at the same URL and somebody who owned the one owns
// the other: people come and go one by one, and seldom all at once.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cipherform/plan.h"

namespace cipherform {
namespace {

constexpr std::size_t kDigits = 16;
constexpr std::size_t kMostNamed = 3;

/// "owned by u1, u2 and 5 more"
std::string ownership(const std::vector<std::string>& owners) {
  if (owners.empty()) return "owned by nobody who was seen";
  const std::size_t shown = std::min(owners.size(), kMostNamed);
  std::string text = "owned by ";
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : ", ") + owners[i];
  if (owners.size() > shown) text += fmt::format(" and {} more", owners.size() - shown);
  return text;
}

/// What stands for a tenant: each field with its length, so that none is taken for two.
std::string tenant_digest(std::string_view base_url, const std::vector<std::string>& owners) {
  Sha256 hash;
  hash.update(fmt::format("cipherform tenant 1 {}:{}", base_url.size(), base_url));
  for (const std::string& owner : owners) hash.update(fmt::format("{}:{}", owner.size(), owner));
  return hash.hex().substr(0, kDigits);
}

bool share_one(const std::vector<std::string>& sorted, const std::vector<std::string>& others) {
  return std::ranges::any_of(others, [&](const std::string& id) { return std::ranges::binary_search(sorted, id); });
}

}  // namespace

std::vector<std::string> owner_ids(const LiveState& live) {
  std::vector<std::string> owners;
  if (!live.proof.complete) return owners;
  for (const LiveUser& user : live.users) {
    if (user.is_owner) owners.emplace_back(user.id);
  }
  std::ranges::sort(owners);
  return owners;
}

std::optional<GuardrailHit> other_tenant(const std::optional<KnownTenant>& known, std::string_view environment,
                                         std::string_view base_url, const LiveState& live) {
  if (!known) return std::nullopt;
  const std::vector<std::string> owners = owner_ids(live);
  const bool is_judged = live.proof.complete && !known->owners.empty();
  if (known->base_url == base_url && (!is_judged || share_one(owners, known->owners))) return std::nullopt;
  return GuardrailHit{
      GuardrailKind::other_tenant,
      fmt::format("another tenant may be behind {}: recorded on {} was {}, {}; there now is {}, {}", environment,
                  format_rfc3339(known->recorded_at), known->base_url, ownership(known->owners), base_url,
                  live.proof.complete ? ownership(owners) : "of owners that are not known"),
      fmt::format("tenant={}", tenant_digest(base_url, owners))};
}

}  // namespace cipherform
