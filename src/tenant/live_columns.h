// Where the rows of accepted pages go: straight into LiveState's columns. A membership is
// one integer, a string is stored once, and no row has a node of its own.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cipherform/model.h"
#include "tenant/decode.h"
#include "tenant/id_index.h"
#include "tenant/listing.h"

namespace cipherform {

/// The groups, by id, in the order first met: in the group list, on users, among the pinned.
class GroupTable {
 public:
  void clear();
  /// The index of the group with this id, which is entered if it is new. A name is taken
  /// where there was none.
  std::uint32_t index_of(std::string_view id, std::string_view name);
  LiveGroup& group(std::uint32_t index) { return groups_[index]; }
  void rename(std::uint32_t index, std::string_view name);
  /// Moves the groups to `live`.
  void finish(LiveState& live) &&;

 private:
  std::vector<LiveGroup> groups_;
  IdIndex index_;
  StringArena strings_;
};

/// GET /tenants/groups.
class GroupRows final : public ListedRows {
 public:
  GroupRows(PageDecoder& decoder, GroupTable& groups) : decoder_(decoder), groups_(groups) {}
  std::string_view name() const override { return "groups"; }
  HttpRequest page_request(std::uint64_t offset, std::uint32_t limit) const override;
  bool ask_differently(const Dispatched& refused) override;
  void begin_pass() override { groups_.clear(); }
  Result<PageView> decode(std::string& body) override;
  void keep(const ListingWalk& walk, std::span<const std::uint32_t> rows) override;
  void adopt_ids(StringArena&& ids) override;

 private:
  PageDecoder& decoder_;
  GroupTable& groups_;
  const GroupPage* page_ = nullptr;
};

/// GET /tenants/users.
class UserRows final : public ListedRows {
 public:
  UserRows(PageDecoder& decoder, GroupTable& groups, LiveState& live)
      : decoder_(decoder), groups_(groups), live_(live) {}
  std::string_view name() const override { return "users"; }
  HttpRequest page_request(std::uint64_t offset, std::uint32_t limit) const override;
  bool ask_differently(const Dispatched& refused) override;
  void begin_pass() override;
  Result<PageView> decode(std::string& body) override;
  void keep(const ListingWalk& walk, std::span<const std::uint32_t> rows) override;
  void adopt_ids(StringArena&& ids) override;
  /// Puts the memberships in the order of the users, where changes left gaps.
  void close_gaps();

 private:
  struct Status {
    std::string_view text;
    UserStatus status{};
  };
  Status status_of(std::string_view text);
  void read_groups(const UserPage::User& user);
  void add(std::string_view id, const UserPage::User& user);
  void replace(LiveUser& live, const UserPage::User& user);

  PageDecoder& decoder_;
  GroupTable& groups_;
  LiveState& live_;
  const UserPage* page_ = nullptr;
  std::string_view sort_ = "createdAt";
  std::vector<Status> statuses_;               ///< the few that there are
  std::vector<std::uint32_t> groups_of_user_;  ///< of the user taken now
  std::uint64_t user_number_ = 0;              ///< counts the users taken
  std::vector<std::uint64_t> last_user_in_;    ///< by group: the user taken last who is in it
  bool has_gaps_ = false;
};

}  // namespace cipherform
