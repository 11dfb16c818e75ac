// Everything is a function of position: ids come from the ordinal, times count up from
// a fixed day. So what examples record stays true.
#include "sandbox/seeding.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "sandbox/json_text.h"

namespace cipherform::sandbox {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr Time kFounded{std::chrono::sys_days{std::chrono::year{2025} / 1 / 1}};
constexpr std::uint32_t kGeneratedGroups = 20;
constexpr std::size_t kMaxStatuses = 200;  // statuses are kept as one byte a user

Time group_made_at(std::size_t ordinal) { return kFounded + seconds{ordinal}; }
Time user_made_at(std::uint64_t ordinal) { return kFounded + days{1} + seconds{ordinal}; }

tl::unexpected<Error> fault(std::string where, std::string what, std::string hint = {}) {
  return tl::unexpected(Error{ErrorKind::declaration, std::move(what), std::move(where), std::move(hint)});
}

bool is_plain(std::string_view text) {
  return is_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

/// Group names, as positions.
using GroupNames = std::map<std::string, std::uint32_t, std::less<>>;

Result<Group> group_from(const TenantSeed::Group& seed, std::size_t ordinal) {
  const std::string where = fmt::format("groups[{}]", ordinal);
  const auto role = std::find(kRoleTypes.begin() + 1, kRoleTypes.end(), seed.role);
  if (role == kRoleTypes.end()) {
    return fault(where, fmt::format("group '{}' has the role '{}', which a group cannot have", seed.name, seed.role),
                 fmt::format("one of {}", fmt::join(kRoleTypes.begin() + 1, kRoleTypes.end(), ", ")));
  }
  Group group{.id = make_uuid(IdKind::group, ordinal),
              .name = seed.name,
              .role = static_cast<std::uint8_t>(role - kRoleTypes.begin()),
              .description = seed.description,
              .idp_mapping = seed.idp_mapping,
              .saml_default = seed.saml_default,
              .created_at = group_made_at(ordinal)};
  if (!seed.id.empty()) {
    const auto id = parse_uuid(seed.id);
    if (!id) return fault(where, fmt::format("group '{}' has the id '{}', which is not a UUID", seed.name, seed.id));
    group.id = *id;
  }
  const auto& mapping = group.idp_mapping;
  if (!is_plain(group.name) || !is_utf8(group.description) || !std::all_of(mapping.begin(), mapping.end(), is_utf8)) {
    return fault(where, "a group's texts must be UTF-8, and its name without control characters");
  }
  return group;
}

Result<void> add_groups(EmulatedTenant& tenant, const TenantSeed& seed, bool generated, GroupNames& names) {
  const auto add = [&](Group group) -> Result<void> {
    const auto position = static_cast<std::uint32_t>(tenant.groups().size());
    const std::string name = group.name;
    if (auto added = tenant.add_group(std::move(group)); !added) {
      return fault(fmt::format("groups[{}]", position), added.error());
    }
    names.emplace(name, position);
    return {};
  };
  for (std::size_t i = 0; i < seed.groups.size(); ++i) {
    auto group = group_from(seed.groups[i], i);
    if (!group) return tl::unexpected(group.error());
    if (auto added = add(*std::move(group)); !added) return added;
  }
  for (std::uint32_t n = 1; generated && n <= kGeneratedGroups; ++n) {
    TenantSeed::Group group;
    group.name = fmt::format("group-{:03}", n);
    group.description = "Generated";
    if (names.contains(group.name)) continue;
    auto made = group_from(group, tenant.groups().size());
    if (!made) return tl::unexpected(made.error());
    if (auto added = add(*std::move(made)); !added) return added;
  }
  return {};
}

Result<std::vector<std::uint32_t>> positions_of(const TenantSeed::User& user, const GroupNames& names,
                                                const std::string& where) {
  std::vector<std::uint32_t> groups;
  for (const std::string& name : user.groups) {
    const auto found = names.find(name);
    if (found == names.end()) {
      std::vector<std::string_view> candidates;
      for (const auto& known : names) candidates.push_back(known.first);
      const std::string_view nearest = did_you_mean(name, candidates);
      return fault(where, fmt::format("user '{}' is in the group '{}', which the seed does not have", user.email, name),
                   nearest.empty() ? std::string() : fmt::format("did you mean '{}'?", nearest));
    }
    groups.push_back(found->second);
  }
  std::sort(groups.begin(), groups.end());
  if (std::adjacent_find(groups.begin(), groups.end()) != groups.end()) {
    return fault(where, fmt::format("user '{}' is in a group twice", user.email));
  }
  return groups;
}

Result<void> add_seed_users(EmulatedTenant& tenant, const TenantSeed& seed, const GroupNames& names) {
  std::map<std::string_view, bool> statuses;
  for (std::size_t i = 0; i < seed.users.size(); ++i) {
    const TenantSeed::User& user = seed.users[i];
    const std::string where = fmt::format("users[{}]", i);
    const auto groups = positions_of(user, names, where);
    if (!groups) return tl::unexpected(groups.error());
    statuses.emplace(user.status, true);
    if (!is_plain(user.status) || !is_utf8(user.email)) return fault(where, "texts must be UTF-8");
    if (statuses.size() > kMaxStatuses) return fault(where, "there are too many different statuses");
    const auto added = tenant.add_user({.id = make_uuid(IdKind::user, i),
                                        .email = user.email,
                                        .status = user.status,
                                        .owner = user.owner,
                                        .created_at = user_made_at(i),
                                        .updated_at = user_made_at(i),
                                        .groups = *groups});
    if (!added) return fault(where, added.error());
  }
  return {};
}

/// Every pair of groups gets its share: the second is 1 to 19 after the first.
std::array<std::uint32_t, 2> generated_pair(std::uint64_t n) {
  const auto first = static_cast<std::uint32_t>(n % kGeneratedGroups);
  const auto step = static_cast<std::uint32_t>(1 + (n / kGeneratedGroups) % (kGeneratedGroups - 1));
  return {first, (first + step) % kGeneratedGroups};
}

Result<void> add_generated_users(EmulatedTenant& tenant, std::uint64_t count, const GroupNames& names) {
  std::vector<std::uint32_t> generated;
  for (std::uint32_t n = 1; n <= kGeneratedGroups; ++n) {
    generated.push_back(names.find(fmt::format("group-{:03}", n))->second);
  }
  std::string email;
  for (std::uint64_t n = 0; n < count; ++n) {
    email.clear();
    fmt::format_to(std::back_inserter(email), "user-{:07}@example.com", n + 1);
    const auto [first, second] = generated_pair(n);
    std::array<std::uint32_t, 2> groups{generated[first], generated[second]};
    std::sort(groups.begin(), groups.end());
    const std::uint64_t ordinal = tenant.users().size();
    const auto added = tenant.add_user({.id = make_uuid(IdKind::user, ordinal),
                                        .email = email,
                                        .status = "Active",
                                        .created_at = user_made_at(ordinal),
                                        .updated_at = user_made_at(ordinal),
                                        .groups = groups});
    if (!added) return fault("generated users", added.error());
  }
  return {};
}

}  // namespace

Result<EmulatedTenant> make_tenant(const TenantSeed& seed, std::uint64_t generated_users) {
  if (generated_users > kMaxUsers) {
    return tl::unexpected(Error{ErrorKind::usage, fmt::format("at most {} users can be generated", kMaxUsers), {}, {}});
  }
  EmulatedTenant tenant;
  tenant.reserve(seed.users.size() + static_cast<std::size_t>(generated_users));
  GroupNames names;
  if (auto added = add_groups(tenant, seed, generated_users > 0, names); !added) return tl::unexpected(added.error());
  if (auto added = add_seed_users(tenant, seed, names); !added) return tl::unexpected(added.error());
  if (generated_users > 0) {
    if (auto added = add_generated_users(tenant, generated_users, names); !added) return tl::unexpected(added.error());
  }
  return tenant;
}

}  // namespace cipherform::sandbox
