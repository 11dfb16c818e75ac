#include "tenant/live_columns.h"

#include <algorithm>

namespace cipherform {

// ---------------------------------------------------------------------- groups

void GroupTable::clear() {
  groups_.clear();
  index_.clear();
  strings_ = StringArena();
}

std::uint32_t GroupTable::index_of(std::string_view id, std::string_view name) {
  const std::uint64_t hash = IdIndex::hash(id);
  const auto known = index_.find(id, hash, [this](std::uint32_t row) { return groups_[row].id; });
  if (known) {
    if (groups_[*known].name.empty()) rename(*known, name);
    return *known;
  }
  const auto index = static_cast<std::uint32_t>(groups_.size());
  LiveGroup& group = groups_.emplace_back();
  group.id = strings_.store(id);
  group.name = strings_.store(name);
  index_.insert(hash, index, [this](std::uint32_t row) { return IdIndex::hash(groups_[row].id); });
  return index;
}

void GroupTable::rename(std::uint32_t index, std::string_view name) {
  if (groups_[index].name != name) groups_[index].name = strings_.store(name);
}

void GroupTable::finish(LiveState& live) && {
  live.groups = std::move(groups_);
  live.strings.absorb(std::move(strings_));
}

HttpRequest GroupRows::page_request(std::uint64_t offset, std::uint32_t limit) const {
  return list_groups_request(offset, limit);
}

bool GroupRows::ask_differently(const Dispatched& /*refused*/) { return false; }

Result<PageView> GroupRows::decode(std::string& body) {
  const auto page = decoder_.groups(body);
  if (!page) return tl::unexpected(page.error());
  page_ = *page;
  return PageView{&page_->facts, page_->keys};
}

void GroupRows::keep(const ListingWalk& walk, std::span<const std::uint32_t> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == kKeepWhatIsThere) continue;
    const GroupPage::Group& group = page_->groups[i];
    const std::uint32_t index = groups_.index_of(walk.id(rows[i]), group.name);
    groups_.rename(index, group.name);
    groups_.group(index).privileged = group.privileged;
    groups_.group(index).identity_managed = group.identity_managed;
  }
}

/// The table has its own copies: ids of users' groups come from elsewhere.
void GroupRows::adopt_ids(StringArena&& /*ids*/) {}

// ----------------------------------------------------------------------- users

HttpRequest UserRows::page_request(std::uint64_t offset, std::uint32_t limit) const {
  return list_users_request(offset, limit, sort_);
}

/// The syntax of `sort` is not published, so an API that does not take ours goes without.
bool UserRows::ask_differently(const Dispatched& refused) {
  const int status = refused.answer.status;
  const bool may_be_the_sort = status == 400 || status == 422 || status == 500 || status == 501;
  if (sort_.empty() || !may_be_the_sort) return false;
  sort_ = {};
  return true;
}

void UserRows::begin_pass() {
  live_.users.clear();
  live_.memberships.clear();
  live_.strings = StringArena();
  statuses_.clear();
  has_gaps_ = false;
}

Result<PageView> UserRows::decode(std::string& body) {
  const auto page = decoder_.users(body);
  if (!page) return tl::unexpected(page.error());
  page_ = *page;
  return PageView{&page_->facts, page_->keys};
}

void UserRows::keep(const ListingWalk& walk, std::span<const std::uint32_t> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == kKeepWhatIsThere) continue;
    const UserPage::User& user = page_->users[i];
    read_groups(user);
    if (rows[i] == live_.users.size()) {
      add(walk.id(rows[i]), user);
    } else {
      replace(live_.users[rows[i]], user);
    }
  }
}

void UserRows::adopt_ids(StringArena&& ids) { live_.strings.absorb(std::move(ids)); }

UserRows::Status UserRows::status_of(std::string_view text) {
  for (const Status& known : statuses_) {
    if (known.text == text) return known;
  }
  constexpr std::size_t kMostRemembered = 16;
  const Status made{live_.strings.store(text), parse_user_status(text)};
  if (statuses_.size() < kMostRemembered) statuses_.push_back(made);
  return made;
}

/// Group indexes without duplicates, in the order of the answer.
void UserRows::read_groups(const UserPage::User& user) {
  groups_of_user_.clear();
  ++user_number_;
  for (const GroupMention& group : std::span(page_->groups).subspan(user.first_group, user.group_count)) {
    const std::uint32_t index = groups_.index_of(group.id, group.name);
    if (index >= last_user_in_.size()) last_user_in_.resize(index + std::size_t{1});
    if (std::exchange(last_user_in_[index], user_number_) != user_number_) groups_of_user_.push_back(index);
  }
}

void UserRows::add(std::string_view id, const UserPage::User& user) {
  LiveUser& live = live_.users.emplace_back();
  const Status status = status_of(user.status);
  live.id = id;
  live.email = live_.strings.store(user.email);
  live.status_text = status.text;
  live.status = status.status;
  live.is_owner = user.is_owner;
  live.first_membership = static_cast<std::uint32_t>(live_.memberships.size());
  live.membership_count = static_cast<std::uint32_t>(groups_of_user_.size());
  live_.memberships.insert(live_.memberships.end(), groups_of_user_.begin(), groups_of_user_.end());
}

void UserRows::replace(LiveUser& live, const UserPage::User& user) {
  if (live.email != user.email) live.email = live_.strings.store(user.email);
  const Status status = status_of(user.status);
  live.status_text = status.text;
  live.status = status.status;
  live.is_owner = user.is_owner;
  if (std::ranges::equal(live_.memberships_of(live), groups_of_user_)) return;
  has_gaps_ = true;
  live.first_membership = static_cast<std::uint32_t>(live_.memberships.size());
  live.membership_count = static_cast<std::uint32_t>(groups_of_user_.size());
  live_.memberships.insert(live_.memberships.end(), groups_of_user_.begin(), groups_of_user_.end());
}

void UserRows::close_gaps() {
  if (!has_gaps_) return;
  std::vector<std::uint32_t> memberships;
  memberships.reserve(live_.memberships.size());
  for (LiveUser& user : live_.users) {
    const auto groups = live_.memberships_of(user);
    user.first_membership = static_cast<std::uint32_t>(memberships.size());
    memberships.insert(memberships.end(), groups.begin(), groups.end());
  }
  live_.memberships = std::move(memberships);
}

}  // namespace cipherform
