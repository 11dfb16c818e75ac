// A tenant in memory that changes between any two page requests, as others would change
// it, and remembers who was there throughout. It answers GET /tenants/users and
// /tenants/groups; what it gets wrong on purpose is in Habits.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "cipherform/tenant.h"
#include "fakes/scripted_transport.h"

namespace cipherform::fakes {

enum class ListOrder : std::uint8_t {
  created_up,
  created_down,
  id_up,
  id_down,
  created_in_batches,  ///< createdAt, with ties in the order of creation, and random ids
  updated_up,
  updated_down,
  none,  ///< another one for each request
};

/// How the API pages.
struct Habits {
  ListOrder order = ListOrder::created_up;
  std::uint32_t most_in_page = 100;  ///< what limits are clamped to
  bool says_total = true;
  bool says_has_next = true;
  bool all_updated = true;  ///< everybody was updated since; else updatedAt is createdAt
  bool takes_sort = true;   ///< false: answers 400 to it
  std::function<void(std::uint64_t& total, std::optional<bool>& has_next)> lie;
};

/// What others do between two requests.
struct Churn {
  double chance = 0;       ///< of any change in a gap
  unsigned most = 3;       ///< changes in one gap
  unsigned burst = 0;      ///< now and then as many of one kind at once
  bool updates = true;     ///< else only inserts and deletes
  double fail_chance = 0;  ///< of a 503 in place of an answer
};

class ChurningTenant {
 public:
  ChurningTenant(std::uint32_t users, Habits habits, Churn churn, std::uint64_t seed);

  ScriptedTransport::Reply answer(const HttpRequest& request);

  std::size_t size() const { return users_.size(); }
  std::uint32_t user_requests() const { return user_requests_; }
  /// Those who existed at the first request and still do.
  std::vector<std::string> throughout() const;
  /// `count` changes by others, now.
  void change(unsigned count);
  void remove_first(unsigned count);

 private:
  struct User {
    std::string id;
    std::int64_t created = 0;
    std::int64_t updated = 0;
    std::uint64_t ordinal = 0;
    bool from_start = false;
    std::string json;  ///< as of the update `json_of`
    std::int64_t json_of = 0;
  };

  bool before(const User& a, const User& b) const;
  void insert(bool from_start);
  void sort();
  void gap();
  static const std::string& json(User& user);
  std::string page(std::uint64_t offset, std::uint64_t limit);

  Habits habits_;
  Churn churn_;
  std::mt19937_64 random_;
  std::vector<User> users_;  ///< in the order of the list
  std::uint64_t made_ = 0;
  std::int64_t time_ = 1'767'225'600'000;  // 2026-01-01
  std::uint32_t user_requests_ = 0;
};

/// "limit" of "/tenants/users?limit=100&offset=0".
std::uint64_t query_number(const std::string& path, std::string_view name);

}  // namespace cipherform::fakes
