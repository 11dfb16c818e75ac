// Columns, and two hash indexes over them.
#include "sandbox/user_table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>

namespace cipherform::sandbox {
namespace {

std::uint64_t hash_of(const Uuid& id) {
  // Generated ids are random, but a seed's group ids need not be: both halves count.
  std::array<std::uint64_t, 2> words{};
  std::memcpy(words.data(), id.bytes.data(), sizeof words);
  return (words[0] ^ (words[1] * 0x9e3779b97f4a7c15)) * 0xbf58476d1ce4e5b9;
}

std::uint64_t hash_of_key(std::string_view email_key) { return std::hash<std::string_view>{}(email_key); }

}  // namespace

void HashIndex::reserve(std::size_t entries) {
  const std::size_t slots = std::bit_ceil(std::max<std::size_t>(16, entries + entries / 2));
  if (slots > slots_.size()) grow_to(slots);
}

void HashIndex::insert(std::uint64_t hash, std::uint32_t position) {
  if ((used_ + 1) * 4 > slots_.size() * 3) grow_to(std::max<std::size_t>(16, slots_.size() * 2));
  place({fold(hash), position + 1});
  ++used_;
}

void HashIndex::place(Slot slot) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = slot.tag & mask;
  while (slots_[at].next_position != 0) at = (at + 1) & mask;
  slots_[at] = slot;
}

void HashIndex::grow_to(std::size_t slots) {
  std::vector<Slot> old(slots);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.next_position != 0) place(slot);
  }
}

void UserTable::reserve(std::size_t users) {
  ids_.reserve(users);
  email_ends_.reserve(users);
  emails_.reserve(users * 24);
  created_at_.reserve(users);
  updated_at_.reserve(users);
  flags_.reserve(users);
  memberships_.reserve(users);
  pool_.reserve(users * 2);
  by_id_.reserve(users);
  by_email_.reserve(users);
}

std::string_view UserTable::email(std::uint32_t user) const {
  const std::uint64_t begin = user == 0 ? 0 : email_ends_[user - 1];
  return std::string_view(emails_).substr(begin, email_ends_[user] - begin);
}

std::span<const std::uint32_t> UserTable::groups(std::uint32_t user) const {
  return std::span(pool_).subspan(memberships_[user].first, memberships_[user].count);
}

bool UserTable::is_member(std::uint32_t user, std::uint32_t group) const {
  const auto of_user = groups(user);
  return std::binary_search(of_user.begin(), of_user.end(), group);
}

UserRecord UserTable::at(std::uint32_t user) const {
  return {.id = ids_[user],
          .email = email(user),
          .status = statuses_[flags_[user].status],
          .owner = flags_[user].owner,
          .invitations = flags_[user].invitations,
          .created_at = created_at_[user],
          .updated_at = updated_at_[user],
          .groups = groups(user)};
}

std::optional<std::uint32_t> UserTable::find(const Uuid& id) const {
  return by_id_.find(hash_of(id), [&](std::uint32_t user) { return ids_[user] == id; });
}

std::optional<std::uint32_t> UserTable::find_email(std::string_view email_text) const {
  if (email_text.empty()) return std::nullopt;
  const std::string key = email_key(email_text);
  return by_email_.find(hash_of_key(key), [&](std::uint32_t user) { return email_key(email(user)) == key; });
}

std::uint8_t UserTable::intern_status(std::string_view status) {
  const auto found = std::find(statuses_.begin(), statuses_.end(), status);
  if (found != statuses_.end()) return static_cast<std::uint8_t>(found - statuses_.begin());
  statuses_.emplace_back(status);
  return static_cast<std::uint8_t>(statuses_.size() - 1);
}

void UserTable::append(const UserRecord& record) {
  const std::uint32_t user = size();
  by_id_.insert(hash_of(record.id), user);
  if (!record.email.empty()) by_email_.insert(hash_of_key(email_key(record.email)), user);
  ids_.push_back(record.id);
  emails_ += record.email;
  email_ends_.push_back(emails_.size());
  created_at_.push_back(record.created_at);
  updated_at_.push_back(record.updated_at);
  flags_.push_back({.status = intern_status(record.status),
                    .invitations = static_cast<std::uint8_t>(record.invitations & 0x7F),
                    .owner = record.owner});
  const auto count = static_cast<std::uint16_t>(record.groups.size());
  memberships_.push_back({static_cast<std::uint32_t>(pool_.size()), count, count});
  pool_.insert(pool_.end(), record.groups.begin(), record.groups.end());
}

void UserTable::make_room(Memberships& memberships) {
  if (memberships.count < memberships.capacity) return;
  const auto first = static_cast<std::uint32_t>(pool_.size());
  const auto capacity = static_cast<std::uint16_t>(std::min(memberships.capacity * 2 + 2, 0xFFFF));
  pool_.resize(pool_.size() + capacity);
  std::copy_n(pool_.begin() + memberships.first, memberships.count, pool_.begin() + first);
  memberships.first = first;
  memberships.capacity = capacity;
}

void UserTable::join(std::uint32_t user, std::uint32_t group, Time updated_at) {
  Memberships& memberships = memberships_[user];
  make_room(memberships);
  const auto begin = pool_.begin() + memberships.first;
  const auto end = begin + memberships.count;
  const auto place = std::lower_bound(begin, end, group);
  std::copy_backward(place, end, end + 1);
  *place = group;
  ++memberships.count;
  updated_at_[user] = updated_at;
}

void UserTable::leave(std::uint32_t user, std::uint32_t group, Time updated_at) {
  Memberships& memberships = memberships_[user];
  const auto begin = pool_.begin() + memberships.first;
  const auto end = begin + memberships.count;
  const auto place = std::lower_bound(begin, end, group);
  std::copy(place + 1, end, place);
  --memberships.count;
  updated_at_[user] = updated_at;
}

}  // namespace cipherform::sandbox
