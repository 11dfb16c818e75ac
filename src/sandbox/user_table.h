// The users in columns: a million of them take about 120 bytes each, without a node or
// a string of their own. Users are never deleted, so a user's number is also the
// position in the order of creation.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/model.h"
#include "sandbox/uuid.h"

namespace cipherform::sandbox {

/// Positions by hash: open addressing over eight bytes a slot. Equality is the
/// caller's, because only the caller has the keys.
class HashIndex {
 public:
  void reserve(std::size_t entries);
  void insert(std::uint64_t hash, std::uint32_t position);

  template <class Equal>
  std::optional<std::uint32_t> find(std::uint64_t hash, Equal equal) const {
    if (slots_.empty()) return std::nullopt;
    const std::size_t mask = slots_.size() - 1;
    const std::uint32_t tag = fold(hash);
    for (std::size_t at = tag & mask; slots_[at].next_position != 0; at = (at + 1) & mask) {
      if (slots_[at].tag == tag && equal(slots_[at].next_position - 1)) return slots_[at].next_position - 1;
    }
    return std::nullopt;
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t next_position = 0;  ///< position + 1; 0: free
  };
  static std::uint32_t fold(std::uint64_t hash) { return static_cast<std::uint32_t>(hash ^ (hash >> 32)); }
  void place(Slot slot);
  void grow_to(std::size_t slots);

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

/// One user. Views point into whatever the record was made from.
struct UserRecord {
  Uuid id;
  std::string_view email;  ///< as first spelled; empty: none
  std::string_view status;
  bool owner = false;
  std::uint8_t invitations = 0;  ///< invitation e-mails "sent"
  Time created_at{};
  Time updated_at{};
  std::span<const std::uint32_t> groups;  ///< positions, ascending
};

class UserTable {
 public:
  void reserve(std::size_t users);
  std::uint32_t size() const { return static_cast<std::uint32_t>(ids_.size()); }

  /// Valid until the next change of the table.
  UserRecord at(std::uint32_t user) const;
  std::string_view email(std::uint32_t user) const;
  const Uuid& id(std::uint32_t user) const { return ids_[user]; }
  Time updated_at(std::uint32_t user) const { return updated_at_[user]; }
  /// When the last user was made; the epoch where there is none.
  Time last_created_at() const { return created_at_.empty() ? Time{} : created_at_.back(); }
  std::span<const std::uint32_t> groups(std::uint32_t user) const;
  bool is_member(std::uint32_t user, std::uint32_t group) const;

  std::optional<std::uint32_t> find(const Uuid& id) const;
  /// Without case; nothing for an empty email.
  std::optional<std::uint32_t> find_email(std::string_view email) const;

  /// Neither id nor email may be in the table yet.
  void append(const UserRecord& record);
  /// The user must not be a member yet.
  void join(std::uint32_t user, std::uint32_t group, Time updated_at);
  /// The user must be a member.
  void leave(std::uint32_t user, std::uint32_t group, Time updated_at);

 private:
  /// A user's groups are pool_[first, first + count); what is moved to grow is left behind.
  struct Memberships {
    std::uint32_t first = 0;
    std::uint16_t count = 0;
    std::uint16_t capacity = 0;
  };
  struct Flags {
    std::uint8_t status = 0;  ///< indexes statuses_
    std::uint8_t invitations : 7 = 0;
    bool owner : 1 = false;
  };
  std::uint8_t intern_status(std::string_view status);
  void make_room(Memberships& memberships);

  std::vector<Uuid> ids_;
  std::vector<std::uint64_t> email_ends_;  ///< user n's email is emails_[end(n - 1), end(n))
  std::string emails_;
  std::vector<Time> created_at_;
  std::vector<Time> updated_at_;
  std::vector<Flags> flags_;
  std::vector<Memberships> memberships_;
  std::vector<std::uint32_t> pool_;
  std::vector<std::string> statuses_;
  HashIndex by_id_;
  HashIndex by_email_;
};

}  // namespace cipherform::sandbox
