// Groups first, then users, through one dispatcher: the group list is a page or two, and a
// user's groups then have their names and kinds when they are met.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cipherform/tenant.h"
#include "model/planted_bug.h"
#include "tenant/listing.h"
#include "tenant/live_columns.h"

namespace cipherform {
namespace {

/// A key may not be allowed to list groups, and an answer with all members of all groups
/// may be too long, or its pages not fit together: users' own groups then have to do.
bool can_do_without(const ListingFailure& failure) {
  return failure.status == 403 || failure.status == 404 || failure.status == 405 || failure.answer_too_long ||
         failure.error.kind == ErrorKind::listing;
}

/// Whether the groups could be listed.
Result<bool> read_groups(Listing& listing, PageDecoder& decoder, GroupTable& groups) {
  constexpr std::uint32_t kPasses = 2;
  GroupRows rows(decoder, groups);
  auto read = listing.read(rows, kPasses, nullptr);
  if (read) return true;
  if (!can_do_without(read.error())) return tl::unexpected(std::move(read).error().error);
  groups.clear();
  return false;
}

Result<void> read_users(Listing& listing, PageDecoder& decoder, GroupTable& groups, LiveState& live,
                        Progress* progress) {
  constexpr std::uint32_t kPasses = 3;
  UserRows rows(decoder, groups, live);
  auto read = listing.read(rows, kPasses, progress);
  if (!read) return tl::unexpected(std::move(read).error().error);
  rows.close_gaps();
  live.proof = *std::move(read);
  return {};
}

Error refused_as_empty(std::uint64_t known_users) {
  const std::string what = known_users > kLeastUsers ? fmt::format("there were {} at the last read", known_users)
                                                     : "a tenant has its owner at least";
  return {ErrorKind::listing, "the API lists no users, but " + what, "GET /tenants/users",
          "is the key for this environment, and the url the right tenant's? Nothing was changed", false};
}

}  // namespace

Result<LiveState> read_tenant(TenantLink& link, const ReadOptions& options, Progress* progress,
                              const Interruption* interruption) {
  Dispatcher dispatcher(link, options.parallelism, progress, interruption);
  Listing listing(dispatcher, options, interruption);
  PageDecoder decoder;
  GroupTable groups;
  LiveState live;
  const auto listed = read_groups(listing, decoder, groups);
  if (!listed) return tl::unexpected(listed.error());
  live.groups_listed = *listed;
  if (auto read = read_users(listing, decoder, groups, live, progress); !read) return tl::unexpected(read.error());
  if (live.users.empty() && options.known_users > 0 && !planted(Bug::believe_empty_list))
    return tl::unexpected(refused_as_empty(options.known_users));
  if (!live.groups_listed) {
    for (const auto& [name, id] : options.group_ids) groups.index_of(id, name);
  }
  std::move(groups).finish(live);
  return live;
}

}  // namespace cipherform
